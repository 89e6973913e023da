"""Bytes of one mail → ParsedMail. Pure; runs in the killable worker, and in the command line's `mail parse`.

Raises only Unreadable, on any bytes at all. Order: limits on the raw bytes, the tree (the `compat32` reader, a fifth of
the cost of the default policy), then our own readers for every header. RFC 5322, 2045–2049; docs/adr/0006.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import UTC
from email import message_from_bytes, policy
from email.message import Message
from email.utils import parsedate_to_datetime

from gateway.channels.email import machines
from gateway.channels.email.bodies import children, content_bytes
from gateway.channels.email.fields import addresses, decode_words, header, headers, message_ids, parameters, to_text
from gateway.channels.email.files import safe_name, true_type
from gateway.channels.email.flowed import unflow
from gateway.channels.email.html_text import TooDeep, html_to_text
from gateway.channels.email.limits import (
    MAX_DEPTH,
    MAX_PARTS,
    MAX_RECIPIENTS,
    MAX_SUBJECT,
    MAX_TEXT,
    check_headers,
    precheck,
)
from gateway.channels.email.markup import strip_tags
from gateway.channels.email.model import Address, MailFile, ParsedMail
from gateway.channels.email.quotes import fold
from gateway.domain.errors import Unreadable


def parse(raw: bytes) -> ParsedMail:
    """Everything the mail says. Raises Unreadable with the reason, never anything else."""
    precheck(raw)
    try:
        return _read(message_from_bytes(raw, policy=policy.compat32))
    except Unreadable:
        raise
    except (RecursionError, MemoryError) as error:
        raise Unreadable("This mail is nested too deeply or needs too much memory.", code="mail_bomb") from error
    except Exception as error:
        raise Unreadable(f"This mail cannot be read ({type(error).__name__}).", code="mail_broken") from error


def _read(message: Message) -> ParsedMail:
    problems: list[str] = []
    parts = list(_parts(message))
    body = _Body(problems)
    for number, (part, content_type, alternative) in enumerate(parts):
        body.take(part, content_type, number=number, alternative=alternative)
    mail = _headers(message, problems)
    text = body.text()
    visible, quoted = fold(text)
    sender = mail.sender.address if mail.sender else ""
    known = {"subject": mail.subject, "text": text}
    report = machines.bounce(message, sender=sender, **known)
    return replace(
        mail,
        text=text, visible=visible, quoted=quoted, html=body.html(), files=tuple(body.files), bounce=report,
        automatic="bounce" if report else machines.automatic(message, subject=mail.subject, sender=sender),
        loop=decode_words(header(message, machines.LOOP_HEADER), cap=100),
        forwarded=machines.forwarded_from(message, **known),
        problems=tuple(dict.fromkeys(problems + [type(defect).__name__ for defect in message.defects])),
    )  # fmt: skip


def _headers(message: Message, problems: list[str]) -> ParsedMail:
    senders = _mailboxes(message, "From")
    if len(headers(message, "From")) > 1:
        problems.append("several-from-fields")
    if len(senders) > 1:
        problems.append("several-senders")
    named = senders or _mailboxes(message, "Sender") or _mailboxes(message, "Reply-To") or _mailboxes(message, "Return-Path")
    if not senders:
        problems.append("no-from")
    own = message_ids(header(message, "Message-ID"))
    if not own:
        problems.append("no-message-id")
    answered = message_ids(header(message, "In-Reply-To"))
    to, cc = _mailboxes(message, "To"), _mailboxes(message, "Cc")
    if len(to) + len(cc) > MAX_RECIPIENTS:
        raise Unreadable(f"This mail names more than {MAX_RECIPIENTS} recipients.", code="mail_too_many_recipients")
    return ParsedMail(
        subject=decode_words(header(message, "Subject"), cap=MAX_SUBJECT),
        sender=named[0] if named else None,
        senders=max(len(senders), len(headers(message, "From"))),
        reply_to=tuple(_mailboxes(message, "Reply-To")[:20]),
        to=tuple(to),
        cc=tuple(cc),
        message_id=own[0] if own else None,
        in_reply_to=answered[0] if answered else None,
        references=tuple(message_ids(header(message, "References"))),
        at=_date(header(message, "Date"), problems),
    )


def _mailboxes(message: Message, name: str) -> list[Address]:
    found: list[Address] = []
    for value in headers(message, name)[:50]:
        found += addresses(value)
    return list({item.address: item for item in reversed(found)}.values())[::-1]


def _date(value: str, problems: list[str]) -> str | None:
    with suppress(ValueError, TypeError, OverflowError, IndexError):
        at = parsedate_to_datetime(value[:200])
        at = at if at.tzinfo else at.replace(tzinfo=UTC)
        return at.astimezone(UTC).isoformat()
    problems.append("date")
    return None


def _parts(message: Message) -> Iterator[tuple[Message, str, int]]:
    """Leaves in order, mails inside mails as one leaf; depth and number limited.

    The number is that of the outermost multipart/alternative it stands in, 0 for none.
    """
    stack: list[tuple[Message, int, int]] = [(message, 0, 0)]
    count = 0
    while stack:
        part, depth, alternative = stack.pop()
        count += 1
        if depth > MAX_DEPTH:
            raise Unreadable(f"This mail is nested deeper than {MAX_DEPTH}.", code="mail_too_deep")
        if count > MAX_PARTS:
            raise Unreadable(f"This mail has more than {MAX_PARTS} parts.", code="mail_too_many_parts")
        check_headers("\n".join(f"{name}: {value}" for name, value in part.raw_items()).encode("utf-8", "surrogateescape"))
        content_type = _content_type(part)
        inside = children(part)
        if inside and content_type.startswith("multipart/"):
            choice = alternative or (count if content_type == "multipart/alternative" else 0)
            stack.extend((child, depth + 1, choice) for child in reversed(inside))
        else:
            # a multipart without parts has lost its boundary: its text is better than nothing
            readable = "/" in content_type and not content_type.startswith("multipart/")
            yield part, content_type if readable else "text/plain", alternative


def _content_type(part: Message) -> str:
    """Without parameters, also without those that no semicolon sets apart."""
    said = parameters(header(part, "Content-Type") or part.get_default_type())[0]
    return (said.split() or [""])[0]


class _Body:
    """Collects the leaves: texts to read, HTML to show, everything else as files."""

    def __init__(self, problems: list[str]) -> None:
        self.files: list[MailFile] = []
        self._problems = problems
        self._html: list[str] = []
        self._plain: dict[int, list[str]] = {}
        self._shown: dict[int, list[str]] = {}

    def take(self, part: Message, content_type: str, *, number: int, alternative: int) -> None:
        """One leaf."""
        disposition, named = parameters(header(part, "Content-Disposition"))
        settings = parameters(header(part, "Content-Type"))[1]
        name = named.get("filename") or settings.get("name") or ""
        content = _content(part)
        if content_type in ("text/plain", "text/html") and disposition != "attachment" and (not name or alternative):
            text = to_text(content[: 2 * MAX_TEXT], settings.get("charset"), self._problems)[:MAX_TEXT]
            text = text.replace("\r\n", "\n").replace("\r", "\n")
            if content_type == "text/plain" and settings.get("format", "").lower() == "flowed":
                text = unflow(text, drop_space=settings.get("delsp", "").lower() == "yes")
            group = alternative or -1 - number  # outside of a choice every text counts
            self._say(text, group=group, html=content_type == "text/html")
            return
        if not content and not name:
            return
        if content_type in ("message/delivery-status", "text/rfc822-headers"):
            return
        self.files.append(_file(part, content, name, number=number))

    def _say(self, text: str, *, group: int, html: bool) -> None:
        plain = self._plain.setdefault(group, [])
        if not html:
            plain.append(text)
            return
        shown = self._shown.setdefault(group, [])
        try:
            shown.append(html_to_text(text))
            self._html.append(text)
        except TooDeep:
            self._problems.append("html-too-deep")
            shown.append(strip_tags(text))

    def text(self) -> str:
        """In order; of a choice the plain text if the sender wrote any, else the text of the HTML. Nothing twice."""
        said: dict[str, str] = {}
        for group, plain in self._plain.items():
            text = "\n".join(one.strip("\n") for one in plain if one.strip()) or "\n".join(self._shown.get(group, ()))
            said.setdefault(" ".join(text.split()), text)
        return "\n".join(text for text in said.values() if text)[:MAX_TEXT].strip()

    def html(self) -> str | None:
        """As it came, never to be shown without `sanitise`."""
        return "\n".join(self._html) or None


def _content(part: Message) -> bytes:
    inside = children(part)
    return b"".join(item.as_bytes() for item in inside) if inside else content_bytes(part)


def _file(part: Message, content: bytes, name: str, *, number: int) -> MailFile:
    label = decode_words(name, cap=1000)
    declared = parameters(header(part, "Content-Type"))[0] or part.get_content_type()
    kind = true_type(content, declared=declared, name=label)
    ids = message_ids(header(part, "Content-ID"))
    return MailFile(
        name=safe_name(label, content_type=kind if kind != "application/octet-stream" else declared, number=number),
        content_type=kind,
        declared=decode_words(declared, cap=100),
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        content_id=ids[0].strip("<>") if ids else None,
        inline=parameters(header(part, "Content-Disposition"))[0] == "inline",
        content=content,
    )
