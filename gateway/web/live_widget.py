"""The widget's sockets: namespace /widget. Who comes in, what they may say and how often; acknowledged only after the commit.

Registered on the one AsyncServer of web/live; what goes out is made in web/widget_pushes. May talk to: services, web.widget_*.
Contract: docs/reference/widget-protocol.md, section 3.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import socketio
import structlog
from aiohttp import web

from gateway.domain.errors import GatewayError, NotFound, TooMany
from gateway.domain.event import Event
from gateway.domain.ids import ChannelId
from gateway.domain.rows import conversation_row
from gateway.ports.records import Place
from gateway.services.visitor_moves import VisitorMoves
from gateway.services.visitors import Reception, Visitors
from gateway.web import slowness
from gateway.web.bodies import Patience
from gateway.web.floods import Floods
from gateway.web.widget_pushes import Pushes
from gateway.web.widget_seats import Seat, Seats
from gateway.web.widget_wire import Handshake, Mark, MessageWire, Rating, Switch, SyncWire, Update, understand

log = structlog.get_logger(__name__)
SOCKETS_PER_ADDRESS = 100
UNREAD_PACKETS = 60
PLACES_EVERY, SIGNS_EVERY, LINES_EVERY = 5.0, 2.0, 15.0
Answer = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Doors:
    """What guards the widget's doors. address: whose request it is (behind a trusted proxy, the client's).

    patience: how long bodies may take.
    """

    floods: Floods
    address: Callable[[web.BaseRequest], str]
    sockets_per_address: int = SOCKETS_PER_ADDRESS
    patience: Patience = field(default=Patience())


class WidgetNamespace(socketio.AsyncNamespace):  # type: ignore[misc] # the library has no types; this is its façade
    """Call `hear` for each committed event (Relay.add) and keep `run` running."""

    def __init__(self, reception: Reception, visitors: Visitors, moves: VisitorMoves, *, doors: Doors) -> None:
        super().__init__("/widget")
        self._r, self._visitors, self._moves, self._doors = reception, visitors, moves, doors
        self.seats = Seats()
        self._pushes = Pushes(self.seats, lens=visitors.lens, storefront=reception.storefront, send=self._send)
        self._lines: dict[str, bool] = {}
        self._steps: Mapping[str, tuple[str, Callable[[Seat, Any], Awaitable[Answer]]]] = {
            "sync": ("sync", self._sync), "message.send": ("message", self._say), "typing.set": ("typing", self._typing),
            "read.set": ("move", self._read), "conversation.rate": ("move", self._rate),
            "conversation.close": ("move", self._close), "visitor.update": ("move", self._update),
        }  # fmt: skip

    def hear(self, event: Event) -> None:
        """A listener for web.relay."""
        self._pushes.hear(event)

    async def run(self) -> None:
        """Push, and look after bands and schedules, until cancelled."""
        stop = self._r.core.signals.subscribe("ephemeral", self._pushes.whisper)
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._pushes.carry(), name="widget.carry")
                tasks.create_task(self._every(PLACES_EVERY, self._pushes.tell_places), name="widget.places")
                tasks.create_task(self._every(SIGNS_EVERY, self.tell_who_waits), name="widget.signs")
                tasks.create_task(self._every(LINES_EVERY, self.tell_lines), name="widget.lines")
        finally:
            stop()

    async def drain(self, *, within: float) -> None:
        """The gateway restarts: come back, but not all at once."""
        await self.emit("drain", {"within": within})

    async def tell_who_waits(self) -> None:
        """Whoever waits for an answer and has a socket here has not left."""
        rows = [thread.waiting for thread in self.seats.threads.values() if thread.waiting]
        await self._r.departures.look({row["id"]: row["channel_id"] for row in rows})

    async def tell_lines(self) -> None:
        """Everybody of a channel hears when its line opens or closes."""
        for channel_id in self.seats.channels():
            try:
                line = self._r.directory.line_of(ChannelId(channel_id))
            except NotFound:  # the channel was removed under an open chat
                continue
            facts = await self._r.storefront.line(line)
            if self._lines.get(channel_id, facts["open"]) != facts["open"]:
                self._pushes.push(self.seats.of_channel(channel_id), "line", facts)
            self._lines[channel_id] = facts["open"]

    async def trigger_event(self, event: str, *args: Any) -> Any:
        """The library's one door for everything that comes in."""
        sid = str(args[0])
        if event == "connect":
            return await self._enter(sid, args[1], args[2] if len(args) > 2 else None)
        if event == "disconnect":
            return self.seats.leave(sid)
        seat = self.seats.by_sid.get(sid)
        if seat is None:
            return {"ok": False, "code": "token_expired", "title": "Connect again."}
        return await self._answer(event, seat, args[1:])

    async def _enter(self, sid: str, environ: Mapping[str, Any], auth: Any) -> None:
        request = environ["aiohttp.request"]
        try:
            address = self._doors.address(request)
            await self._doors.floods.admit("connect", address)
            hello = understand(Handshake, auth)
            visitor = self._visitors.known(hello.token)
            self._r.sites.guard(visitor.channel_id, request.headers.get("Origin"))
            if self.seats.at(address) >= self._doors.sockets_per_address:
                raise TooMany("Too many open chats from this address.", retry_after=30)
        except GatewayError as error:
            refusal = _refusal(error)
            log.info("widget.refused", code=error.code)
            raise socketio.exceptions.ConnectionRefusedError(refusal["title"], refusal) from None
        self.seats.take(Seat(sid, visitor, address=address, source=hello.page.value().source()))

    async def _answer(self, event: str, seat: Seat, payload: tuple[Any, ...]) -> Answer:
        try:
            if event not in self._steps:
                return {"ok": False, "code": "unknown_event", "title": f"There is no event {event[:40]}."}
            await self._cut_if_slow(seat.sid)
            rate, step = self._steps[event]
            await self._doors.floods.admit(rate, seat.visitor.root)
            return {"ok": True} | await step(seat, payload[0] if payload else None)
        except GatewayError as error:
            return _refusal(error)
        except Exception:
            log.exception("widget.failed", kind=event)
            return {"ok": False, "code": "internal", "title": "Something went wrong here. Try again.", "retry_after": 5}
        finally:
            await self._close_old()

    async def _sync(self, seat: Seat, payload: Any) -> Answer:
        after = understand(SyncWire, payload).after
        answer, place = await self._visitors.sync(seat.visitor, after=after)
        if place is not None and seat.thread is None and seat.sid in self.seats.by_sid:
            # Follow first, then read: what is committed in between is either in the answer or pushed.
            self.seats.join(seat, place.dialogue.id)
            answer, place = await self._visitors.sync(seat.visitor, after=after)
            if place is not None:
                self._remember(seat, place, answer)
        if place is not None and place.dialogue.operator_seen:
            self._pushes.push([seat], "read", {"seq": place.dialogue.operator_seen})
        return answer

    async def _say(self, seat: Seat, payload: Any) -> Answer:
        await self._doors.floods.admit("message.address", seat.address)
        message = understand(MessageWire, payload)
        seat.saying = message.client_id
        return await self._visitors.say(seat.visitor, message.value(seat.source))

    async def _typing(self, seat: Seat, payload: Any) -> Answer:
        on = understand(Switch, payload).on
        if seat.thread is not None:
            await self._r.core.signals.nudge("ephemeral", {
                "kind": "typing", "dialogue_id": seat.thread.dialogue_id, "conversation_id": seat.thread.conversation_id,
                "who": "contact", "name": seat.visitor.name, "on": on,
            })  # fmt: skip
        return {}

    async def _read(self, seat: Seat, payload: Any) -> Answer:
        return {"seq": await self._moves.read(seat.visitor, seq=understand(Mark, payload).seq)}

    async def _rate(self, seat: Seat, payload: Any) -> Answer:
        rating = understand(Rating, payload)
        await self._moves.rate(seat.visitor, value=rating.value, comment=rating.comment or "")
        return {}

    async def _close(self, seat: Seat, _: Any) -> Answer:
        await self._moves.close(seat.visitor)
        return {}

    async def _update(self, seat: Seat, payload: Any) -> Answer:
        telling = understand(Update, payload).value()
        seat.source = telling.page.source() if telling.page else seat.source
        seat.moving = telling.identity_token is not None
        try:
            row, token, visitor = await self._moves.update(seat.visitor, telling)
        finally:
            seat.moving = False
        changed = visitor.id != seat.visitor.id
        self.seats.rename(seat, visitor)
        place = await self._visitors.place(visitor) if changed else None
        if place is not None:
            self.seats.join(seat, place.dialogue.id)
        return {"visitor": row, "token": token, "dialogue": seat.thread.dialogue_id if seat.thread else None}

    def _remember(self, seat: Seat, place: Place, answer: Answer) -> None:
        if seat.thread is not None and place.conversation is not None:
            row = conversation_row(place.conversation, contact_name="")
            seat.thread.operator_seen = place.dialogue.operator_seen
            self._pushes.remember(seat.thread, row, answer["conversation"])

    async def _close_old(self) -> None:
        while self._pushes.leaving:
            await self.disconnect(self._pushes.leaving.popleft())

    async def _send(self, kind: str, payload: Mapping[str, Any], sid: str) -> None:
        await self.emit(kind, payload, to=sid)
        await self._cut_if_slow(sid)

    async def _cut_if_slow(self, sid: str) -> None:
        """Neither what is told nor what is answered may pile up for somebody who does not read."""
        if slowness.unread(self.server, namespace=self.namespace, sid=sid) > UNREAD_PACKETS:
            log.warning("widget.slow_cut")
            await slowness.cut(self.server, namespace=self.namespace, sid=sid)

    async def _every(self, seconds: float, step: Callable[[], Awaitable[None]]) -> None:
        while True:
            await asyncio.sleep(seconds)
            try:
                await step()
                await self._close_old()
            except GatewayError as error:
                log.warning("widget.round_failed", code=error.code)
            except Exception:
                log.exception("widget.round_failed")  # the pushes to everybody hang on this task's going on


def _refusal(error: GatewayError) -> Answer:
    answer: Answer = {"ok": False, "code": error.code, "title": error.told}
    if isinstance(error, TooMany):
        answer["retry_after"] = error.retry_after
    if error.code == "store_unavailable":
        answer["retry_after"] = 2.0
    return answer
