"""Read our own mail back before it is sent, with our reader and with the standard library's. Pure.

If either sees another recipient, another subject or one more header than was meant, the mail is not sent.
"""

from __future__ import annotations

from email import message_from_bytes, policy
from email.utils import getaddresses

from gateway.channels.email.compose import Post
from gateway.channels.email.fields import addresses, decode_words, header
from gateway.channels.email.limits import MAX_SUBJECT, header_block
from gateway.domain.errors import SendError, send_refused
from gateway.domain.sentence import sentence


def proofread(post: Post) -> None:
    """Raises SendError (refused, our fault) on the first difference."""
    block = header_block(post.body)
    if b"\r" in block.replace(b"\r\n", b"") or b"\n" in block.replace(b"\r\n", b""):
        raise _differs("line ends")
    read = message_from_bytes(block + b"\r\n\r\n", policy=policy.compat32)
    meant = [*(name.lower() for name in post.headers), "content-type"]
    if sorted(name.lower() for name in read) != sorted(meant):
        raise _differs("headers")
    for name, wanted in (("To", post.to), ("Cc", post.cc), ("From", (post.envelope_from,))):
        value = header(read, name)
        ours = tuple(item.address for item in addresses(value))
        theirs = tuple(address.lower() for _, address in getaddresses([value]) if "@" in address)
        if ours != wanted or theirs != wanted:
            raise _differs(name)
    if decode_words(header(read, "Subject"), cap=MAX_SUBJECT) != post.subject:
        raise _differs("Subject")
    if any(len(line) > 998 for line in post.body.split(b"\r\n")):
        raise _differs("line length")


def _differs(where: str) -> SendError:
    return send_refused(
        sentence("send.mail_unsafe", "The mail was not sent: its {where} cannot be written safely.", where=where),
        ours=True, code="mail_unsafe",
    )  # fmt: skip
