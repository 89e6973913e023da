"""ParsedMail → what the core is told. Pure: same bytes, same events."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from fnmatch import fnmatchcase
from typing import Any

from gateway.channels.email.machines import QUIET
from gateway.channels.email.model import Address, Bounce, ParsedMail
from gateway.channels.email.settings import EmailSettings
from gateway.channels.email.threads import Threads, key_of
from gateway.domain.errors import Unreadable
from gateway.domain.inbound import Claim, DeliveryReported, InboundEvent, IncomingFile, MessageReceived, Raw, Sender

EARLY = timedelta(hours=1)
LATE = timedelta(days=5)  # mail servers give up then (RFC 5321 section 4.5.4.1); an older Date is a wrong clock, or a lie


def events(mail: ParsedMail, raw: Raw, *, settings: EmailSettings, threads: Threads) -> list[InboundEvent]:
    """Empty for our own copies and excluded senders. Raises Unreadable if nobody can be named as the sender."""
    if mail.bounce:
        reports = _reports(mail.bounce, raw, threads=threads)
        if reports is not None:
            return reports
    if "several-from-fields" in mail.problems:
        raise Unreadable("This mail has more than one From header: who wrote it cannot be told.", code="mail_several_from")
    if mail.sender is None:
        raise Unreadable("This mail names no sender.", code="mail_no_sender")
    if mail.message_id and threads.token(mail.message_id) is not None:
        return []  # a copy of what we sent
    author = _author(mail, settings)
    if _excluded(author.address, settings) or _excluded(mail.sender.address, settings):
        return []
    return [_received(mail, raw, author, settings=settings, threads=threads)]


def _reports(bounce: Bounce, raw: Raw, *, threads: Threads) -> list[InboundEvent] | None:
    """None if it is not about a mail of ours: then it is an ordinary automatic mail."""
    ours = [name for name in bounce.original_ids if threads.token(name) is not None]
    if not ours:
        return None
    if bounce.action in ("delivered", "relayed", "expanded"):
        return [DeliveryReported(raw.channel_id, ours[0], "delivered", raw.received_at, bounce.text)]
    if bounce.action != "failed":
        return []  # delayed: the network still tries
    return [DeliveryReported(raw.channel_id, ours[0], "failed", raw.received_at, bounce.text)]


def _author(mail: ParsedMail, settings: EmailSettings) -> Address:
    """The sender; of a mail that one of us forwards, who wrote it first."""
    if mail.sender is None:
        raise Unreadable("This mail names no sender.", code="mail_no_sender")
    if mail.forwarded and mail.sender.address in settings.own and mail.forwarded.address not in settings.own:
        return mail.forwarded
    return mail.sender


def _excluded(address: str, settings: EmailSettings) -> bool:
    return any(fnmatchcase(address, pattern.lower()) for pattern in settings.exclude)


def _received(mail: ParsedMail, raw: Raw, author: Address, *, settings: EmailSettings, threads: Threads) -> MessageReceived:
    forwarded = author is mail.forwarded
    name = mail.message_id or f"<sha256-{hashlib.sha256(raw.body).hexdigest()[:40]}@invalid>"
    own_key = key_of(_root(mail, name), author.address)
    token = None if forwarded else threads.answered(mail.in_reply_to, mail.references)
    own_mail = mail.sender is not None and mail.sender.address in settings.own and not forwarded
    return MessageReceived(
        channel_id=raw.channel_id,
        external_id=_external_id(name, mail),
        dialogue_key=token or own_key,
        sender=Sender((Claim("email", author.address, verified=not forwarded and mail.senders == 1),), name=author.name),
        text=mail.text if forwarded else mail.visible,
        quoted="" if forwarded else mail.quoted,
        html=mail.html,
        subject=mail.subject or None,
        at=_when(mail, raw),
        files=tuple(
            IncomingFile(f.name, f.content_type, size=f.size, content=f.content, content_id=f.content_id) for f in mail.files
        ),
        reply_to=mail.in_reply_to or (mail.references[-1] if mail.references else None),
        automatic=mail.automatic not in ("", QUIET) or own_mail,
        quiet=mail.automatic == QUIET,
        data=_particulars(mail, name, token=token, own_key=own_key)
        | {"from": {"name": author.name, "address": author.address}}
        | ({"own": True} if own_mail else {}),
    )


def _root(mail: ParsedMail, name: str) -> str:
    return (mail.references[0] if mail.references else None) or mail.in_reply_to or name


def _external_id(name: str, mail: ParsedMail) -> str:
    """Message-ID and a digest of what it says: senders that reuse one id for all their mails lose none of them."""
    said = "\x00".join((mail.sender.address if mail.sender else "", mail.subject, mail.at or "", mail.text))
    return f"{name}#{hashlib.sha256(said.encode('utf-8', 'replace')).hexdigest()[:12]}"


def _when(mail: ParsedMail, raw: Raw) -> datetime:
    """When it was written, as far as that can be: it decides who has waited longest."""
    said = datetime.fromisoformat(mail.at) if mail.at else raw.received_at
    return said if raw.received_at - LATE <= said <= raw.received_at + EARLY else raw.received_at


def _particulars(mail: ParsedMail, name: str, *, token: str | None, own_key: str) -> dict[str, Any]:
    people = [*([mail.sender] if mail.sender else []), *mail.reply_to, *mail.to, *mail.cc]
    return {
        "thread": {
            "token": token,
            "fallback_key": own_key,
            "message_id": name,
            "in_reply_to": mail.in_reply_to,
            "references": list(mail.references),
            "participants": list(dict.fromkeys(person.address for person in people)),
        },
        "to": [{"name": item.name, "address": item.address} for item in mail.to],
        "cc": [{"name": item.name, "address": item.address} for item in mail.cc],
        "reply_to": [item.address for item in mail.reply_to],
        "automatic": mail.automatic,
        "forwarded_by": mail.sender.address if mail.sender and mail.forwarded else None,
        "problems": list(mail.problems),
    }
