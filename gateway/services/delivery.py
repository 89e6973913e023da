"""The worker that carries outbound messages: claim, send outside any transaction, record.

Retry policy in one place (domain/delivery.Delivery.missed). A crash between send and record: where the network drops repeats by
our key the message is sent again, elsewhere it becomes *uncertain* and the operator decides (docs/adr/0005). Order inside a
dialogue is a property of the claim. May talk to: ports, domain, services.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Literal

from gateway import logs
from gateway.domain import rows
from gateway.domain.delivery import Delivery, Receipt
from gateway.domain.errors import (
    Conflict,
    NotFound,
    SendError,
    SendFacts,
    StoreUnavailable,
    send_again,
    send_unknown,
)
from gateway.domain.ids import ChannelId, MessageId
from gateway.domain.inbound import DialogueMoved
from gateway.domain.operator import Operator
from gateway.domain.sentence import sentence
from gateway.ports.channel import Channel
from gateway.ports.core import Core
from gateway.ports.store import UnitOfWork
from gateway.services import moves
from gateway.services.adapters import Adapters
from gateway.services.directory import Directory
from gateway.services.hands import Hands
from gateway.services.outcomes import RETRY_SECONDS, recorded
from gateway.services.reports import tell_delivery
from gateway.services.scene import Scene, scene_of

LEASE = timedelta(seconds=90)
SEND_SECONDS = 60.0
PATIENCE = timedelta(seconds=10)
IDLE_SECONDS = 5.0
EACH_CHANNEL, AT_ONCE = 8, 128
log = logs.get("delivery")
CHANNEL_OFF = "channel_off"
OFF = SendFacts(
    retry=True,
    certain=True,
    ours=False,
    text=sentence("send.channel_off", "The channel is off or not ready; the message waits for it."),
    retry_after=900.0,  # each look writes a row and tells everybody; the channel's coming back wakes it
)
CRASHED = SendFacts(
    retry=False,
    certain=False,
    ours=True,
    text=sentence("send.interrupted", "The gateway stopped while this was being sent; it may have arrived."),
)


class Carrier:
    """Run `run` as a task; `decide` is what operators say to failed and uncertain ones."""

    def __init__(self, core: Core, directory: Directory, adapters: Adapters) -> None:
        self._core, self._directory, self._adapters = core, directory, adapters
        self._hands = Hands(each=EACH_CHANNEL, total=AT_ONCE)
        self._stopping = False
        self._running: set[ChannelId] = set()  # channels that were on when last looked
        self._patient_until: datetime | None = None  # the store was away a moment ago

    async def run(self) -> None:
        """Until cancelled; sends in flight are given up to SEND_SECONDS by their own limit. A slow channel delays no other."""
        stop = self._core.signals.subscribe("deliveries", lambda _: self._hands.stirred.set())
        try:
            while True:
                await self._hands.until(await self._round())
        finally:
            stop()
            self._stopping = True
            await self._hands.rest(within=SEND_SECONDS)

    async def _round(self) -> float:
        """Take all that may be taken; returns the seconds until there may be more."""
        try:
            await self._rescue()
            while taken := await self._take():
                log.debug("delivery.taken", count=taken)
            return await self._until_next()
        except StoreUnavailable as error:
            log.warning("delivery.store_unavailable", detail=error.detail)
            self._patient_until = self._core.clock.now() + PATIENCE
            return RETRY_SECONDS

    async def pass_once(self) -> int:
        """Take what is due and carry it; returns how many were taken. Waits until they are recorded."""
        taken = await self._take()
        await self._hands.rest()
        return taken

    async def _take(self) -> int:
        limit, without = self._hands.free, [ChannelId(id) for id in self._hands.full]
        if not limit:
            return 0
        now = self._core.clock.now()
        await self._wake_what_waited(now)
        claimed = await self._core.store.run(
            lambda uow: uow.deliveries.claim(now=now, lease_until=now + LEASE, limit=limit, without=without)
        )
        for delivery in claimed:
            self._hands.begin(delivery.channel_id, self._carry(delivery))
        return len(claimed)

    async def decide(self, by: Operator, message_id: MessageId, action: Literal["again", "arrived"]) -> rows.Row:
        """Send again, or take it as arrived. Raises IllegalMove when the message is in no doubt."""

        async def work(uow: UnitOfWork) -> rows.Row:
            delivery = await uow.deliveries.of_message(message_id)
            message = await uow.messages.get(message_id)
            if delivery is None or message.conversation_id is None:
                raise NotFound("This message was never to be sent.")
            scene = await scene_of(uow, self._core, self._directory, message.conversation_id)
            now = self._core.clock.now()
            changed = delivery.again(now=now) if action == "again" else delivery.arrived(now=now)
            await self._record(scene, changed, troubled=False)
            files = (await uow.messages.attachments([message_id])).get(message_id, ())
            return rows.message_row(message, files=files, delivery=changed)

        row = await self._core.store.run(work)
        await self._core.signals.nudge("deliveries")
        log.info("delivery.decided", message=message_id, by=by.id, action=action)
        return row

    async def _carry(self, delivery: Delivery) -> None:
        adapter = self._adapters.get(delivery.channel_id)
        try:
            if adapter is None:
                raise SendError(OFF, code=CHANNEL_OFF)
            receipt = await self._send(adapter, delivery)
        except SendError as error:
            repeatable = adapter is not None and adapter.deduplicates
            changed = delivery.missed(error.facts, code=error.code, now=self._core.clock.now(), repeatable=repeatable)
            log.warning("delivery.missed", delivery=delivery.id, state=changed.state, code=error.code, ours=error.facts.ours)
        else:
            changed = delivery.sent(external_id=receipt.external_id, now=self._core.clock.now())
        await self._write(changed)
        if adapter is None:
            self._running.discard(delivery.channel_id)  # on again before the next look, it wakes this one all the same

    async def _wake_what_waited(self, now: datetime) -> None:
        """A channel is on again, or this process has just begun: what waited for it need not sleep to the end."""
        running = {id for id in self._directory.now.channels if self._adapters.get(id) is not None}
        if fresh := sorted(running - self._running):
            await self._core.store.run(lambda uow: uow.deliveries.wake(fresh, error_code=CHANNEL_OFF, now=now))
        self._running = running

    async def _send(self, adapter: Channel, delivery: Delivery) -> Receipt:
        try:
            letter = await self._core.store.read(lambda uow: uow.deliveries.letter(delivery))
        except StoreUnavailable:
            raise send_again("The database did not answer; nothing was sent yet.", after=1.0) from None
        line = self._directory.line_of(delivery.channel_id)
        name = line.name
        if letter.message.operator_id:
            name = self._directory.operator(letter.message.operator_id).name
        try:
            async with asyncio.timeout(SEND_SECONDS):
                receipt = await adapter.send(replace(letter, sender_name=name))
        except TimeoutError:
            raise send_unknown(sentence("send.no_answer", "The network did not answer in time; it may have arrived.")) from None
        except SendError:
            raise
        except Exception as error:
            log.exception("delivery.adapter_failed", delivery=delivery.id)
            raise send_unknown(
                sentence(
                    "send.unexpected",
                    "The channel failed unexpectedly ({fault}); it may have arrived.",
                    fault=type(error).__name__,
                )
            ) from error
        if receipt.moved_to:
            await self._follow(DialogueMoved(delivery.channel_id, letter.dialogue_key, receipt.moved_to))
        return receipt

    async def _follow(self, moved: DialogueMoved) -> None:
        """The thread has another name; if this cannot be stored now, the next letter to the old one tells again."""
        try:
            await moves.follow(self._core, moved)
        except (StoreUnavailable, Conflict) as error:
            log.warning("delivery.not_followed", channel=moved.channel_id, detail=error.detail)

    async def _write(self, changed: Delivery) -> None:
        async def work(uow: UnitOfWork) -> None:
            message = await uow.messages.get(changed.message_id)
            if message.conversation_id is None:
                raise NotFound("The conversation of this message is gone.")
            scene = await scene_of(uow, self._core, self._directory, message.conversation_id)
            await self._record(scene, changed, troubled=changed.state in ("failed", "uncertain"))

        try:
            await recorded(self._core, work, patient=lambda: not self._stopping)
        except Conflict:
            log.warning("delivery.fenced", delivery=changed.id)  # another worker took it over while we were frozen

    async def _record(self, scene: Scene, changed: Delivery, *, troubled: bool) -> None:
        await scene.uow.deliveries.save(changed)
        if scene.talk.troubled != troubled:
            scene.conversation = replace(scene.talk, troubled=troubled)
        tell_delivery(scene, changed.message_id, rows.delivery_row(changed))
        await scene.leave()

    async def _rescue(self) -> None:
        """Deliveries whose worker died between send and record. After the store was away, the living may record first."""
        now = self._core.clock.now()
        if self._patient_until is not None and now < self._patient_until:
            return
        self._patient_until = None
        stale = await self._core.store.read(lambda uow: uow.deliveries.stale(now=now, limit=100))
        for delivery in stale:
            adapter = self._adapters.get(delivery.channel_id)
            if adapter is None:
                continue
            await self._write(delivery.missed(CRASHED, code="interrupted", now=now, repeatable=adapter.deduplicates))

    async def _until_next(self) -> float:
        without = [ChannelId(id) for id in self._hands.full]
        due = await self._core.store.read(lambda uow: uow.deliveries.next_due(without=without))
        if due is None or not self._hands.free:
            return IDLE_SECONDS
        return min(IDLE_SECONDS, (due - self._core.clock.now()).total_seconds())
