"""What an empty store is given, and that it is given once."""

from __future__ import annotations

from gateway.app import first_start
from gateway.ports.core import Core
from gateway.store.opening import open_store
from tests.fakes.blobs import DictBlobs
from tests.fakes.clock import CountedIds, HandClock
from tests.fakes.signals import SilentSignals


async def test_the_first_start_makes_a_line_to_try_and_the_second_nothing() -> None:
    clock = HandClock()
    async with open_store(":memory:", clock=clock, ids=CountedIds()) as opened:
        core = Core(opened.store, clock, CountedIds(), SilentSignals(), DictBlobs())
        made = (await first_start.prepare(core, demo=True)).made
        assert made
        operator = await core.store.read(lambda uow: uow.operators.get(made))
        assert operator.roles == ("operator", "supervisor", "admin")
        assert [c.key for c in await core.store.read(lambda uow: uow.channels.all())] == [first_start.DEMO_KEY]
        assert await first_start.prepare(core, demo=True) == first_start.Found()


async def test_without_the_demo_nobody_is_made_up() -> None:
    clock = HandClock()
    async with open_store(":memory:", clock=clock, ids=CountedIds()) as opened:
        core = Core(opened.store, clock, CountedIds(), SilentSignals(), DictBlobs())
        assert await first_start.prepare(core, demo=False) == first_start.Found(nobody=True)
        assert await core.store.read(lambda uow: uow.operators.all()) == []
        assert await core.store.read(lambda uow: uow.lines.all()) == []


def test_every_text_speaks_all_four_languages() -> None:
    for texts in (first_start.WELCOME, first_start.CLOSED, first_start.BUSY):
        assert set(texts) == {"", "ru", "es", "fa"}
