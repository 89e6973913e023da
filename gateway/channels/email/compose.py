"""One letter → the bytes of one mail, and the envelope beside it. Pure.

Headers are written here, not by the standard library: on common interpreters a long display name holding `<x@y>` loses
its quotes when folded and redirects the mail. Names and subjects go out as plain safe words or as encoded words, nothing
in between; the envelope comes from the letter alone; the finished bytes are read back and compared before anyone sends
them (reliability finding 2, class 16; docs/adr/0006). RFC 5322, 2047, 2183, 2231.
"""

from __future__ import annotations

import hashlib
import re
from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from email.utils import format_datetime
from html import escape
from quopri import encodestring
from urllib.parse import quote

from gateway.channels.email.attribution import quoted_html, quoted_text
from gateway.channels.email.fields import clean, message_ids, normal_address
from gateway.channels.email.files import safe_name
from gateway.channels.email.limits import MAX_NAME, MAX_SUBJECT
from gateway.channels.email.machines import LOOP_HEADER
from gateway.channels.email.settings import EmailSettings
from gateway.channels.email.threads import Threads
from gateway.domain.delivery import Letter
from gateway.domain.errors import send_refused
from gateway.domain.message import Attachment
from gateway.domain.sentence import sentence

CRLF = b"\r\n"
_PLAIN = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9 ._-]*[A-Za-z0-9])?\Z")
_PLAIN_SUBJECT = re.compile(r"[A-Za-z0-9!#-;@-~ ]{1,60}\Z")
_RE = re.compile(r"(?:re|aw|sv|отв|ha|پاسخ)\s?(?:\[\d{1,3}\])?\s?:", re.IGNORECASE)
_LINK = re.compile(r"https?://[^\s<>\"]{1,2000}[^\s<>\".,;:!?)\]]")


@dataclass(frozen=True, slots=True)
class Post:
    """What goes over the wire: envelope and bytes. headers: what was meant, to compare with what can be read."""

    envelope_from: str
    envelope_to: tuple[str, ...]
    message_id: str
    body: bytes
    headers: Mapping[str, str]
    to: tuple[str, ...]
    cc: tuple[str, ...]
    subject: str


def compose(letter: Letter, *, settings: EmailSettings, threads: Threads, files: Sequence[tuple[Attachment, bytes]]) -> Post:
    """Build the mail. Raises SendError (refused) if an address is no address."""
    to = _addresses([*letter.recipients, *_listed(letter, "to")])
    cc = _addresses(_listed(letter, "cc"))
    bcc = _addresses(_listed(letter, "bcc"))
    envelope = tuple(dict.fromkeys((*to, *cc, *bcc)))
    if not envelope:
        raise send_refused(sentence("send.mail_no_recipient", "This message has no recipient."), code="mail_no_recipient")
    subject = _subject(letter)
    message_id = threads.message_id(letter.dialogue_key, letter_key=letter.key)
    headers = _headers(letter, settings=settings, to=to, cc=cc) | {
        "Subject": _encoded(subject, plain=_PLAIN_SUBJECT),
        "Message-ID": message_id,
        "MIME-Version": "1.0",
    }
    head = b"".join(f"{name}: {value}\r\n".encode() for name, value in headers.items())
    return Post(
        envelope_from=settings.address, envelope_to=envelope, message_id=message_id, headers=headers,
        body=head + _content(letter, message_id, files, quoting=settings.quote_original), to=to, cc=cc, subject=subject,
    )  # fmt: skip


def _headers(letter: Letter, *, settings: EmailSettings, to: Sequence[str], cc: Sequence[str]) -> dict[str, str]:
    message = letter.message
    name = clean(letter.sender_name or settings.name, cap=MAX_NAME)
    headers = {
        "From": f"{_encoded(name, plain=_PLAIN)} <{settings.address}>" if name else settings.address,
        "To": ",\r\n ".join(to) or "undisclosed-recipients:;",
        "Date": format_datetime(message.created_at),
        LOOP_HEADER: hashlib.sha256(settings.address.encode()).hexdigest()[:16],
    }
    if cc:
        headers["Cc"] = ",\r\n ".join(cc)
    chain = _chain(letter)
    answered = message_ids(letter.reply_to_external_id or "")[:1] or chain[-1:]
    if answered:
        headers["In-Reply-To"] = answered[0]
        headers["References"] = "\r\n ".join(dict.fromkeys([*chain, *answered]))
    if message.automatic:
        headers["Auto-Submitted"] = "auto-replied" if answered else "auto-generated"
        headers["X-Auto-Response-Suppress"] = "All"
    return headers


