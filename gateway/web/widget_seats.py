"""Who sits at an open socket of the widget, and which dialogue they follow. State of this process only; kept very small.

Five thousand idle visitors are five thousand Seats; a Thread exists only for a dialogue somebody here follows. Asking whether
an event concerns anybody here is one look into a dict. May talk to: domain, services (values).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from gateway.services.visitor_seals import Visitor


class Seat:
    """One open socket. source: of the page it is on (Page.source). saying: a client_id under way.

    moving: this very socket is proving who it is, so its key may change.
    """

    __slots__ = ("address", "moving", "saying", "sid", "source", "thread", "visitor")

    def __init__(self, sid: str, visitor: Visitor, *, address: str, source: Mapping[str, str]) -> None:
        self.sid, self.visitor, self.address, self.source = sid, visitor, address, source
        self.thread: Thread | None = None
        self.moving = False
        self.saying: str | None = None


class Thread:
    """A dialogue that is followed here. waiting: its row while it stands in the queue; shown: what was pushed last."""

    __slots__ = ("conversation_id", "dialogue_id", "operator_seen", "seats", "shown", "waiting")

    def __init__(self, dialogue_id: str) -> None:
        self.dialogue_id = dialogue_id
        self.conversation_id: str | None = None
        self.operator_seen = 0
        self.seats: list[Seat] = []
        self.waiting: Mapping[str, Any] | None = None
        self.shown: Mapping[str, Any] | None = None


class Seats:
    """All of them. Everything is O(1), except leaving a dialogue that one visitor has open in many tabs."""

    def __init__(self) -> None:
        self.by_sid: dict[str, Seat] = {}
        self.threads: dict[str, Thread] = {}
        self._unspoken: dict[str, list[Seat]] = {}
        self._addresses: dict[str, int] = {}

    def at(self, address: str) -> int:
        """How many sockets this address has open."""
        return self._addresses.get(address, 0)

    def take(self, seat: Seat) -> None:
        """A socket opens. Until its dialogue is known it waits under the visitor's id."""
        self.by_sid[seat.sid] = seat
        self._addresses[seat.address] = self.at(seat.address) + 1
        self._unspoken.setdefault(seat.visitor.id, []).append(seat)

    def leave(self, sid: str) -> None:
        """A socket closes; the second time nothing happens."""
        seat = self.by_sid.pop(sid, None)
        if seat is None:
            return
        self.stand_up(seat)
        left = self.at(seat.address) - 1
        if left > 0:
            self._addresses[seat.address] = left
        else:
            self._addresses.pop(seat.address, None)

    def join(self, seat: Seat, dialogue_id: str) -> Thread:
        """From here on this socket follows a dialogue."""
        if seat.thread is not None and seat.thread.dialogue_id == dialogue_id:
            return seat.thread
        if seat.sid not in self.by_sid:
            return Thread(dialogue_id)  # it closed meanwhile
        self.stand_up(seat)
        thread = self.threads.get(dialogue_id)
        if thread is None:
            thread = self.threads[dialogue_id] = Thread(dialogue_id)
        thread.seats.append(seat)
        seat.thread = thread
        return thread

    def meet(self, visitor_id: str, dialogue_id: str) -> Thread | None:
        """A visitor has spoken for the first time: their open sockets follow the new dialogue. None if they have none here."""
        thread = None
        for seat in self._unspoken.get(visitor_id, [])[:]:
            thread = self.join(seat, dialogue_id)
        return thread

    def rename(self, seat: Seat, visitor: Visitor) -> None:
        """The visitor has a new token. Under a new id it waits until its dialogue is found."""
        if visitor.id != seat.visitor.id and seat.sid in self.by_sid:
            self.stand_up(seat)
            self._unspoken.setdefault(visitor.id, []).append(seat)
        seat.visitor = visitor

    def stand_up(self, seat: Seat) -> None:
        """Follow nothing any more."""
        thread, seat.thread = seat.thread, None
        if thread is not None:
            thread.seats.remove(seat)
            if not thread.seats:
                self.threads.pop(thread.dialogue_id, None)
        _remove(self._unspoken, seat)

    def channels(self) -> set[str]:
        """Channels that have somebody here."""
        return {seat.visitor.channel_id for seat in self.by_sid.values()}

    def of_channel(self, channel_id: str) -> Iterable[Seat]:
        """Everybody of one channel."""
        return [seat for seat in self.by_sid.values() if seat.visitor.channel_id == channel_id]


def _remove(waiting: dict[str, list[Seat]], seat: Seat) -> None:
    seats = waiting.get(seat.visitor.id)
    if seats and seat in seats:
        seats.remove(seat)
        if not seats:
            del waiting[seat.visitor.id]
