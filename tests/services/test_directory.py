"""The settings in memory: what changed is known soon, also when the database was away at that moment."""

from __future__ import annotations

import asyncio
from typing import Any

from gateway.domain.errors import StoreUnavailable
from gateway.domain.ids import LineId
from gateway.domain.line import Line
from gateway.ports.core import Core
from gateway.services.directory import Directory
from gateway.signals.memory import MemorySignals
from tests.eventually import eventually
from tests.fakes.blobs import DictBlobs
from tests.stores import memory_store


class Cut:
    """A store whose reads fail while `away`."""

    def __init__(self, store: Any) -> None:
        self._store, self.away, self.asked = store, True, 0

    async def read(self, work: Any) -> Any:
        self.asked += 1
        if self.away:
            raise StoreUnavailable
        return await self._store.read(work)


async def test_what_changed_while_the_database_was_away_is_read_as_soon_as_it_is_back() -> None:
    async with memory_store() as opened:
        await opened.store.run(lambda uow: uow.lines.add(Line(LineId("lin_sales"), "Sales")))
        store, signals = Cut(opened.store), MemorySignals()
        core: Any = Core(store, opened.clock, opened.ids, signals, DictBlobs())  # type: ignore[arg-type]
        directory = Directory(core)
        following = asyncio.create_task(directory.keep_fresh())
        await signals.nudge("settings")
        await eventually(lambda: store.asked)
        store.away = False
        await eventually(lambda: directory.now.lines, within=5)
        following.cancel()
        await asyncio.wait([following])
