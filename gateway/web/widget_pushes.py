"""Turns what happened in the house into what a visitor's open sockets hear. Says nothing to anybody whose dialogue is not here.

`hear` is a listener of the relay: called for every committed event in order, it never awaits and costs one look into a dict for
events of other dialogues. Sending is one task, so that order is kept. A `delivery.updated` changes nothing a visitor sees.
May talk to: services (shapes), web.widget_seats.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any

import structlog

from gateway.domain.event import Event
from gateway.services.storefront import Storefront
from gateway.services.visitor_rows import Lens
from gateway.web.widget_seats import Seat, Seats, Thread

log = structlog.get_logger(__name__)
MESSAGES = {"message.received": "message", "message.sent": "message", "message.updated": "message.updated"}
Send = Callable[[str, Mapping[str, Any], str], Awaitable[None]]


class Pushes:
    """One per process."""

    def __init__(self, seats: Seats, *, lens: Lens, storefront: Storefront, send: Send) -> None:
        self._seats, self._lens, self._storefront, self._send = seats, lens, storefront, send
        self._due: deque[tuple[str, str, Mapping[str, Any]]] = deque()
        self._more = asyncio.Event()
        self.leaving: deque[str] = deque()  # sockets to be closed: they hold a token that no longer counts

    def hear(self, event: Event) -> None:
        """See the module."""
        thread = self._seats.threads.get(event.dialogue_id or "")
        if thread is None:
            thread = self._meet(event)
        if thread is None:
            return
        kind = MESSAGES.get(event.type)
        if kind is not None:
            self._message(thread, kind, event)
        elif event.type.startswith("conversation."):
            self._conversation(thread, event)

    def whisper(self, payload: Mapping[str, Any]) -> None:
        """An operator is typing: a listener of the signal `ephemeral`."""
        thread = self._seats.threads.get(str(payload.get("dialogue_id")))
        if thread is None or payload.get("kind") != "typing" or payload.get("who") == "contact":
            return
        name = self._lens.first_name(str(payload.get("who")))
        self.push(thread.seats, "typing", {"on": bool(payload.get("on")), "name": name})

    def push(self, seats: Iterable[Seat], kind: str, payload: Mapping[str, Any]) -> None:
        """Send to these, in order, soon."""
        self._due.extend((seat.sid, kind, payload) for seat in seats)
        self._more.set()

    async def carry(self) -> None:
        """Send what is due until cancelled. A socket that has just gone harms nobody."""
        while True:
            await self._more.wait()
            self._more.clear()
            while self._due:
                sid, kind, payload = self._due.popleft()
                try:
                    await self._send(kind, payload, sid)
                except Exception:  # noqa: BLE001 - one broken socket must not stop the others
                    log.warning("widget.push_failed", kind=kind)

    async def tell_places(self) -> None:
        """Whoever waits hears when their band changes."""
        for thread in [thread for thread in self._seats.threads.values() if thread.waiting]:
            row = thread.waiting
            if row:
                self._show(thread, self._lens.conversation(row, queue=await self._storefront.queue(row)))

    def remember(self, thread: Thread, row: Mapping[str, Any], shown: Mapping[str, Any]) -> None:
        """How its conversation stands."""
        thread.conversation_id = row["id"]
        thread.waiting = row if row["state"] in ("queued", "offered") else None
        thread.shown = shown

    def _meet(self, event: Event) -> Thread | None:
        """The first word of a visitor whose sockets are here already: only their own chat writes `visitor` into the data."""
        if event.type != "message.received" or not event.dialogue_id:
            return None
        visitor_id = event.data["message"]["data"].get("visitor")
        return self._seats.meet(visitor_id, event.dialogue_id) if visitor_id else None

    def _message(self, thread: Thread, kind: str, event: Event) -> None:
        row = event.data["message"]
        said = row["client_id"] if event.type == "message.received" and not row["files"] else None
        seats = [seat for seat in thread.seats if said is None or seat.saying != said]
        if seats and (shown := self._lens.message(row, operator_seen=thread.operator_seen)) is not None:
            self.push(seats, kind, shown)
        thread.conversation_id = event.conversation_id or thread.conversation_id

    def _conversation(self, thread: Thread, event: Event) -> None:
        row = event.data.get("conversation")
        if row is None:
            return
        if "operator_seen" in event.data:
            thread.operator_seen = max(thread.operator_seen, event.data["operator_seen"])
            self.push(thread.seats, "read", {"seq": thread.operator_seen})
        if "visitor" in event.data:
            self._moved(thread, event.data["visitor"])
        if thread.conversation_id in (None, row["id"]) or event.type in ("conversation.opened", "conversation.reopened"):
            before = thread.shown
            self.remember(thread, row, before or {})
            self._show(thread, self._lens.conversation(row, queue=self._storefront.queue_known(row)))

    def _moved(self, thread: Thread, visitor_id: str) -> None:
        """The dialogue belongs to a proven person now: sockets that came with the old token hear nothing more of it."""
        for seat in [seat for seat in thread.seats if not seat.moving and seat.visitor.id != visitor_id]:
            self._seats.stand_up(seat)
            self.leaving.append(seat.sid)

    def _show(self, thread: Thread, shown: Mapping[str, Any]) -> None:
        if shown != thread.shown:
            thread.shown = shown
            self.push(thread.seats, "conversation", shown)
