"""Offers: accept, decline, take by hand, lapse, withdraw, and asking somebody to take over.

Two accepts in the same moment: the dialogue is held, the offer must still be pending and of the running epoch, so exactly one
wins and the other hears who has it (docs/adr/0004-claims.md). May talk to: ports, domain, routing (pure),
services.queueing, services.absence.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from gateway.domain import rows
from gateway.domain.errors import Conflict, IllegalMove
from gateway.domain.event import Event
from gateway.domain.ids import ConversationId, OfferId, OperatorId
from gateway.domain.offer import Offer, OfferState, Refusal
from gateway.domain.operator import Operator, Permission
from gateway.ports.core import Core
from gateway.ports.store import UnitOfWork
from gateway.routing.engine import ABSENT, absence_of
from gateway.services import absence, queueing
from gateway.services.directory import Directory
from gateway.services.scene import Scene, scene_of


class TakenBy(Conflict):
    """Somebody was faster; `taken_by` is their name, or empty when nobody holds it any more."""

    code = "taken"

    def __init__(self, taken_by: str) -> None:
        super().__init__(f"Taken by {taken_by}." if taken_by else "This offer has run out.")
        self.taken_by = taken_by


class Offers:
    """What operators answer to offers, and what time does to them."""

    def __init__(self, core: Core, directory: Directory) -> None:
        self._core, self._directory = core, directory

    async def accept(self, by: Operator, offer_id: OfferId, epoch: int) -> rows.Row:
        """Take what was offered. Raises TakenBy when it was too late: stale epoch, lapsed, or somebody else has it."""

        async def work(uow: UnitOfWork) -> rows.Row:
            scene, offer = await self._stand(uow, offer_id)
            late = offer.state != "pending" or offer.epoch != epoch or scene.talk.epoch != epoch
            if late or offer.operator_id != by.id or offer.until <= scene.now:
                raise TakenBy(self._holder(scene, besides=by))
            await self._end(scene, offer, "accepted", actor=by.id)
            await hand_over(scene, by.id, why=str(offer.decision.get("rule", "")))
            await wake_up(uow, by.id)
            await scene.leave()
            return dict(scene.row())

        return await self._run(work)

    async def decline(self, by: Operator, offer_id: OfferId, epoch: int) -> None:
        """Not me, not now. No mark against the person; the conversation goes on to the next at once."""

        async def work(uow: UnitOfWork) -> rows.Row:
            scene, offer = await self._stand(uow, offer_id)
            if offer.state == "pending" and offer.epoch == epoch and offer.operator_id == by.id:
                await self._pass(scene, offer, "declined", "declined_this_round", actor=by.id)
                await wake_up(uow, by.id)
            return {}

        await self._run(work)

    async def take(self, by: Operator, conversation_id: ConversationId) -> rows.Row:
        """Take a waiting conversation by hand (a named bypass of the limit), or as supervisor from its holder."""

        async def work(uow: UnitOfWork) -> rows.Row:
            scene = await scene_of(uow, self._core, self._directory, conversation_id)
            if scene.talk.ended:
                raise IllegalMove(f"Conversation no. {scene.talk.number} is {scene.talk.state}.")
            if scene.talk.operator_id == by.id:
                return dict(scene.row())
            if scene.talk.operator_id and not by.may(Permission.STEER):
                raise TakenBy(self._holder(scene, besides=by))
            await hand_over(scene, by.id, why="taken")
            await wake_up(uow, by.id)
            await scene.leave()
            return dict(scene.row())

        return await self._run(work)

    async def lapse(self, offer_id: OfferId) -> None:
        """Its time is over (called by its timer). The streak of the person grows; the conversation moves on."""

        async def work(uow: UnitOfWork) -> rows.Row:
            scene, offer = await self._stand(uow, offer_id)
            if offer.state == "pending" and offer.until > scene.now:  # a clock was set back: the timer must not be lost
                await uow.outbox.put("offer.lapse", offer.id, due_at=offer.until)
            elif offer.state == "pending":
                await self._pass(scene, offer, "lapsed", "lapsed_this_round", actor="line")
                presence = await uow.operators.hold_presence(offer.operator_id)
                if presence:
                    await uow.operators.save_presence(presence.lapsed())
                    _tell_presence(scene, rows.presence_row(presence.lapsed()))
            return {}

        await self._run(work)

    async def withdraw_from(self, operator_id: OperatorId) -> None:
        """The person is not available any more: what they were offered goes on without a mark against them.

        Who is back by now keeps it.
        """
        pending = await self._core.store.read(lambda uow: uow.queue.pending())
        for offer in [o for o in pending if o.operator_id == operator_id]:
            await self._run(lambda uow, offer_id=offer.id: self._withdraw(uow, offer_id))

    async def _withdraw(self, uow: UnitOfWork, id: OfferId) -> rows.Row:
        scene, offer = await self._stand(uow, id)
        presence = await uow.operators.hold_presence(offer.operator_id)
        if offer.state == "pending" and absence_of(presence, scene.now) in ABSENT:
            await self._pass(scene, offer, "withdrawn", None, actor="line")
        return {}

    async def _stand(self, uow: UnitOfWork, offer_id: OfferId) -> tuple[Scene, Offer]:
        seen = await uow.queue.offer(offer_id)
        scene = await scene_of(uow, self._core, self._directory, seen.conversation_id)
        return scene, await uow.queue.offer(offer_id)  # read again now that the dialogue is held

    async def _end(self, scene: Scene, offer: Offer, state: OfferState, *, actor: str) -> None:
        ended = offer.ended(state, at=scene.now)
        await scene.uow.queue.save_offer(ended)
        await scene.uow.outbox.cancel("offer.lapse", offer.id)
        kind: Any = f"offer.{state}"
        scene.emit(kind, actor=actor, operator_id=offer.operator_id, offer=rows.offer_row(ended))

    async def _pass(self, scene: Scene, offer: Offer, state: OfferState, mark: Refusal | None, *, actor: str) -> None:
        await self._end(scene, offer, state, actor=actor)
        if scene.talk.operator_id:  # a transfer: the sender has kept it, at hand or put away
            await scene.say_what_happened("transfer_" + state, to=offer.operator_id)
        elif not await scene.uow.queue.pending_of(scene.talk.id):
            await self._back_to_queue(scene, offer, mark)
        elif mark:
            await self._mark(scene, offer, mark)
        await scene.leave()

    async def _back_to_queue(self, scene: Scene, offer: Offer, mark: Refusal | None) -> None:
        scene.conversation = scene.talk.requeued()
        if mark:
            await self._mark(scene, offer, mark)
        scene.emit("conversation.queued", actor="line")

    async def _mark(self, scene: Scene, offer: Offer, mark: Refusal) -> None:
        entry = await scene.uow.queue.entry(scene.talk.id)
        if entry:
            passed = dict(entry.passed) | {offer.operator_id: mark}
            await scene.uow.queue.put(replace(entry, passed=passed, asked_at=offer.made_at))

    def _holder(self, scene: Scene, *, besides: Operator) -> str:
        holder = scene.talk.operator_id
        return self._directory.operator(holder).name if holder and holder != besides.id else ""

    async def _run(self, work: Any) -> rows.Row:
        row: rows.Row = await self._core.store.run(work)
        await self._core.signals.nudge("router")
        return row


async def hand_over(scene: Scene, to: OperatorId, *, why: str) -> None:
    """The conversation is this person's now; the queue forgets it. Raises Forbidden if they have been dismissed."""
    await absence.must_work_here(scene.uow, to)
    await queueing.leave_queue(scene, taken_by=to)
    scene.conversation = scene.talk.taken(to, at=scene.now)
    await scene.uow.queue.assign(scene.talk.id, to, at=scene.now)
    await absence.look_for_holder(scene)
    await scene.say_what_happened("assigned", operator_id=to, why=why)
    await _look_after_lead(scene, to)
    scene.emit("conversation.assigned", actor=to, operator_id=None, by=to, why=why)


