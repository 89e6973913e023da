"""What goes out to this process's console sockets: each socket hears what its rooms may hear, once, in order, from one task.

What is due together goes together: a burst of events is one packet per socket, each event serialised once for all of them.
A socket that does not read is cut. May talk to: access (through the seats). Contract: docs/reference/console-protocol.md.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import orjson
import structlog

from gateway.domain.event import Event
from gateway.services.access import audience
from gateway.web.live_seats import Seat, Seats
from gateway.web.live_wire import event_row
from gateway.web.metrics import Metrics
from gateway.web.wire import dumps

log = structlog.get_logger(__name__)
AT_ONCE = 64
PACKET_BYTES = 64_000  # of events in one packet; a single one may be longer


@dataclass(frozen=True, slots=True)
class Due:
    """Something to be told. size: bytes of an event's JSON. skip: the socket it came from."""

    kind: str
    payload: Any
    rooms: frozenset[str]
    size: int = 0
    skip: str | None = None

    def concerns(self, seat: Seat) -> bool:
        """May this socket hear it?"""
        return seat.sid != self.skip and not self.rooms.isdisjoint(seat.rooms)


class Pushes:
    """Put things in with `hear` and `push`, keep `carry` running. send: (kind, payload, sid); cut: who does not read goes."""

    def __init__(
        self, seats: Seats, *, metrics: Metrics, send: Callable[[str, Any, str], Awaitable[None]],
        cut: Callable[[Seat], Awaitable[None]],
    ) -> None:  # fmt: skip
        self._seats, self._metrics, self._send, self._cut = seats, metrics, send, cut
        self._due: deque[Due] = deque()
        self._more = asyncio.Event()

    def hear(self, event: Event) -> None:
        """A committed event."""
        if self._seats:
            text = dumps(event_row(event))
            self._put(Due("event", orjson.Fragment(text), audience(event), size=len(text)))

    def push(self, kind: str, payload: Any, rooms: Iterable[str], *, skip: str | None = None) -> None:
        """Anything else, behind what is due already."""
        self._put(Due(kind, payload, frozenset(rooms), skip=skip))

    def push_to(self, seat: Seat, kind: str, payload: Any) -> None:
        """For one socket alone."""
        self._put(Due(kind, payload, frozenset({seat.own_room})))

    async def carry(self) -> None:
        """Until cancelled."""
        while True:
            await self._more.wait()
            self._more.clear()
            while self._due:
                taken = [self._due.popleft() for _ in range(min(AT_ONCE, len(self._due)))]
                for seat in self._seats:
                    await self._tell(seat, [due for due in taken if due.concerns(seat)])

    def _put(self, due: Due) -> None:
        self._due.append(due)
        self._more.set()

    async def _tell(self, seat: Seat, things: list[Due]) -> None:
        try:
            for kind, payload in packets(things):
                await self._send(kind, payload, seat.sid)
                if kind == "events":
                    self._metrics.relayed.inc(len(payload))
            if things:
                await self._cut(seat)
        except Exception:
            log.exception("console.push_failed", operator_id=seat.operator.id)


def packets(things: Iterable[Due]) -> Iterator[tuple[str, Any]]:
    """The same in the same order: neighbouring events as one list `events`, up to PACKET_BYTES."""
    events: list[Any] = []
    size = 0
    for due in things:
        if events and (due.kind != "event" or size + due.size > PACKET_BYTES):
            yield "events", events
            events, size = [], 0
        if due.kind == "event":
            events.append(due.payload)
            size += due.size
        else:
            yield due.kind, due.payload
    if events:
        yield "events", events