def _chain(letter: Letter) -> list[str]:
    """Message-IDs inside the external ids, the first and the last twenty (RFC 5322 allows trimming the middle)."""
    found = [item for name in letter.references for item in message_ids(name)[:1] if item.isascii() and len(item) < 500]
    found = list(dict.fromkeys(found))
    return found if len(found) <= 21 else [found[0], *found[-20:]]


def _subject(letter: Letter) -> str:
    subject = clean(letter.subject or letter.message.subject or "", cap=MAX_SUBJECT)
    if (letter.reply_to_external_id or letter.references) and not _RE.match(subject):
        subject = clean(f"Re: {subject}", cap=MAX_SUBJECT)
    return subject


def _listed(letter: Letter, name: str) -> list[str]:
    """Addresses the operator chose beside the contact's own."""
    chosen = letter.message.data.get(name, ())
    return [str(item) for item in chosen] if isinstance(chosen, list | tuple) else []


def _addresses(values: Sequence[str]) -> tuple[str, ...]:
    found = []
    for value in values:
        address = normal_address(value)
        domain = _ascii_domain(address) if address else None
        if address is None or domain is None:
            raise send_refused(
                sentence("send.mail_bad_address", "“{address}” is not a mail address.", address=clean(value, cap=80)),
                code="mail_bad_address",
            )
        found.append(f"{address.rpartition('@')[0]}@{domain}")
    return tuple(dict.fromkeys(found))


def _ascii_domain(address: str) -> str | None:
    try:
        return address.rpartition("@")[2].encode("idna").decode("ascii")
    except UnicodeError:
        return None


def _encoded(value: str, *, plain: re.Pattern[str]) -> str:
    """As it is if it is harmless, else encoded words of at most 75 characters, folded."""
    if not value or plain.match(value):
        return value
    words, piece = [], ""
    for character in value:
        if len((piece + character).encode()) > 42:
            words.append(piece)
            piece = ""
        piece += character
    words.append(piece)
    return "\r\n ".join(f"=?utf-8?b?{b64encode(word.encode()).decode()}?=" for word in words)


def _content(letter: Letter, message_id: str, files: Sequence[tuple[Attachment, bytes]], *, quoting: bool) -> bytes:
    mark = hashlib.sha256(message_id.encode()).hexdigest()[:32]
    text = letter.message.text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "")
    plain, html = text, _paragraph(text)
    if letter.quotation and quoting:
        plain = f"{text}\n\n{quoted_text(letter.quotation, locale=letter.locale)}"
        html += "\n<br>\n" + quoted_html(letter.quotation, locale=letter.locale, markup=_markup)
    both = _multipart("alternative", f"a-{mark}", [_text("plain", plain), _text("html", f"<html><body>{html}</body></html>")])
    if not files:
        return both
    return _multipart("mixed", f"m-{mark}", [both, *(_attachment(file, content) for file, content in files)])


def _multipart(kind: str, boundary: str, parts: Sequence[bytes]) -> bytes:
    mark = boundary.encode()
    inner = b"".join(b"--" + mark + CRLF + part + CRLF for part in parts)
    return f'Content-Type: multipart/{kind}; boundary="{boundary}"'.encode() + CRLF * 2 + inner + b"--" + mark + b"--" + CRLF


def _text(kind: str, text: str) -> bytes:
    body = encodestring(text.encode("utf-8", "replace")).replace(b"\n", CRLF)
    return f'Content-Type: text/{kind}; charset="utf-8"\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n'.encode() + body


def _paragraph(text: str) -> str:
    """Finds its own direction."""
    return f'<div dir="auto" style="font-family:sans-serif">{_markup(text)}</div>'


def _markup(text: str) -> str:
    """The text with clickable links."""
    parts, last = [], 0
    for found in _LINK.finditer(text):
        link = escape(found[0])
        parts += [escape(text[last : found.start()]), f'<a href="{link}">{link}</a>']
        last = found.end()
    parts.append(escape(text[last:]))
    return "<br>\n".join("".join(parts).split("\n"))


def _attachment(file: Attachment, content: bytes) -> bytes:
    name = safe_name(file.name, content_type=file.content_type, number=1)
    kind = file.content_type if re.match(r"[a-z]+/[a-z0-9.+-]{1,100}\Z", file.content_type) else "application/octet-stream"
    kind = kind if not kind.startswith(("multipart/", "message/")) else "application/octet-stream"
    ascii_name = re.sub(r"[^A-Za-z0-9._-]", "_", name)
    head = (
        f"Content-Type: {kind}\r\nContent-Transfer-Encoding: base64\r\n"
        f"Content-Disposition: attachment; filename=\"{ascii_name}\";\r\n filename*=utf-8''{quote(name, safe='')}\r\n\r\n"
    )
    coded = b64encode(content)
    return head.encode() + b"".join(coded[n : n + 76] + CRLF for n in range(0, len(coded), 76))