async def _look_after_lead(scene: Scene, operator_id: OperatorId) -> None:
    """The first to answer looks after the lead from here on; whoever does already stays."""
    if scene.lead is None or scene.lead.responsible_id is not None or not scene.lead.open:
        return
    scene.lead = replace(scene.lead, responsible_id=operator_id, updated_at=scene.now)
    await scene.uow.leads.save(scene.lead)
    row = rows.lead_row(replace(scene.lead, version=scene.lead.version + 1), contact_name=scene.contact.name)
    scene.emit("lead.updated", actor=operator_id, lead=row, before={"responsible_id": None})


async def ask(scene: Scene, to: OperatorId, *, decision: dict[str, Any]) -> Offer:
    """Make an offer of the running epoch with its deadline as a timer row."""
    offer = Offer(
        OfferId(scene.core.ids.new("off")), scene.talk.id, to, scene.talk.epoch, scene.now,
        scene.now + timedelta(seconds=scene.line.offer_seconds), decision=decision,
    )  # fmt: skip
    await scene.uow.queue.add_offer(offer)
    await scene.uow.outbox.put("offer.lapse", offer.id, due_at=offer.until)
    row = rows.offer_row(offer, conversation=dict(scene.row()))
    scene.emit("offer.made", actor="line", operator_id=to, offer=row)
    return offer


async def ask_to_take_over(scene: Scene, to: OperatorId, *, by: Operator) -> Offer:
    """Transfer of a held conversation: the sender keeps it until the other accepts."""
    await queueing.withdraw_offers(scene)
    scene.conversation = replace(scene.talk, epoch=scene.talk.epoch + 1)
    return await ask(scene, to, decision={"rule": "transfer", "by": by.id})


async def wake_up(uow: UnitOfWork, operator_id: OperatorId) -> None:
    """A click of their own ends "not responding"."""
    presence = await uow.operators.hold_presence(operator_id)
    if presence and presence.streak:
        await uow.operators.save_presence(presence.awake())


def _tell_presence(scene: Scene, row: rows.Row) -> None:
    scene.uow.emit(Event("operator.presence", scene.now, "line", {"presence": row}))
