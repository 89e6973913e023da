"""The one way in: keeps raw input, accepts events, and answers only after the commit.

Events that arrive while a transaction runs are taken together by the next one, so that the cost of a commit is shared; if a
batch fails, its halves are tried apart until the bad one stands alone, so that it harms nobody (docs/adr/0003-intake.md).
May talk to: ports, domain, services.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import orjson

from gateway.domain.errors import StoreUnavailable
from gateway.domain.event import Event
from gateway.domain.ids import ChannelId, MessageId, RawId
from gateway.domain.inbound import (
    Accepted,
    CallReported,
    DeliveryReported,
    DialogueMoved,
    InboundEvent,
    IncomingFile,
    InDialogue,
    MessageDeleted,
    MessageEdited,
    MessageReceived,
    Raw,
)
from gateway.domain.storable import storable
from gateway.ports.core import Core
from gateway.ports.records import Known, PlaceKey
from gateway.ports.store import UnitOfWork
from gateway.services import arrivals, calls, moves, reports
from gateway.services.directory import Directory
from gateway.services.scene import Scene

BATCH = 256  # everybody who waited for the last commit; a disk that is slow to flush then slows nobody twice
GATHER_FROM, GATHER_TO, GATHER_SECONDS = 4, 32, 0.002  # a busy moment is worth this wait: the next commit serves more events
HEARD_EVERY = timedelta(minutes=1)


class Intake:
    """Implements ports.channel.Inbox."""

    def __init__(self, core: Core, directory: Directory) -> None:
        self._core, self._directory = core, directory
        self._waiting: list[tuple[InDialogue, asyncio.Future[Accepted]]] = []
        self._pump: asyncio.Task[None] | None = None
        self._heard: dict[ChannelId, datetime] = {}

    async def keep(self, raw: Raw) -> Accepted:
        """Store untouched input and promise to read it; see ports.channel.Inbox."""
        raw_id, raw = RawId(self._core.ids.new("raw")), storable(raw)

        async def work(uow: UnitOfWork) -> bool:
            if not await uow.raws.add(raw, id=raw_id):
                return False
            lane = f"raw:{raw.channel_id}:{raw.lane}"
            now = self._core.clock.now()
            await uow.outbox.put("raw.read", raw_id, due_at=now, lane=lane, payload={"raw_id": raw_id})
            return True

        new = await self._core.store.run(work)
        if new:
            await self._core.signals.nudge("outbox")
        return Accepted(new)

    async def accept(self, event: InboundEvent) -> Accepted:
        """Store an event and all that follows from it; see ports.channel.Inbox."""
        event = event if _is_plain(event) else storable(event)
        if isinstance(event, DialogueMoved):
            return await moves.follow(self._core, event)
        if isinstance(event, MessageReceived):
            event = await self._with_files_stored(event)
        future: asyncio.Future[Accepted] = asyncio.get_running_loop().create_future()
        self._waiting.append((event, future))
        if self._pump is None or self._pump.done():
            self._pump = asyncio.create_task(self._take_waiting(), name="intake")
        return await future

    async def cursor(self, channel_id: ChannelId, name: str) -> str | None:
        """See ports.channel.Inbox."""
        return await self._core.store.read(lambda uow: uow.channels.cursor(channel_id, name))

    async def set_cursor(self, channel_id: ChannelId, name: str, value: str) -> None:
        """See ports.channel.Inbox."""
        await self._core.store.run(lambda uow: uow.channels.set_cursor(channel_id, name, value))

    async def report(self, channel_id: ChannelId, *, problem: str | None, paused: bool = False) -> None:
        """See ports.channel.Inbox."""
        channel = self._directory.now.channels.get(channel_id)
        health = "ok" if problem is None else ("paused" if paused else "retrying")
        if channel is None or (channel.health == health and channel.problem == (problem or "")):
            return

        async def work(uow: UnitOfWork) -> None:
            stored = await uow.channels.get(channel_id)
            now = self._core.clock.now()
            changed = stored.well(now=now) if problem is None else stored.ailing(problem, paused=paused)
            await uow.channels.save(changed)
            data = {"channel_id": channel_id, "health": changed.health, "problem": changed.problem, "said": changed.said}
            uow.emit(Event("channel.health", now, "line", data, line_id=stored.line_id))

        await self._core.store.run(work)
        await self._core.signals.nudge("settings")

    async def _take_waiting(self) -> None:
        busy = False
        while self._waiting:
            if busy and len(self._waiting) < GATHER_TO:
                await asyncio.sleep(GATHER_SECONDS)
            batch, self._waiting = self._waiting[:BATCH], self._waiting[BATCH:]
            busy = len(batch) >= GATHER_FROM
            await self._take(batch)

    async def _take(self, batch: Sequence[tuple[InDialogue, asyncio.Future[Accepted]]]) -> None:
        try:
            answers = await self._commit([event for event, _ in batch])
        except StoreUnavailable as error:  # none of them is to blame, and trying them apart would let the last wait longest
            _refuse(batch, error)
            return
        except Exception as error:  # noqa: BLE001 - every event must get an answer, whatever went wrong
            if len(batch) > 1:
                half = len(batch) // 2
                await self._take(batch[:half])
                await self._take(batch[half:])
            else:
                _refuse(batch, error)
            return
        for (_, future), answer in zip(batch, answers, strict=True):
            if not future.done():
                future.set_result(answer)

    async def _commit(self, events: Sequence[InDialogue]) -> Sequence[Accepted]:
        async def work(uow: UnitOfWork) -> tuple[Sequence[Accepted], bool]:
            return await _Batch(uow, self._core, self._directory).take(events)

        answers, stirred = await self._core.store.run(work)
        if stirred:
            await self._core.signals.nudge("router")
            await self._core.signals.nudge("deliveries")
            await self._core.signals.nudge("outbox")
        for channel_id in {event.channel_id for event in events}:
            await self._tell_heard(channel_id)
        return answers

    async def _tell_heard(self, channel_id: ChannelId) -> None:
        """For people who ask whether anything comes in; at most once a minute, apart from the events, so that it locks none."""
        now, before = self._core.clock.now(), self._heard.get(channel_id)
        if before is not None and now - before < HEARD_EVERY:
            return
        self._heard[channel_id] = now
        with contextlib.suppress(StoreUnavailable):
            await self._core.store.run(lambda uow: uow.channels.heard(channel_id, at=now))

    async def _with_files_stored(self, event: MessageReceived) -> MessageReceived:
        if event.html is not None:
            event = replace(event, html=await self._core.blobs.put(event.html.encode()))
        if not any(file.content is not None for file in event.files):
            return event
        return replace(event, files=tuple([await self._stored(file) for file in event.files]))

    async def _stored(self, file: IncomingFile) -> IncomingFile:
        if file.content is None:
            return file
        key = await self._core.blobs.put(file.content)
        return replace(file, blob_key=key, size=len(file.content), content=None)


def _is_plain(event: InboundEvent) -> bool:
    """Nothing in it needs a second look: a tenth of what the look costs, for every message."""
    try:
        return b"\\u0000" not in orjson.dumps(event)
    except TypeError:  # half of an emoji, or the bytes of a file
        return False


def _refuse(batch: Sequence[tuple[InDialogue, asyncio.Future[Accepted]]], error: Exception) -> None:
    for _, future in batch:
        if not future.done():
            future.set_exception(error)


class _Batch:
    """Several events in one transaction; events of one dialogue meet in one Scene."""

    def __init__(self, uow: UnitOfWork, core: Core, directory: Directory) -> None:
        self._uow, self._core, self._directory = uow, core, directory
        self._scenes: dict[PlaceKey, Scene] = {}
        self._known: dict[tuple[ChannelId, str], Known] = {}
        self._stirred = False

    async def take(self, events: Sequence[InDialogue]) -> tuple[Sequence[Accepted], bool]:
        await self._look_up([event for event in events if isinstance(event, MessageReceived)])
        admitted = [self._admitted(event) for event in events]
        await self._look_up([new for new, old in zip(admitted, events, strict=True) if new is not old])  # type: ignore[misc]
        answers = [await self._one(event) for event in admitted]
        for scene in self._scenes.values():
            await scene.leave()
        return answers, self._stirred or any(scene.stirred for scene in self._scenes.values())

    async def _look_up(self, events: Sequence[MessageReceived]) -> None:
        keys = sorted({(event.channel_id, event.dialogue_key) for event in events})
        if not keys:
            return
        for key, place in (await self._uow.dialogues.places(keys)).items():
            self._scenes[key] = arrivals.scene_at(self._uow, self._core, self._directory, place)
        for channel_id in {event.channel_id for event in events}:
            named = [event.external_id for event in events if event.channel_id == channel_id]
            for external_id, known in (await self._uow.messages.known(channel_id, named)).items():
                self._known[channel_id, external_id] = known

    def _admitted(self, event: InDialogue) -> InDialogue:
        """A proof of belonging (a signed token, which can be forwarded) opens a dialogue only to who takes part in it.

        What was said before a thread moved, and is read later, follows it.
        """
        if not isinstance(event, MessageReceived):
            return event
        scene, thread = self._scenes.get((event.channel_id, event.dialogue_key)), event.data.get("thread")
        if scene is not None and scene.dialogue.moved_to and not event.data.get("system"):
            return replace(event, dialogue_key=scene.dialogue.moved_to)
        if not thread or thread.get("token") != event.dialogue_key:
            return event
        if scene is not None and event.sender.claims[0].value in arrivals.participants(scene.dialogue):
            return event
        return replace(event, dialogue_key=thread["fallback_key"])

    async def _one(self, event: InDialogue) -> Accepted:
        match event:
            case MessageReceived():
                return await self._message(event)
            case CallReported():
                self._stirred = True
                return await calls.hear(self._uow, self._core, self._directory, event)
            case MessageEdited() | MessageDeleted() | DeliveryReported():
                return await reports.hear(self._uow, self._core, self._directory, event)

    async def _message(self, event: MessageReceived) -> Accepted:
        known = self._known.get((event.channel_id, event.external_id))
        if known:
            return Accepted(False, known.message_id, known.conversation_id, known.seq)
        key = (event.channel_id, event.dialogue_key)
        scene = self._scenes.get(key)
        if event.data.get("system") and (scene is None or scene.dialogue.moved_to):
            return Accepted(False)  # about somebody who never wrote, or a place where nobody is any more
        if scene is None:
            scene = self._scenes[key] = await self._enter(event)
        answer = await arrivals.arrive(scene, event)
        if answer.message_id and answer.seq:
            known = Known(MessageId(answer.message_id), scene.dialogue.id, scene.talk.id, answer.seq)
            self._known[event.channel_id, event.external_id] = known
        return answer

    async def _enter(self, event: MessageReceived) -> Scene:
        recipients = tuple(event.data.get("reply_to") or ()) or (event.sender.claims[0].value,)
        door = arrivals.Door(event.channel_id, event.dialogue_key, event.sender, event.subject, recipients)
        return await arrivals.enter(self._uow, self._core, self._directory, door)
