"""The console's sockets: namespace /console. Who comes in, what they hear, what they may ask; no state but who sits where.

What goes out is made in web/console_pushes. A socket that does not read is cut. Every SWEEP the rights behind each socket are
read again. May talk to: cases, access, relay, web.console_pushes.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import socketio
import structlog

from gateway.domain.conversation import Conversation
from gateway.domain.errors import Forbidden, GatewayError
from gateway.domain.event import Event
from gateway.domain.ids import ConversationId
from gateway.services.access import EVERYONE, SEE_ALL, may_hear, scope_of, visible
from gateway.web import slowness
from gateway.web.cases import Cases
from gateway.web.config import WebConfig
from gateway.web.console_pushes import Pushes
from gateway.web.live_seats import Seat, Seats
from gateway.web.live_wire import Alive, Hello, Sync, Typing, Viewing, event_row, understand
from gateway.web.metrics import Metrics
from gateway.web.relay import Relay

log = structlog.get_logger(__name__)
NAME = "/console"
HEAD_SECONDS = 15.0
SYNC_PAGE, SYNC_LIMIT = 200, 1000
UNREAD_PACKETS = 200
ALIVE_EVERY, SIGN_SECONDS = 5.0, 15.0
SOCKETS_EACH = 20
KNOWN_SECONDS, KNOWN_LIMIT = 10.0, 2000
Answer = dict[str, Any]


class ConsoleNamespace(socketio.AsyncNamespace):  # type: ignore[misc] # the library has no types; this is its façade
    """`hear` is a listener of the relay; `run` pushes and checks until cancelled."""

    def __init__(self, cases: Cases, config: WebConfig, *, relay: Relay, metrics: Metrics) -> None:
        super().__init__(NAME)
        self._cases, self._config, self._relay, self._metrics = cases, config, relay, metrics
        self.seats = Seats()
        self.pushes = Pushes(self.seats, metrics=metrics, send=self._send, cut=self._cut_if_slow)
        self._passing: set[asyncio.Task[None]] = set()
        self._known: dict[str, tuple[float, Conversation]] = {}
        self._steps: Mapping[str, Callable[[Seat, Any], Awaitable[Answer]]] = {
            "sync": self._sync, "typing.set": self._typing, "viewing.set": self._viewing, "alive": self._alive,
        }  # fmt: skip

    # what goes out

    def hear(self, event: Event) -> None:
        """A committed event, from the relay."""
        if event.type == "settings.changed":
            self._known.clear()
        if event.conversation_id is not None:
            self._known.pop(event.conversation_id, None)
        self.pushes.hear(event)

    def overheard(self, payload: Mapping[str, Any]) -> None:
        """Typing or viewing, from any process (signal `ephemeral`)."""
        if self.seats and payload.get("conversation_id"):
            task = asyncio.get_running_loop().create_task(self._pass_on(dict(payload)))
            self._passing.add(task)
            task.add_done_callback(self._passing.discard)

    async def run(self) -> None:
        """Until cancelled."""
        stop = self._cases.core.signals.subscribe("ephemeral", self.overheard)
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self.pushes.carry(), name="console.carry")
                tasks.create_task(self._every(HEAD_SECONDS, self._tell_head), name="console.head")
                tasks.create_task(self._every(self._config.sweep_seconds, self.check_rights), name="console.rights")
                tasks.create_task(self._every(0.5, self._cut_slow), name="console.slow")
                tasks.create_task(self._every(SIGN_SECONDS, self.tell_who_is_here), name="console.signs")
        finally:
            stop()

    async def drain(self, within: float) -> None:
        """The gateway restarts."""
        await self.emit("drain", {"within": within})

    async def revoke(self, *, session: str | None = None, operator: str | None = None) -> None:
        """Close what belongs to this session or operator."""
        for seat in self.seats:
            if seat.session == session or seat.operator.id == operator:
                await self._revoke(seat)

    async def check_rights(self) -> None:
        """Read the sessions and operators behind all sockets again: gone → revoked, changed → other rooms."""
        if not self.seats:
            return
        alive = await self._cases.accounts.still_signed_in(self.seats.sessions)
        lines = self._cases.directory.now.lines
        for seat in self.seats:
            operator = alive.get(seat.session)
            if operator is None:
                await self._revoke(seat)
                continue
            seat.sees(operator, scope_of(operator, lines=lines))

    async def tell_who_is_here(self) -> None:
        """An open socket is a sign of life: browsers let a console in a hidden tab speak once a minute at most."""
        for operator_id in {seat.operator.id for seat in self.seats}:
            await self._cases.presences.alive(operator_id)

    # what comes in

    async def trigger_event(self, event: str, *args: Any) -> Any:
        """The library's one door for everything that comes in."""
        sid = str(args[0])
        if event == "connect":
            return await self._enter(sid, args[1], args[2] if len(args) > 2 else None)
        if event == "disconnect":
            return await self._leave(sid)
        seat = self.seats.get(sid)
        if seat is None:
            return {"ok": False, "code": "unauthenticated"}
        return await self._answer(seat, event, args[1] if len(args) > 1 else None)

    async def _enter(self, sid: str, environ: Mapping[str, Any], auth: Any) -> None:
        headers = environ["aiohttp.request"].headers
        try:
            if not self._config.ours(headers.get("Origin"), host=headers.get("Host", "")):
                raise Forbidden("This site may not connect.", code="origin_refused")
            signed = await self._cases.accounts.redeem_ticket(understand(Hello, auth).ticket)
            if len(self.seats.of(signed.operator.id)) >= SOCKETS_EACH:
                raise Forbidden("Too many open consoles.", code="too_many")
        except GatewayError as error:
            log.info("console.refused", code=error.code)
            raise socketio.exceptions.ConnectionRefusedError(error.code, {"code": error.code}) from None
        scope = scope_of(signed.operator, lines=self._cases.directory.now.lines)
        seat = Seat(sid, signed.session.token_hash, signed.operator, scope)
        self.seats.take(seat)
        self._metrics.sockets.labels(NAME).set(len(self.seats))
        try:
            await self._alive(seat, None)
        except GatewayError as error:  # the next sign comes soon; who has a ticket is let in
            log.warning("console.sign_lost", code=error.code)
        self.pushes.push_to(seat, "head", {"seq": self._relay.head})

    async def _leave(self, sid: str) -> None:
        seat = self.seats.leave(sid)
        if seat is None:
            return
        self._metrics.sockets.labels(NAME).set(len(self.seats))
        if seat.viewing:
            await self._say_viewing(seat, seat.viewing, on=False)
        if not self.seats.of(seat.operator.id):
            await self._cases.presences.gone(seat.operator.id)

    async def _answer(self, seat: Seat, event: str, payload: Any) -> Answer:
        step = self._steps.get(event)
        if step is None:
            return {"ok": False, "code": "unknown_event"}
        try:
            return {"ok": True} | await step(seat, payload)
        except GatewayError as error:
            return {"ok": False, "code": error.code, "title": error.told}
        except Exception:
            log.exception("console.failed", kind=event)
            return {"ok": False, "code": "internal"}

    async def _sync(self, seat: Seat, payload: Any) -> Answer:
        after, head = understand(Sync, payload).after, self._relay.head
        if head - after > SYNC_LIMIT or (after > head and after > await self._cases.core.store.head()):
            return {"reset": True, "head": head}  # too far behind; or ahead of a database that was put back from a copy
        heard: list[Any] = []
        while after < head and not heard:  # a page without anything for this reader looks like the end to them
            events = [e for e in await self._cases.core.store.events(after=after, limit=SYNC_PAGE) if e.seq <= head]
            heard = [event_row(e) for e in events if may_hear(e, operator=seat.operator, scope=seat.scope)]
            after = events[-1].seq if events else head
        return {"events": heard, "head": min(after, head), "more": after < head}

    async def _typing(self, seat: Seat, payload: Any) -> Answer:
        told = understand(Typing, payload)
        conversation = await self._see(seat, told.conversation_id)
        await self._cases.core.signals.nudge("ephemeral", {
            "kind": "typing", "dialogue_id": conversation.dialogue_id, "conversation_id": conversation.id,
            "who": seat.operator.id, "name": seat.operator.name, "on": told.on, "sid": seat.sid,
        })  # fmt: skip
        return {}

    async def _viewing(self, seat: Seat, payload: Any) -> Answer:
        told = understand(Viewing, payload)
        if told.conversation_id is not None:
            await self._see(seat, told.conversation_id)
        if seat.viewing and seat.viewing != told.conversation_id:
            await self._say_viewing(seat, seat.viewing, on=False)
        seat.viewing, seat.replying = told.conversation_id, told.replying
        if seat.viewing:
            await self._say_viewing(seat, seat.viewing, on=True)
        return {}

    async def _alive(self, seat: Seat, payload: Any) -> Answer:
        understand(Alive, payload)
        if time.monotonic() - seat.alive_at >= ALIVE_EVERY:
            seat.alive_at = time.monotonic()
            await self._cases.presences.alive(seat.operator.id)
        return {}

    # below

    async def _send(self, kind: str, payload: Any, sid: str) -> None:
        await self.emit(kind, payload, to=sid)

    async def _every(self, seconds: float, step: Callable[[], Awaitable[None]]) -> None:
        while True:
            await asyncio.sleep(seconds)
            try:
                await step()
            except Exception:
                log.exception("console.check_failed")

    async def _tell_head(self) -> None:
        self.pushes.push("head", {"seq": self._relay.head}, [EVERYONE])

    async def _cut_slow(self) -> None:
        """Nobody's full buffer may grow for ever (reliability P18)."""
        for seat in self.seats:
            await self._cut_if_slow(seat)

    async def _cut_if_slow(self, seat: Seat) -> None:
        if slowness.unread(self.server, namespace=NAME, sid=seat.sid) > UNREAD_PACKETS:
            log.warning("console.slow_cut", operator_id=seat.operator.id)
            self._metrics.cut.labels("slow").inc()
            await slowness.cut(self.server, namespace=NAME, sid=seat.sid)

    async def _revoke(self, seat: Seat) -> None:
        log.info("console.revoked", operator_id=seat.operator.id)
        self._metrics.cut.labels("revoked").inc()
        seat.rooms = frozenset()
        await self.emit("revoked", {}, to=seat.sid)
        await self.disconnect(seat.sid)
        await self._leave(seat.sid)

    async def _see(self, seat: Seat, id: str) -> Conversation:
        """The conversation, if this seat may see it. The rights are checked each time, the row may be some seconds old."""
        conversation = await self._recall(id)
        scope = seat.scope
        if scope.lines is None or conversation.line_id in scope.lines or conversation.operator_id == seat.operator.id:
            return conversation
        wanted = ConversationId(id)
        return await self._cases.core.store.read(lambda uow: visible(uow, scope=scope, id=wanted))

    async def _recall(self, id: str) -> Conversation:
        now, known = time.monotonic(), self._known.get(id)
        if known and now - known[0] < KNOWN_SECONDS:
            return known[1]
        wanted = ConversationId(id)
        found = await self._cases.core.store.read(lambda uow: uow.conversations.get(wanted))
        if len(self._known) >= KNOWN_LIMIT:
            self._known.clear()
        self._known[id] = (now, found)
        return found

    async def _pass_on(self, payload: dict[str, Any]) -> None:
        try:
            conversation = await self._recall(str(payload["conversation_id"]))
        except GatewayError:  # gone, or not to be had now: a hint is not worth a word
            return
        rooms = [SEE_ALL, f"line:{conversation.line_id}"]
        if conversation.operator_id:
            rooms.append(f"operator:{conversation.operator_id}")
        kept = ("conversation_id", "on", "name", "who", "text", "operator_id", "replying")
        told = {name: payload[name] for name in kept if name in payload}
        kind = "viewing" if payload.get("kind") == "viewing" else "typing"
        self.pushes.push(kind, told, rooms, skip=payload.get("sid"))

    async def _say_viewing(self, seat: Seat, id: str, *, on: bool) -> None:
        await self._cases.core.signals.nudge("ephemeral", {
            "kind": "viewing", "conversation_id": id, "operator_id": seat.operator.id, "on": on,
            "replying": on and seat.replying, "sid": seat.sid,
        })  # fmt: skip
