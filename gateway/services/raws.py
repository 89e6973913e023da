"""Reading kept raw input: parse by its adapter, accept what comes out, quarantine what cannot be understood.

A Raw is tried at most TRIES times; meanwhile its lane waits, so that a chat keeps its order. Then it is quarantined with its
bytes, visible in the console and replayable, and its lane goes on. May talk to: ports, domain, services.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from gateway import logs
from gateway.domain import rows
from gateway.domain.errors import NotFound, Rejected, StoreUnavailable, Unreadable
from gateway.domain.event import Event
from gateway.domain.ids import ChannelId, RawId
from gateway.domain.inbound import InboundEvent
from gateway.domain.operator import Operator
from gateway.ports.channel import Inbox, RawParser
from gateway.ports.core import Core
from gateway.ports.records import Errand, KeptRaw
from gateway.ports.store import UnitOfWork
from gateway.services.adapters import OFF_SECONDS, Adapters
from gateway.services.directory import Directory
from gateway.services.outbox import NotYet

TRIES = 3
PARSE_SECONDS = 30.0
LISTED = 200
log = logs.get("raws")


class Reader:
    """The outbox step `raw.read`."""

    def __init__(self, core: Core, directory: Directory, adapters: Adapters, inbox: Inbox) -> None:
        self._core, self._directory, self._adapters, self._inbox = core, directory, adapters, inbox

    async def read(self, errand: Errand) -> None:
        """Turn one Raw into events. Raises to be tried later; gives up into quarantine."""
        raw_id = RawId(errand.key)
        kept = await self._core.store.read(lambda uow: uow.raws.get(raw_id))
        if kept.state == "done":
            return
        try:
            for event in await self._parse(kept):
                await self._inbox.accept(event)
        except (StoreUnavailable, NotYet):
            raise  # not its fault: it waits, however often it was tried
        except (Unreadable, Rejected) as error:
            await self._set_aside(kept, error.detail, error.code)
        except Exception as error:
            if errand.attempts < TRIES:
                raise
            await self._set_aside(kept, f"{type(error).__name__}: {error}"[:500], "failed")
        else:
            await self._core.store.run(lambda uow: uow.raws.mark(raw_id, state="done"))

    async def _parse(self, kept: KeptRaw) -> Sequence[InboundEvent]:
        adapter: object = self._adapters.get(kept.raw.channel_id)
        if not isinstance(adapter, RawParser):
            await self._must_exist(kept.raw.channel_id)
            raise NotYet("The channel is off; its input waits.", seconds=OFF_SECONDS)
        async with asyncio.timeout(PARSE_SECONDS):
            return await adapter.parse(kept.raw)

    async def _must_exist(self, id: ChannelId) -> None:
        try:
            await self._core.store.read(lambda uow: uow.channels.get(id))
        except NotFound:
            raise Unreadable("Its channel was removed.", code="channel_removed") from None

    async def _set_aside(self, kept: KeptRaw, detail: str, code: str) -> None:
        log.warning("raw.quarantined", raw=kept.id, channel=kept.raw.channel_id, code=code)

        async def work(uow: UnitOfWork) -> None:
            await uow.raws.mark(kept.id, state="quarantined", error=detail, error_code=code, attempts=kept.attempts + 1)
            channel = self._directory.now.channels.get(kept.raw.channel_id)
            data = {"channel_id": kept.raw.channel_id, "raw_id": kept.id, "code": code}
            line_id = channel.line_id if channel else None
            uow.emit(Event("raw.quarantined", self._core.clock.now(), "line", data, line_id=line_id))

        await self._core.store.run(work)


class Quarantine:
    """What a person may do with input that could not be read (permission `configure`)."""

    def __init__(self, core: Core) -> None:
        self._core = core

    async def list(self) -> Sequence[rows.Row]:
        """Newest first."""
        kept = await self._core.store.read(lambda uow: uow.raws.quarantined(LISTED))
        return [_row(one) for one in kept]

    async def replay(self, by: Operator, raw_id: RawId) -> None:
        """Read it again now, e.g. after an upgrade."""

        async def work(uow: UnitOfWork) -> None:
            kept = await uow.raws.get(raw_id)
            await uow.raws.mark(raw_id, state="kept", attempts=kept.attempts)
            lane = f"raw:{kept.raw.channel_id}:{kept.raw.lane}"
            await uow.outbox.put("raw.read", raw_id, due_at=self._core.clock.now(), lane=lane, payload={"raw_id": raw_id})

        await self._core.store.run(work)
        await self._core.signals.nudge("outbox")
        log.info("raw.replayed", raw=raw_id, by=by.id)

    async def discard(self, by: Operator, raw_id: RawId) -> None:
        """Take it off the list; the bytes stay."""
        await self._core.store.run(lambda uow: uow.raws.mark(raw_id, state="done", error="discarded", error_code="discarded"))
        log.info("raw.discarded", raw=raw_id, by=by.id)

    async def raw(self, raw_id: RawId) -> bytes:
        """The untouched bytes. Raises NotFound."""
        kept = await self._core.store.read(lambda uow: uow.raws.get(raw_id))
        return kept.raw.body


def _row(kept: KeptRaw) -> rows.Row:
    return {
        "id": kept.id, "channel_id": kept.raw.channel_id, "received_at": rows.stamp(kept.raw.received_at),
        "size": len(kept.raw.body), "error": kept.error, "code": kept.error_code, "attempts": kept.attempts,
        "subject": kept.raw.headers.get("subject", ""),
    }  # fmt: skip
