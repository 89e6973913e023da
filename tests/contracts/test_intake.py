"""What the intake must take on every engine: PostgreSQL holds no NUL in a text, and a stranger may write one."""

from __future__ import annotations

from gateway.signals.memory import MemorySignals
from gateway.store.opening import open_store
from tests.fakes.blobs import DictBlobs
from tests.fakes.clock import CountedIds, HandClock
from tests.flows.office import open_office


async def test_a_text_that_one_engine_cannot_hold_is_taken_without_what_it_cannot_hold(store_url: str) -> None:
    clock = HandClock()
    async with open_store(store_url, clock=clock, ids=CountedIds()) as opened:
        office = await open_office(opened.store, MemorySignals(), DictBlobs(), clock)
        await office.write("Ann", "Hel\x00lo", subject="A\x00bout")
        said = next(event.data["message"] for event in office.events if event.type == "message.received")
        assert (said["text"], said["subject"]) == ("Hello", "About")
