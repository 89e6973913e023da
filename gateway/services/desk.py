"""What an operator does with a conversation besides writing: transfer, close, reopen, snooze, see, attach a lead.

Each is one transaction that holds the dialogue. Rights: the holder may, others need `steer` (services/access guards who may see
it at all). May talk to: ports, domain, services.queueing, services.recognition.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

from gateway.domain import rows
from gateway.domain.conversation import WAITING, Conversation
from gateway.domain.errors import Forbidden, IllegalMove, Rejected
from gateway.domain.ids import ConversationId, LeadId, OperatorId
from gateway.domain.operator import Operator, Permission
from gateway.ports.core import Core
from gateway.ports.store import UnitOfWork
from gateway.services import absence, offers, queueing
from gateway.services.directory import Directory
from gateway.services.recognition import Occasion, Recognised, lead_for
from gateway.services.scene import Scene, scene_of

Step = Callable[[Scene], Awaitable[None]]


class Desk:
    """The operator's moves. Every method returns the conversation's row after the commit."""

    def __init__(self, core: Core, directory: Directory) -> None:
        self._core, self._directory = core, directory

    async def assign(self, by: Operator, id: ConversationId, to: OperatorId | None) -> rows.Row:
        """Transfer: `to` is asked first and the sender keeps it meanwhile; None gives it back to the queue.

        Raises IllegalMove (ended), Rejected (to is nobody who could answer on this line).
        """

        async def step(scene: Scene) -> None:
            _must_hold(scene.talk, by)
            if to is None:
                await queueing.leave_queue(scene)
                await queueing.enqueue(scene, since=scene.talk.waiting_since or scene.talk.opened_at)
                await scene.say_what_happened("handed_back", by=by.id)
                return
            await self._pass_on(scene, by, to)

        return await self._do(id, step)

    async def close(self, by: Operator, id: ConversationId, *, reason: str = "", state: Any = "closed") -> rows.Row:
        """Finish it, for whoever holds it. Emits conversation.closed; says the line's closing text."""

        async def step(scene: Scene) -> None:
            if scene.talk.ended:
                return
            if state == "closed" and scene.talk.first_reply_at:
                await queueing.speak(scene, scene.line.texts.closed)
            key = "spam" if state == "spam" else "closed"
            await queueing.finish(scene, actor=by.id, key=key, state=state, facts={"by": by.id, "reason": reason})

        return await self._do(id, step)

    async def spam(self, by: Operator, id: ConversationId) -> rows.Row:
        """Not a customer."""
        return await self.close(by, id, reason="spam", state="spam")

    async def reopen(self, by: Operator, id: ConversationId) -> rows.Row:
        """Take the last one up again; it is the operator's own at once. Refused if the dialogue has a newer one.

        What the contact writes next reaches the newest: beside an older one that runs there would be two.
        """

        async def step(scene: Scene) -> None:
            _, place = await scene.uow.conversations.lock(id)
            if place.conversation and place.conversation.id != id:
                raise IllegalMove("There is a newer conversation with this contact; open that one.", code="newer")
            reopened = replace(scene.talk.reopened(at=scene.now), line_id=scene.line.id)
            scene.conversation = reopened.taken(by.id, at=scene.now)
            await absence.must_work_here(scene.uow, by.id)
            await scene.uow.queue.assign(id, by.id, at=scene.now)
            await absence.look_for_holder(scene)
            await queueing.close_when_silent(scene)
            await scene.say_what_happened("reopened", by=by.id)
            scene.emit("conversation.reopened", actor=by.id)
            scene.emit("conversation.assigned", actor=by.id, by=by.id)

        return await self._do(id, step)

    async def snooze(self, by: Operator, id: ConversationId, until: datetime) -> rows.Row:
        """Put it away until a moment; it comes back by itself or when the contact writes."""
        if until <= self._core.clock.now():
            raise Rejected("Choose a time that is still to come.", code="past")

        async def step(scene: Scene) -> None:
            _must_hold(scene.talk, by)
            scene.conversation = scene.talk.snoozed(until)
            await scene.uow.outbox.put("conversation.wake", id, due_at=until)
            scene.emit("conversation.snoozed", actor=by.id)
            scene.stirred = True

        return await self._do(id, step)

    async def wake(self, by: Operator | None, id: ConversationId) -> rows.Row:
        """Bring a snoozed one back (by None = its time has come)."""

        async def step(scene: Scene) -> None:
            if scene.talk.state != "snoozed" or (by is None and not _slept_enough(scene)):
                return
            scene.conversation = scene.talk.woken()
            await scene.uow.outbox.cancel("conversation.wake", id)
            scene.emit("conversation.woken", actor=by.id if by else "line")
            if by is None and (due := await absence.holder_due(scene)) and due <= scene.now:
                await absence.give_back(scene)

        return await self._do(id, step)

    async def seen(self, by: Operator, id: ConversationId, seq: int) -> rows.Row:
        """The operator has looked at everything up to `seq`; the contact sees a read mark if the holder looked."""

        async def step(scene: Scene) -> None:
            if scene.talk.operator_id != by.id:
                return
            mark = max(scene.dialogue.operator_seen, min(seq, scene.dialogue.last_seq))
            if mark == scene.dialogue.operator_seen and not scene.talk.unread:
                return
            scene.dialogue = replace(scene.dialogue, operator_seen=mark)
            scene.conversation = scene.talk.seen()
            scene.emit("conversation.updated", actor=by.id, operator_seen=mark)

        return await self._do(id, step)

    async def attach(self, by: Operator, id: ConversationId, lead_id: LeadId | None) -> rows.Row:
        """Move the conversation to another lead by hand, or (None) to a new one of its own."""

        async def step(scene: Scene) -> None:
            if lead_id is None:
                occasion = Occasion(id, scene.talk.subject or scene.talk.preview, {"by": by.name}, True, scene.now)
                who = Recognised(scene.contact, True, "by_hand")
                lead, _ = await lead_for(scene.uow, scene.core, who, scene.line, occasion)
            else:
                lead = await scene.uow.leads.get(lead_id)
            scene.set_lead(lead)
            scene.conversation = replace(scene.talk, lead_id=lead.id, lead_reason="by_hand")
            row = rows.lead_row(lead, contact_name=scene.contact.name)
            scene.emit("lead.attached", actor=by.id, lead=row, reason="by_hand")

        return await self._do(id, step)

    async def _pass_on(self, scene: Scene, by: Operator, to: OperatorId) -> None:
        target = self._directory.operator(to)
        if not target.active or to not in scene.line.members:
            raise Rejected(f"{target.name} does not answer on the line “{scene.line.name}”.", code="not_member")
        if scene.talk.operator_id == to:
            return
        if scene.talk.state in WAITING:
            await queueing.leave_queue(scene)
            await queueing.enqueue(scene, wanted=to, why="transfer", since=scene.talk.waiting_since)
        else:
            await offers.ask_to_take_over(scene, to, by=by)
        await scene.say_what_happened("transfer_asked", by=by.id, to=to)
        scene.stirred = True

    async def _do(self, id: ConversationId, step: Step) -> rows.Row:
        async def work(uow: UnitOfWork) -> tuple[rows.Row, bool]:
            scene = await scene_of(uow, self._core, self._directory, id)
            await step(scene)
            await scene.leave()
            return dict(scene.row()), scene.stirred

        row, stirred = await self._core.store.run(work)
        if stirred:
            for topic in ("router", "outbox", "deliveries"):
                await self._core.signals.nudge(topic)
        return row


def _slept_enough(scene: Scene) -> bool:
    """Put away once more while the timer of the first time was running, it has another timer."""
    return scene.talk.snoozed_until is None or scene.talk.snoozed_until <= scene.now


def _must_hold(conversation: Conversation, by: Operator) -> None:
    if conversation.ended:
        raise IllegalMove(f"Conversation no. {conversation.number} is {conversation.state}.")
    if conversation.operator_id != by.id and not by.may(Permission.STEER):
        raise Forbidden("Only who holds a conversation, or a supervisor, may do this.", code="not_holder")
