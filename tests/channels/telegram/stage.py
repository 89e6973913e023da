"""What the Telegram tests share: a clock that stands still, an inbox that remembers, a bot at the fake Bot API."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from gateway.channels.telegram.adapter import TelegramChannel
from gateway.channels.telegram.settings import read_settings
from gateway.domain.delivery import Letter
from gateway.domain.errors import NotFound, StoreUnavailable
from gateway.domain.ids import ChannelId, DialogueId, MessageId
from gateway.domain.inbound import Accepted, InboundEvent, Raw
from gateway.domain.message import Attachment, OutboundMessage
from tests.fakes.telegram_api import TOKEN, FakeTelegram

MONDAY = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
CHANNEL = ChannelId("chn_telegram")
BLOBS = {"blob-1": b"the bytes of a file"}


class StandingClock:
    """Monday morning, until moved."""

    def __init__(self) -> None:
        self.time = MONDAY

    def now(self) -> datetime:
        """Aware UTC."""
        return self.time

    def move(self, **by: float) -> None:
        """Forward."""
        self.time += timedelta(**by)


class RememberingInbox:
    """Durable as far as the test goes: it outlives the adapter. `refuse` makes the next keeps fail."""

    def __init__(self) -> None:
        self.kept: list[Raw] = []
        self.repeats = 0
        self.cursors: dict[str, str] = {}
        self.problems: list[str | None] = []
        self.refuse = 0
        self.after_keep: Any = None

    async def keep(self, raw: Raw) -> Accepted:
        """See the port."""
        if self.refuse:
            self.refuse -= 1
            raise StoreUnavailable("The disk is full.")
        new = raw.external_id not in {known.external_id for known in self.kept}
        self.kept += [raw] if new else []
        self.repeats += not new
        if self.after_keep:
            self.after_keep(raw)
        return Accepted(new=new)

    async def accept(self, event: InboundEvent) -> Accepted:
        """Not used by this kind."""
        raise AssertionError("Telegram hands over raw updates only")

    async def cursor(self, channel_id: ChannelId, name: str) -> str | None:
        """See the port."""
        return self.cursors.get(name)

    async def set_cursor(self, channel_id: ChannelId, name: str, value: str) -> None:
        """See the port."""
        self.cursors[name] = value

    async def report(self, channel_id: ChannelId, *, problem: str | None, paused: bool = False) -> None:
        """See the port."""
        self.problems.append(problem)

    def ids(self) -> list[str]:
        """Update ids in the order they were kept."""
        return [raw.external_id for raw in self.kept]


class Pauses:
    """Stands in for asyncio.sleep: remembers how long, and returns at once after letting others run."""

    def __init__(self) -> None:
        self.taken: list[float] = []

    async def __call__(self, seconds: float) -> None:
        self.taken.append(seconds)
        await asyncio.sleep(0)


async def read_blob(key: str) -> bytes:
    """Our storage: as ports.live.Blobs promises, but one file is on a disk that does not answer."""
    if key == "blob-away":
        raise StoreUnavailable
    if key not in BLOBS:
        raise NotFound
    return BLOBS[key]


def bot(api: FakeTelegram | str, *, pause: Any = None, hook_url: str | None = None, **settings: Any) -> TelegramChannel:
    """A channel at the fake (or any other) Bot API."""
    base = api if isinstance(api, str) else api.url
    values = read_settings({"token": TOKEN, "api_base": base, "poll_seconds": 1, **settings})
    channel = TelegramChannel(CHANNEL, values, read_blob=read_blob, clock=StandingClock(), hook_url=hook_url)
    channel.pause = pause or channel.pause
    return channel


@contextlib.asynccontextmanager
async def closing(channel: TelegramChannel) -> AsyncIterator[TelegramChannel]:
    """Closes it in the end."""
    try:
        yield channel
    finally:
        await channel.close()


def letter(text: str, *, files: Sequence[Attachment] = (), reply_to: str | None = None) -> Letter:
    """Olga answers Ann."""
    message = OutboundMessage(
        id=MessageId("msg_1"), dialogue_id=DialogueId("dlg_1"), conversation_id=None, seq=2, at=MONDAY, text=text,
        created_at=MONDAY, channel_id=CHANNEL, operator_id=None,
    )  # fmt: skip
    return Letter(message, "key-1", "7001", ["7001"], reply_to_external_id=reply_to, files=files)


def attachment(name: str, content_type: str, *, size: int = 19, key: str = "blob-1") -> Attachment:
    """A stored file."""
    return Attachment("att_1", MessageId("msg_1"), name, content_type, size, "stored", blob_key=key)  # type: ignore[arg-type]
