"""Signals and leases inside one process. Implements ports.live.Signals and ports.live.Leases."""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any, cast
from weakref import WeakKeyDictionary

import structlog

from gateway.ports.live import Held

log = structlog.get_logger(__name__)
Listener = Callable[[Mapping[str, Any]], None]


class MemorySignals:
    """Counts the nudges of a topic; a task that has waited before knows which it has seen, so none between waits is lost."""

    def __init__(self) -> None:
        self._count: Counter[str] = Counter()
        self._seen: WeakKeyDictionary[asyncio.Task[Any], dict[str, int]] = WeakKeyDictionary()
        self._unheard: set[str] = set()
        self._waiting: dict[str, set[asyncio.Future[None]]] = defaultdict(set)
        self._listeners: dict[str, list[Listener]] = defaultdict(list)

    async def nudge(self, topic: str, payload: Mapping[str, Any] | None = None) -> None:
        """Wake everyone who waits for the topic."""
        self.wake(topic, payload or {})

    def wake(self, topic: str, payload: Mapping[str, Any]) -> None:
        """The part of a nudge that concerns this process."""
        self._count[topic] += 1
        waiting = self._waiting.pop(topic, None)
        if not waiting:
            self._unheard.add(topic)
        for waiter in waiting or ():
            if not waiter.done():
                waiter.set_result(None)
        for listener in tuple(self._listeners.get(topic, ())):
            self._call(topic, listener, payload)

    async def wait(self, topic: str, *, timeout: float) -> bool:
        """Sleep until the next nudge or `timeout` seconds."""
        return self._missed(topic) or await self._sleep(topic, timeout)

    def _missed(self, topic: str) -> bool:
        """A task that waits for the first time takes what nobody has heard; afterwards its own count decides."""
        task = cast("asyncio.Task[Any]", asyncio.current_task())
        seen = self._seen.setdefault(task, {})
        unheard = topic in self._unheard
        self._unheard.discard(topic)
        missed = seen[topic] != self._count[topic] if topic in seen else unheard
        seen[topic] = self._count[topic]
        return missed

    async def _sleep(self, topic: str, seconds: float) -> bool:
        waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting[topic].add(waiter)
        try:
            async with asyncio.timeout(seconds):
                await waiter
        except TimeoutError:
            return False
        finally:
            if topic in self._waiting:
                self._waiting[topic].discard(waiter)
        self._seen[cast("asyncio.Task[Any]", asyncio.current_task())][topic] = self._count[topic]
        return True

    def subscribe(self, topic: str, listener: Listener) -> Callable[[], None]:
        """Call the listener for each nudge; returns the way to stop."""
        self._listeners[topic].append(listener)

        def stop() -> None:
            if listener in self._listeners[topic]:
                self._listeners[topic].remove(listener)

        return stop

    async def check(self) -> None:
        """There is nobody to reach."""

    async def close(self) -> None:
        """Nothing is held."""

    @staticmethod
    def _call(topic: str, listener: Listener, payload: Mapping[str, Any]) -> None:
        try:
            listener(payload)
        except Exception:
            log.exception("signals.listener_failed", topic=topic)


class _InOneHand:
    """Implements ports.live.Held."""

    def __init__(self) -> None:
        self.held = True

    def __call__(self) -> bool:
        return self.held

    async def lost(self) -> None:
        await asyncio.Event().wait()


class MemoryLeases:
    """A lock per name: within one process a holder cannot lose its lease."""

    def __init__(self) -> None:
        self._locks: dict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    @asynccontextmanager
    async def hold(self, name: str, *, seconds: float) -> AsyncIterator[Held]:  # noqa: ARG002 - the port's
        """Wait until it is ours."""
        async with self._locks[name]:
            hand = _InOneHand()
            try:
                yield hand
            finally:
                hand.held = False
