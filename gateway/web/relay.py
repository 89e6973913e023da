"""What has happened, told to this process's own sockets: every event once, in the order of its number, without a gap.

Own commits are heard directly and cost no read. What other processes commit is read from the store when their nudge names a
newer number, when a gap in numbers shows, and every POLL_SECONDS in case both were lost. May talk to: ports.
"""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import structlog

from gateway.domain.errors import GatewayError
from gateway.domain.event import Event
from gateway.ports.live import Signals
from gateway.ports.store import Store

log = structlog.get_logger(__name__)
Listener = Callable[[Event], None]
BATCH = 500
POLL_SECONDS = 5.0
PATIENCE_SECONDS = 10.0  # a number that stays missing this long was never given to an event
PAUSE_SECONDS = 0.05


class Relay:
    """Add listeners, then keep `run` running. `head` is the newest number told."""

    def __init__(self, store: Store, signals: Signals) -> None:
        self._store, self._signals = store, signals
        self._listeners: list[Listener] = []
        self._name = secrets.token_hex(8)
        self._last: int | None = None
        self._wanted = 0
        self._behind, self._committed = asyncio.Event(), asyncio.Event()
        self._stuck_since: float | None = None
        self.reads = 0
        store.on_commit(self._heard)

    @property
    def head(self) -> int:
        """Everything up to this number has been told."""
        return self._last or 0

    def add(self, listener: Listener) -> None:
        """Called for each event, in order. It must not await, and what it raises is logged and goes no further."""
        self._listeners.append(listener)

    async def start(self) -> None:
        """From here on events are told; what was committed before is history."""
        if self._last is None:
            self._last = await self._store.head()
            if self._wanted > self._last:
                self._behind.set()

    async def run(self) -> None:
        """Until cancelled."""
        stop = self._signals.subscribe("events", self._nudged)
        try:
            await self.start()
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._tell_others(), name="relay.nudge")
                tasks.create_task(self._catch_up_for_ever(), name="relay.catch_up")
        finally:
            stop()

    def _heard(self, events: Sequence[Event]) -> None:
        """This process committed."""
        for event in events:
            self._wanted = max(self._wanted, event.seq)
            if self._last is not None and event.seq == self._last + 1:
                self._tell(event)
        if self._last is not None and self._wanted > self._last:
            self._behind.set()
        self._committed.set()

    def _nudged(self, payload: Mapping[str, Any]) -> None:
        """Some process committed up to a number; our own nudges tell nothing new."""
        seq = payload.get("seq")
        if payload.get("from") != self._name and isinstance(seq, int) and seq > self.head:
            self._wanted = max(self._wanted, seq)
            self._behind.set()

    async def _tell_others(self) -> None:
        while True:
            await self._committed.wait()
            self._committed.clear()
            await self._signals.nudge("events", {"seq": self._wanted, "from": self._name})

    async def _catch_up_for_ever(self) -> None:
        while True:
            try:
                async with asyncio.timeout(POLL_SECONDS):
                    await self._behind.wait()
            except TimeoutError:
                pass  # look by ourselves
            try:
                self._behind.clear()
                await self._look()
            except GatewayError as error:
                log.warning("relay.unreadable", code=error.code)
                self._behind.set()
                await asyncio.sleep(1.0)

    async def _look(self) -> None:
        """Read until nothing newer is there. A hole among the numbers is waited for, then given up by name."""
        if self._wanted <= self.head:
            self._wanted = max(self._wanted, await self._store.head())
        while self._wanted > self.head:
            before = self.head
            self.reads += 1
            batch = await self._store.events(after=before, limit=BATCH)
            for event in batch:
                if event.seq == self.head + 1:
                    self._tell(event)
            if self.head == before and not self._give_up_hole(batch):
                self._behind.set()
                await asyncio.sleep(PAUSE_SECONDS)
                return
        self._stuck_since = None

    def _give_up_hole(self, batch: Sequence[Event]) -> bool:
        now = time.monotonic()
        self._stuck_since = self._stuck_since or now
        if now - self._stuck_since < PATIENCE_SECONDS:
            return False
        newer = next((event.seq for event in batch if event.seq > self.head), self._wanted + 1)
        log.error("relay.hole", after=self.head, before=newer)
        self._last, self._stuck_since = newer - 1, None
        return True

    def _tell(self, event: Event) -> None:
        self._last = event.seq
        self._stuck_since = None
        for listener in self._listeners:
            try:
                listener(event)
            except Exception:
                log.exception("relay.listener_failed", type=event.type, seq=event.seq)
