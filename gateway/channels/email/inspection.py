"""What `gateway mail parse FILE --json` prints: one mail as plain values. Never raises, on any bytes. Pure."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from gateway.channels.email.model import Address, ParsedMail
from gateway.channels.email.parse import parse
from gateway.channels.email.sanitise import sanitise
from gateway.domain.errors import Unreadable


def inspect(raw: bytes) -> dict[str, Any]:
    """Keys: subject, from, to, cc, message_id, in_reply_to, references, date, text, visible_text, quoted_text, html, …"""
    try:
        return describe(parse(raw))
    except Unreadable as error:
        return describe(ParsedMail(problems=(error.code, error.detail)))


def describe(mail: ParsedMail) -> dict[str, Any]:
    """JSON-ready values of one parsed mail; html is sanitised, remote images put off."""
    return {
        "subject": mail.subject,
        "from": _plain(mail.sender),
        "reply_to": [asdict(item) for item in mail.reply_to],
        "to": [asdict(item) for item in mail.to],
        "cc": [asdict(item) for item in mail.cc],
        "message_id": mail.message_id,
        "in_reply_to": mail.in_reply_to,
        "references": list(mail.references),
        "date": mail.at,
        "text": mail.text,
        "visible_text": mail.visible,
        "quoted_text": mail.quoted,
        "html": sanitise(mail.html) if mail.html is not None else None,
        "attachments": [
            {"name": file.name, "type": file.content_type, "size": file.size, "sha256": file.sha256} for file in mail.files
        ],
        "automatic": mail.automatic,
        "bounce": asdict(mail.bounce) if mail.bounce else None,
        "forwarded_from": _plain(mail.forwarded),
        "problems": list(mail.problems),
    }


def _plain(address: Address | None) -> dict[str, str] | None:
    return asdict(address) if address else None
