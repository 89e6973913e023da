"""The settings that almost every step reads: channels, lines and operators, kept in memory and renewed when they change.

Truth is the database; a change is announced by the `settings` signal and read again at once, and every REFRESH_SECONDS
in case the signal was lost. Nothing decides on rights or capacity from here inside a transaction.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from gateway import logs
from gateway.domain.channel import Channel
from gateway.domain.conversation import Conversation
from gateway.domain.errors import NotFound, StoreUnavailable
from gateway.domain.ids import ChannelId, LineId, OperatorId
from gateway.domain.line import Line
from gateway.domain.operator import Operator
from gateway.ports.core import Core
from gateway.ports.store import UnitOfWork

REFRESH_SECONDS, RETRY_SECONDS = 30.0, 1.0
T = TypeVar("T")
log = logs.get("directory")


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The settings at one moment."""

    channels: Mapping[ChannelId, Channel] = field(default_factory=dict)
    lines: Mapping[LineId, Line] = field(default_factory=dict)
    operators: Mapping[OperatorId, Operator] = field(default_factory=dict)


class Directory:
    """Call `refresh` once at start, then run `keep_fresh` as a task."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self.now = Snapshot()

    async def refresh(self) -> None:
        """Read everything again."""
        self.now = await self._core.store.read(_snapshot)

    async def keep_fresh(self) -> None:
        """Follow changes until cancelled."""
        wait = REFRESH_SECONDS
        while True:
            await self._core.signals.wait("settings", timeout=wait)
            try:
                await self.refresh()
                wait = REFRESH_SECONDS
            except StoreUnavailable as error:  # the nudge is spent: what changed must not wait for the next one
                log.warning("directory.store_unavailable", detail=error.detail)
                wait = RETRY_SECONDS

    def channel(self, id: ChannelId) -> Channel:
        """Raises NotFound."""
        return _found(self.now.channels.get(id), "channel")

    def channel_by_key(self, key: str) -> Channel:
        """By its public key; raises NotFound."""
        return _found(next((c for c in self.now.channels.values() if c.key == key), None), "channel")

    def line(self, id: LineId) -> Line:
        """Raises NotFound."""
        return _found(self.now.lines.get(id), "line")

    def line_of(self, channel_id: ChannelId) -> Line:
        """The line this channel feeds; raises NotFound."""
        return self.line(self.channel(channel_id).line_id)

    def line_for(self, conversation: Conversation) -> Line:
        """Its own line; if that one is gone, the line its channel feeds now. Raises NotFound."""
        return self.now.lines.get(conversation.line_id) or self.line_of(conversation.channel_id)

    def operator(self, id: OperatorId) -> Operator:
        """Raises NotFound."""
        return _found(self.now.operators.get(id), "operator")

    def by_device(self, device: str) -> OperatorId | None:
        """Whose extension or phone is this?"""
        return next((o.id for o in self.now.operators.values() if o.active and device in o.devices), None)


async def _snapshot(uow: UnitOfWork) -> Snapshot:
    return Snapshot(
        channels={channel.id: channel for channel in await uow.channels.all()},
        lines={line.id: line for line in await uow.lines.all()},
        operators={operator.id: operator for operator in await uow.operators.all()},
    )


def _found(thing: T | None, what: str) -> T:
    if thing is None:
        raise NotFound(f"There is no such {what}.")
    return thing
