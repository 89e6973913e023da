"""What the mail tests share: the shop's mailbox settings, letters to Ann, an inbox that remembers, the clock of that week."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from gateway.channels.email.settings import EmailSettings, read_settings
from gateway.domain.delivery import Letter
from gateway.domain.errors import StoreUnavailable
from gateway.domain.ids import ChannelId, ConversationId, DialogueId, MessageId, OperatorId
from gateway.domain.inbound import Accepted, InboundEvent, Raw
from gateway.domain.message import OutboundMessage

WIRE = Path(__file__).parents[2] / "wire" / "email"
MONDAY = datetime(2026, 1, 5, 10, 0, tzinfo=UTC)
CHANNEL = ChannelId("chn_mail")
SECRET = b"only for tests"


def wire(name: str) -> bytes:
    """A mail as it came."""
    return (WIRE / f"{name}.eml").read_bytes()


def settings(**changes: Any) -> EmailSettings:
    """The shop's mailbox."""
    plain: dict[str, Any] = {
        "address": "help@shop.example",
        "name": "Shop",
        "imap": {"host": "127.0.0.1", "port": 9, "security": "none", "username": "olga", "password": "secret-word"},
        "smtp": {"host": "127.0.0.1", "port": 9, "security": "none", "per_minute": 6000},
        "own_addresses": ["ivan@shop.example"],
    }
    return read_settings(plain | changes)


def raw(body: bytes, **headers: str) -> Raw:
    """A kept mail."""
    return Raw(CHANNEL, "sha256:x", "lane", body, MONDAY, headers)


def letter(text: str = "The red one is in stock.", **changes: Any) -> Letter:
    """Olga's answer to Ann."""
    message = OutboundMessage(
        id=MessageId("msg_1"), dialogue_id=DialogueId("dlg_1"), conversation_id=ConversationId("cnv_1"), seq=2, at=MONDAY,
        text=text, created_at=MONDAY, channel_id=CHANNEL, operator_id=OperatorId("opr_olga"), data=changes.pop("data", {}),
        automatic=changes.pop("automatic", False),
    )  # fmt: skip
    plain = {
        "key": "dlv_1",
        "dialogue_key": "tabc",
        "recipients": ["ann@example.com"],
        "sender_name": "Olga",
        "subject": "Question",
    }
    return Letter(message=message, **(plain | changes))


class Week:
    """A clock that stands still on Monday morning."""

    def now(self) -> datetime:
        return MONDAY


@dataclass
class FakeInbox:
    """Inbox port in memory: what was kept, in order and once; the cursors; what was reported. `away`: the store is down."""

    kept: dict[str, Raw] = field(default_factory=dict)
    cursors: dict[str, str] = field(default_factory=dict)
    reports: list[str | None] = field(default_factory=list)
    log: list[str] = field(default_factory=list)
    repeats: int = 0
    away: int = 0

    async def keep(self, raw: Raw) -> Accepted:
        if self.away:
            self.away -= 1
            raise StoreUnavailable("The database is away.")
        new = raw.external_id not in self.kept
        self.repeats += not new
        self.kept.setdefault(raw.external_id, raw)
        self.log.append("keep")
        return Accepted(new)

    async def accept(self, event: InboundEvent) -> Accepted:
        raise AssertionError("mail is kept raw first")

    async def cursor(self, channel_id: ChannelId, name: str) -> str | None:
        return self.cursors.get(name)

    async def set_cursor(self, channel_id: ChannelId, name: str, value: str) -> None:
        self.cursors[name] = value
        self.log.append("cursor")

    async def report(self, channel_id: ChannelId, *, problem: str | None, paused: bool = False) -> None:
        self.reports.append(problem)

    def bodies(self) -> list[bytes]:
        return [item.body for item in self.kept.values()]
