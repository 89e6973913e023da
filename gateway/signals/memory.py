"""Signals and leases inside one process. Implements ports.live.Signals and ports.live.Leases."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any

import structlog

log = structlog.get_logger(__name__)
Listener = Callable[[Mapping[str, Any]], None]


class MemorySignals:
    """Every waiter of a topic has a flag of its own task's place: a nudge between two waits is not lost."""

    def __init__(self) -> None:
        self._waiting: dict[str, set[asyncio.Future[None]]] = defaultdict(set)
        self._missed: dict[str, bool] = {}
        self._listeners: dict[str, list[Listener]] = defaultdict(list)

    async def nudge(self, topic: str, payload: Mapping[str, Any] | None = None) -> None:
        """Wake everyone who waits for the topic."""
        self.wake(topic, payload or {})

    def wake(self, topic: str, payload: Mapping[str, Any]) -> None:
        """The part of a nudge that concerns this process."""
        waiting = self._waiting.pop(topic, None)
        if not waiting:
            self._missed[topic] = True
        for waiter in waiting or ():
            if not waiter.done():
                waiter.set_result(None)
        for listener in tuple(self._listeners.get(topic, ())):
            self._call(topic, listener, payload)

    async def wait(self, topic: str, *, timeout: float) -> bool:  # noqa: ASYNC109 - the port's word
        """Sleep until the next nudge or `timeout` seconds."""
        if self._missed.pop(topic, False):
            return True
        waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting[topic].add(waiter)
        try:
            async with asyncio.timeout(timeout):
                await waiter
        except TimeoutError:
            return False
        finally:
            if topic in self._waiting:
                self._waiting[topic].discard(waiter)
        return True

    def subscribe(self, topic: str, listener: Listener) -> Callable[[], None]:
        """Call the listener for each nudge; returns the way to stop."""
        self._listeners[topic].append(listener)

        def stop() -> None:
            if listener in self._listeners[topic]:
                self._listeners[topic].remove(listener)

        return stop

    async def close(self) -> None:
        """Nothing is held."""

    @staticmethod
    def _call(topic: str, listener: Listener, payload: Mapping[str, Any]) -> None:
        try:
            listener(payload)
        except Exception:  # noqa: BLE001 - one listener's fault is not the nudger's
            log.exception("signals.listener_failed", topic=topic)


class MemoryLeases:
    """A lock per name: within one process a holder cannot lose its lease."""

    def __init__(self) -> None:
        self._locks: dict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    @asynccontextmanager
    async def hold(self, name: str, *, seconds: float) -> AsyncIterator[Callable[[], bool]]:  # noqa: ARG002 - the port's
        """Wait until it is ours."""
        async with self._locks[name]:
            held = True
            try:
                yield lambda: held
            finally:
                held = False
