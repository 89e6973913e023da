"""Running adapters while the database is away: nothing that listens stops for good, nothing that runs is torn down."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from gateway.app.adapters import RunningAdapters
from gateway.app.kinds import Tools
from gateway.domain.channel import Channel
from gateway.domain.errors import StoreUnavailable
from gateway.domain.ids import ChannelId, LineId
from gateway.ports.channel import Inbox
from gateway.ports.core import Core
from gateway.ports.live import Held, Leases
from gateway.services.directory import Directory, Snapshot
from gateway.signals.memory import MemoryLeases, MemorySignals
from tests.eventually import eventually
from tests.fakes.adapters import HandChannel
from tests.fakes.blobs import DictBlobs
from tests.fakes.clock import CountedIds, HandClock

BOT = ChannelId("chn_bot")


class AwayStore:
    """A database that does not answer."""

    asked = 0

    async def read(self, work: Any) -> Any:
        self.asked += 1
        raise StoreUnavailable("The database cannot answer.")

    run = read


class AwayInbox:
    """What every adapter meets then."""

    fault: Exception = StoreUnavailable("The database cannot answer.")

    async def report(self, channel_id: ChannelId, *, problem: str | None, paused: bool = False) -> None:
        raise self.fault


class Robbed(MemoryLeases):
    """Another process takes over what is held here, once."""

    def __init__(self) -> None:
        super().__init__()
        self.robber = asyncio.Event()

    @asynccontextmanager
    async def hold(self, name: str, *, seconds: float) -> AsyncIterator[Held]:
        async with super().hold(name, seconds=seconds) as held:
            object.__setattr__(held, "lost", self._lost)
            yield held

    async def _lost(self) -> None:
        await self.robber.wait()
        self.robber.clear()


class Bot(HandChannel):
    """Each listening fails, because what it hears cannot be kept."""

    begun = ended = 0
    closed = patient = False

    async def listen(self, inbox: Inbox) -> None:
        self.begun += 1
        if self.patient:
            try:
                await asyncio.Event().wait()
            finally:
                self.ended += 1
        await inbox.report(BOT, problem="Our database cannot store messages now; they wait at Telegram.")

    async def close(self) -> None:
        self.closed = True


class OneBot(RunningAdapters):
    """Builds the bot of this test."""

    bot: Bot

    def build(self, channel: Channel) -> Any:
        return self.bot


@asynccontextmanager
async def running(
    *, leases: Leases | None = None, fault: Exception = AwayInbox.fault, patient: bool = False
) -> AsyncIterator[tuple[OneBot, AwayStore]]:
    store, signals, clock = AwayStore(), MemorySignals(), HandClock()
    core: Any = Core(store, clock, CountedIds(), signals, DictBlobs())  # type: ignore[arg-type]
    directory = Directory(core)
    directory.now = Snapshot(channels={BOT: Channel(BOT, "telegram", LineId("lin_sales"), "bot", "key")})
    tools = Tools(clock, core.blobs.get, b"secret", None, 1000)
    adapters = OneBot(directory, tools, leases=leases or MemoryLeases(), signals=signals)
    adapters.bot = Bot(deduplicates=False)
    adapters.bot.patient = patient
    inbox: Any = AwayInbox()
    inbox.fault = fault
    task = asyncio.create_task(adapters.run(inbox))
    await signals.nudge("settings")
    try:
        yield adapters, store
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


@pytest.mark.parametrize("fault", [AwayInbox.fault, RuntimeError("not foreseen")])
async def test_a_bot_listens_again_after_the_database_was_away(fault: Exception) -> None:
    async with running(fault=fault) as (adapters, _):
        await eventually(lambda: adapters.bot.begun >= 2, within=10)


async def test_who_has_lost_the_lease_stops_listening_and_asks_for_it_again() -> None:
    """Redis came back empty and another process was quicker: two that listen would take each other's messages."""
    leases = Robbed()
    async with running(leases=leases, patient=True) as (adapters, _):
        await eventually(lambda: adapters.bot.begun == 1)
        leases.robber.set()
        await eventually(lambda: adapters.bot.ended == 1)
        await eventually(lambda: adapters.bot.begun == 2, within=10)
    assert adapters.bot.ended == 2


async def test_a_database_that_is_away_takes_no_running_channel_with_it() -> None:
    async with running() as (adapters, store):
        await eventually(lambda: store.asked)
        assert adapters.get(BOT) is adapters.bot
        assert not adapters.bot.closed
