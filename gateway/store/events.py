"""Events as rows, and the order in which this process hears of them. Talks to gateway.domain.event and the tables.

Numbers are given under the lock of the counter's row, so they are consecutive and visible in order; commits of concurrent
transactions may be reported to this process in another order, which `InOrder` puts right.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from typing import Any

import orjson
import structlog
from sqlalchemy import bindparam, func, select, update

from gateway.domain.event import Event
from gateway.store import tables as t
from gateway.store.columns import dump_json, instant, micros
from gateway.store.statements import Sql

log = structlog.get_logger(__name__)
COUNTER = "event"
AFTER = Sql(select(t.event).where(t.event.c.seq > bindparam("after")).order_by(t.event.c.seq).limit(bindparam("limit")))
HEAD = Sql(select(t.counter.c.value).where(t.counter.c.name == bindparam("name")))
BUMP = Sql(
    update(t.counter)
    .where(t.counter.c.name == bindparam("which"))
    .values(value=t.counter.c.value + bindparam("by"))
    .returning(t.counter.c.value)
)
LAST = Sql(select(func.max(t.event.c.seq)))
DATA = list(t.event.columns).index(t.event.c.data)
Row = Sequence[Any]


def event_row(event: Event, seq: int) -> list[Any]:
    """The row of an event, in the order of the table's columns."""
    return [
        seq, event.type, micros(event.at), event.actor, dump_json(event.data), event.line_id, event.conversation_id,
        event.dialogue_id, event.lead_id, event.operator_id,
    ]  # fmt: skip


def load_event(row: Row) -> Event:
    """The inverse of event_row."""
    seq, kind, at, actor, data, line_id, conversation_id, dialogue_id, lead_id, operator_id = row
    return Event(
        kind, instant(at), actor, orjson.loads(data), line_id=line_id, conversation_id=conversation_id,
        dialogue_id=dialogue_id, lead_id=lead_id, operator_id=operator_id, seq=seq, text=data,
    )  # fmt: skip


def numbered(events: Sequence[Event], rows: Sequence[Row], *, first: int) -> list[Event]:
    """The events with their numbers, and with the JSON that their rows hold."""
    return [
        Event(
            event.type, event.at, event.actor, event.data, event.line_id, event.conversation_id, event.dialogue_id,
            event.lead_id, event.operator_id, seq, row[DATA],
        )
        for seq, (event, row) in enumerate(zip(events, rows, strict=True), first)
    ]  # fmt: skip


Listener = Callable[[Sequence[Event]], None]


class Ticket:
    """The place of one transaction's events in the order of their numbers."""

    __slots__ = ("events", "settled")

    def __init__(self, events: Sequence[Event]) -> None:
        self.events, self.settled = events, False


class InOrder:
    """Tells listeners about committed events in the order of their numbers.

    `expect` is called when the numbers are known and before the commit, so tickets come in order by themselves (the
    counter's row lets the next one through only after that commit); `settle` when the outcome is known.
    """

    def __init__(self) -> None:
        self._listeners: list[Listener] = []
        self._tickets: deque[Ticket] = deque()

    def listen(self, listener: Listener) -> None:
        """Add a listener for ever."""
        self._listeners.append(listener)

    def expect(self, events: Sequence[Event]) -> Ticket:
        """Take a place."""
        ticket = Ticket(events)
        self._tickets.append(ticket)
        return ticket

    def settle(self, ticket: Ticket, *, committed: bool) -> None:
        """Tell about everything whose turn has come."""
        ticket.settled = True
        if not committed:
            ticket.events = ()
        while self._tickets and self._tickets[0].settled:
            self.tell(self._tickets.popleft().events)

    def tell(self, events: Sequence[Event]) -> None:
        """Call every listener; one that fails does not keep the others from hearing."""
        if not events:
            return
        for listener in self._listeners:
            try:
                listener(events)
            except Exception:
                log.exception("store.listener_failed")
