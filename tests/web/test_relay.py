"""Events reach this process's listeners in order, without gap or repeat, whoever committed them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.domain.event import Event
from gateway.signals.memory import MemorySignals
from gateway.web.relay import Relay
from tests.eventually import eventually
from tests.fakes.clock import MONDAY


class Log:
    """One event log with several processes on it, each of which hears its own commits. A Store as far as the relay sees."""

    def __init__(self, *, had: int = 0) -> None:
        self.events_: list[Event] = []
        self.reads = 0
        self._listeners: dict[int, list[Callable[[Sequence[Event]], None]]] = {}
        self.commit(-1, had)

    def commit(self, process: int, count: int = 1) -> None:
        """`count` events in one transaction of this process; the others hear nothing."""
        first = len(self.events_) + 1
        new = [Event("settings.changed", MONDAY, "line", seq=seq) for seq in range(first, first + count)]
        self.events_ += new
        for listener in self._listeners.get(process, []):
            listener(new)

    def of(self, process: int) -> Any:
        """The store as this process has it."""
        log = self

        class Store:
            def on_commit(self, listener: Callable[[Sequence[Event]], None]) -> None:
                log._listeners.setdefault(process, []).append(listener)

            async def head(self) -> int:
                await asyncio.sleep(0)
                return len(log.events_)

            async def events(self, *, after: int, limit: int) -> Sequence[Event]:
                log.reads += 1
                await asyncio.sleep(0)
                return [event for event in log.events_ if event.seq > after][: min(limit, 3)]

        return Store()


@asynccontextmanager
async def relaying(log: Log, signals: MemorySignals, process: int) -> AsyncIterator[list[int]]:
    """What a relay of this process tells."""
    relay, told = Relay(log.of(process), signals), []
    relay.add(lambda event: told.append(event.seq))
    await relay.start()
    task = asyncio.create_task(relay.run())
    await asyncio.sleep(0)
    try:
        yield told
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


@settings(max_examples=60, deadline=None)
@given(
    had=st.integers(0, 5),
    steps=st.lists(st.tuples(st.integers(0, 1), st.integers(1, 4), st.integers(0, 3)), min_size=1, max_size=25),
)
def test_two_processes_tell_every_event_once_and_in_order(had: int, steps: list[tuple[int, int, int]]) -> None:
    async def story() -> None:
        log, signals = Log(had=had), MemorySignals()
        async with relaying(log, signals, 0) as here, relaying(log, signals, 1) as there:
            for process, count, pause in steps:
                log.commit(process, count)
                for _ in range(pause):
                    await asyncio.sleep(0)
            expected = list(range(had + 1, len(log.events_) + 1))
            await eventually(lambda: here == expected and there == expected)

    asyncio.run(story())


async def test_a_single_process_reads_nothing_to_tell_its_own_events() -> None:
    log = Log()
    async with relaying(log, MemorySignals(), 0) as told:
        for _ in range(50):
            log.commit(0)
            await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert told == list(range(1, 51))
    assert log.reads == 0


async def test_history_is_not_told_again() -> None:
    log = Log(had=40)
    async with relaying(log, MemorySignals(), 0) as told:
        log.commit(0)
        assert told == [41]


async def test_a_lost_nudge_costs_time_and_no_event(monkeypatch: Any) -> None:
    monkeypatch.setattr("gateway.web.relay.POLL_SECONDS", 0.05)
    log = Log()
    async with relaying(log, MemorySignals(), 0) as told:
        log.commit(7, 3)  # a process whose nudges reach nobody
        await eventually(lambda: told == [1, 2, 3])


async def test_a_number_that_never_comes_holds_nobody_up_for_ever(monkeypatch: Any) -> None:
    monkeypatch.setattr("gateway.web.relay.PATIENCE_SECONDS", 0.1)
    log = Log()
    async with relaying(log, MemorySignals(), 0) as told:
        hole = log.events_
        log.commit(0)
        hole.append(Event("settings.changed", MONDAY, "line", seq=3))
        for listener in log._listeners[0]:
            listener(hole[-1:])
        await eventually(lambda: told == [1, 3])


async def test_a_listener_that_fails_does_not_stop_the_others() -> None:
    log = Log()
    relay, told = Relay(log.of(0), MemorySignals()), []

    def broken(event: Event) -> None:
        raise RuntimeError("no")

    relay.add(broken)
    relay.add(lambda event: told.append(event.seq))
    await relay.start()
    log.commit(0, 2)
    assert told == [1, 2]


async def test_what_is_committed_while_it_starts_is_told() -> None:
    log = Log(had=2)
    store = log.of(0)
    relay, told = Relay(store, MemorySignals()), []
    relay.add(lambda event: told.append(event.seq))
    true_head = store.head

    async def head_then_commit() -> int:
        head: int = await true_head()
        log.commit(0)
        return head

    store.head = head_then_commit
    task = asyncio.create_task(relay.run())
    await eventually(lambda: told == [3])
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
