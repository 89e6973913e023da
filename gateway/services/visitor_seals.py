"""What a visitor's browser carries as proof: the visitor token and the tickets of files. Signed here, nowhere stored.

A token is `v1.<payload>.<HMAC-SHA256>`; each purpose has a key of its own, derived from the gateway's secret, so that a ticket
can never pass as a token. The visitor id is 128 random bits, or derived from a signed identity. May talk to: domain.
Contract: docs/reference/widget-protocol.md.
"""

from __future__ import annotations

import base64
import hmac
import json
import secrets
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from gateway.domain.errors import Forbidden, Unauthenticated
from gateway.domain.ids import ChannelId
from gateway.domain.inbound import Claim

USE_DAYS, KEEP_DAYS = 30, 400
TICKET_SECONDS = 3600
MAX_TOKEN = 4096
DAY = 86_400


@dataclass(frozen=True, slots=True)
class Visitor:
    """Whom a token speaks for. `id` is the dialogue's key; `root` survives an identification and names messages.

    signed: which of subject, name, email, phone a signature of the site vouches for; the rest was typed. version grows with
    every identification. issued is in seconds since the epoch.
    """

    id: str
    root: str
    channel_id: ChannelId
    issued: int
    version: int = 0
    subject: str = ""
    name: str = ""
    email: str = ""
    phone: str = ""
    locale: str = ""
    signed: frozenset[str] = frozenset()

    @property
    def claims(self) -> tuple[Claim, ...]:
        """Identities for the intake; the first is the one the dialogue belongs to."""
        out = [Claim("visitor", self.id, verified=True)]
        if self.subject and "subject" in self.signed:
            out.append(Claim("external", f"{self.channel_id}:{self.subject}", verified=True))
        if self.email:
            out.append(Claim("email", self.email, verified="email" in self.signed))
        if self.phone:
            out.append(Claim("phone", self.phone, verified="phone" in self.signed))
        return tuple(out)

    def told(self, **facts: str) -> Visitor:
        """With what the visitor typed; what a signature vouches for stays as it is, empty values change nothing."""
        fresh = {name: value for name, value in facts.items() if value and name not in self.signed}
        return replace(self, **fresh) if fresh else self  # type: ignore[arg-type]


class Seals:
    """Mints and reads. `secret` must have at least 32 bytes and be the same on every node."""

    def __init__(self, secret: bytes) -> None:
        if len(secret) < 32:
            raise ValueError("the secret of visitor tokens needs at least 32 bytes")
        self._keys = {name: hmac.digest(secret, name.encode(), "sha256") for name in ("visitor", "ticket", "person")}

    def newcomer(self, channel_id: ChannelId, *, now: datetime) -> Visitor:
        """Somebody nobody knows yet."""
        id = secrets.token_hex(16)
        return Visitor(id, id, channel_id, int(now.timestamp()))

    def mint(self, visitor: Visitor, *, now: datetime) -> str:
        """A fresh token for this visitor."""
        payload = {
            "v": visitor.id, "r": visitor.root, "c": visitor.channel_id, "i": int(now.timestamp()), "k": visitor.version,
            "s": visitor.subject, "n": visitor.name, "e": visitor.email, "p": visitor.phone, "l": visitor.locale,
            "g": sorted(visitor.signed),
        }  # fmt: skip
        body = _pack(json.dumps({k: v for k, v in payload.items() if v}, separators=(",", ":"), ensure_ascii=False).encode())
        return f"v1.{body}.{self._sign('visitor', body)}"

    def read(self, token: str, *, now: datetime, keep: bool = False) -> Visitor:
        """Who holds this token. keep=True also takes one that is too old to be used but may be renewed.

        Raises Unauthenticated (code token_expired) for anything not minted here or too old.
        """
        version, _, rest = token.partition(".") if token.isascii() and len(token) <= MAX_TOKEN else ("", "", "")
        body, _, signature = rest.partition(".")
        if version != "v1" or not hmac.compare_digest(self._sign("visitor", body).encode(), signature.encode()):
            raise _expired()
        visitor = _visitor(json.loads(_unpack(body)))
        if not 0 <= now.timestamp() - visitor.issued + 60 <= (KEEP_DAYS if keep else USE_DAYS) * DAY:
            raise _expired()
        return visitor

    def ticket(self, file_id: str, *, now: datetime) -> str:
        """Opens one file for an hour. Rounded, so that a page that syncs twice can use its cache."""
        until = (int(now.timestamp()) // 600) * 600 + TICKET_SECONDS
        return f"{until:x}.{self._sign('ticket', f'{file_id}.{until:x}')}"

    def check_ticket(self, file_id: str, ticket: str, *, now: datetime) -> None:
        """Raises Forbidden (code ticket_expired)."""
        until, _, signature = ticket.partition(".")
        right = self._sign("ticket", f"{file_id}.{until}")
        if not hmac.compare_digest(right.encode(), signature.encode("utf-8", "replace")) or int(until, 16) < now.timestamp():
            raise Forbidden("The address of this file has lapsed; open the chat again.", code="ticket_expired")

    def person(self, channel_id: ChannelId, subject: str) -> str:
        """The visitor id of somebody a site has vouched for: the same on every device, guessable by nobody."""
        return hmac.digest(self._keys["person"], f"{channel_id}\n{subject}".encode(), "sha256").hex()[:32]

    def _sign(self, purpose: str, text: str) -> str:
        return _pack(hmac.digest(self._keys[purpose], text.encode("utf-8", "replace"), "sha256"))


def _visitor(payload: dict[str, Any]) -> Visitor:
    return Visitor(
        payload["v"], payload["r"], ChannelId(payload["c"]), payload["i"], payload.get("k", 0), payload.get("s", ""),
        payload.get("n", ""), payload.get("e", ""), payload.get("p", ""), payload.get("l", ""),
        frozenset(payload.get("g", ())),
    )  # fmt: skip


def _expired() -> Unauthenticated:
    return Unauthenticated("This chat session has lapsed; ask for a new one.", code="token_expired")


def _pack(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _unpack(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
