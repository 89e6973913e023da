"""Entering and leaving a line's queue: the entry, the line's own texts, and the timers of waiting.

May talk to: ports, domain, services.scene.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from gateway.domain import rows
from gateway.domain.channel import TRAITS
from gateway.domain.conversation import State
from gateway.domain.delivery import Delivery
from gateway.domain.dialogue import Dialogue
from gateway.domain.ids import DeliveryId, OperatorId
from gateway.domain.line import say
from gateway.domain.message import Attachment, OutboundMessage
from gateway.domain.offer import QueueEntry
from gateway.services.scene import Scene, preview

LEFT = "visitor.left"
TOLD_AT, HOURS_TOLD = "told_at", "hours_told"  # when a dialogue heard a text; which conversation of it, that we are closed
QUIET_HOURS = 24  # a line's own text goes to one dialogue at most this often (RFC 3834 section 2)


async def enter_line(scene: Scene, *, automatic: bool = False) -> None:
    """The conversation is new or reopened: queue it, say what the line says, start the clocks."""
    wanted, why = _first_choice(scene)
    await enqueue(scene, wanted=wanted, why=why)
    opens = scene.line.schedule.next_opening(scene.now)
    if not automatic:
        await _greet(scene, opens=opens)
    else:
        scene.dialogue = _with_data(scene, {HOURS_TOLD: scene.talk.id})  # nor a word when the hours end
    if opens:
        await scene.uow.outbox.put("line.opens", scene.line.id, due_at=opens)


def _first_choice(scene: Scene) -> tuple[OperatorId | None, str]:
    responsible = scene.lead.responsible_id if scene.lead else None
    if responsible and scene.line.responsible_first:
        return responsible, "responsible"
    last = scene.talk.last_operator_id
    return (last, "last_operator") if last else (None, "")


async def enqueue(scene: Scene, *, wanted: OperatorId | None = None, why: str = "", since: datetime | None = None) -> None:
    """Put it among the waiting; `since` keeps the original time when it goes back."""
    entry = QueueEntry(
        scene.talk.id, scene.line.id, scene.contact.id, since or scene.talk.waiting_since or scene.now,
        priority=scene.talk.priority, wanted=wanted, why_wanted=why,  # type: ignore[arg-type]
    )  # fmt: skip
    if scene.talk.state != "queued":
        scene.conversation = scene.talk.requeued()
    await scene.uow.queue.put(entry)
    await scene.uow.queue.assign(scene.talk.id, None, at=scene.now)
    await watch(scene)
    await _promise_a_word(scene, since=since or scene.now)
    scene.emit("conversation.queued", actor="line")
    scene.stirred = True


async def _promise_a_word(scene: Scene, *, since: datetime) -> None:
    """Who has had no answer for as long as the line allows is told so, once; going back to the queue does not begin it anew."""
    told = scene.talk.told_no_answer or scene.talk.first_reply_at
    if told or not scene.line.no_answer_seconds or not scene.line.is_open(scene.now):
        return
    due = max(scene.now, since + timedelta(seconds=scene.line.no_answer_seconds))
    await scene.uow.outbox.put("conversation.no_answer", scene.talk.id, due_at=due)


async def watch(scene: Scene) -> None:
    """From here on signs of life of the visitor are wanted (services.departures), if they are one who can leave."""
    if scene.talk.can_be_abandoned and not scene.dialogue.one_way:
        await scene.uow.outbox.put(LEFT, scene.talk.id, due_at=scene.now + scene.channel.leave_grace)


async def leave_queue(scene: Scene, *, taken_by: OperatorId | None = None) -> None:
    """It is no longer waiting: entry, pending offers and clocks go. Who was asked too is told who was quicker."""
    await scene.uow.queue.remove(scene.talk.id)
    await scene.uow.outbox.cancel("conversation.no_answer", scene.talk.id)
    await scene.uow.outbox.cancel(LEFT, scene.talk.id)
    await withdraw_offers(scene, taken_by=taken_by)


async def withdraw_offers(scene: Scene, *, taken_by: OperatorId | None = None) -> None:
    """Nobody is being asked any more, and whoever was is told so."""
    for offer in await scene.uow.queue.pending_of(scene.talk.id):
        ended = offer.ended("withdrawn", at=scene.now)
        await scene.uow.queue.save_offer(ended)
        await scene.uow.outbox.cancel("offer.lapse", offer.id)
        row = rows.offer_row(ended)
        scene.emit("offer.withdrawn", actor="line", operator_id=offer.operator_id, offer=row, taken_by=taken_by)


async def say_closed(scene: Scene) -> bool:
    """The hours have ended while they wait: the line's text, once in a conversation. True if it was said now."""
    if scene.dialogue.data.get(HOURS_TOLD) == scene.talk.id:
        return False
    opens = scene.line.schedule.next_opening(scene.now)
    if opens:
        await scene.uow.outbox.put("line.opens", scene.line.id, due_at=opens)
    await scene.uow.outbox.cancel("conversation.no_answer", scene.talk.id)  # nobody is looked for any more
    if TRAITS[scene.channel.kind].quotes and _told_lately(scene):  # a letter, which they do not sit and wait for
        return False
    return await _say_hours(scene, opens=opens)


async def _greet(scene: Scene, *, opens: datetime | None) -> None:
    if _told_lately(scene):
        return
    if not scene.line.is_open(scene.now):
        await _say_hours(scene, opens=opens)
    elif await speak(scene, scene.line.texts.welcome, facts={"opens_at": ""}):
        scene.dialogue = _with_data(scene, {TOLD_AT: scene.now.isoformat()})


async def _say_hours(scene: Scene, *, opens: datetime | None) -> bool:
    facts = {"opens_at": _civil(opens, scene.line.schedule.zone)}
    if not await speak(scene, scene.line.texts.out_of_hours, facts=facts):
        return False
    scene.dialogue = _with_data(scene, {TOLD_AT: scene.now.isoformat(), HOURS_TOLD: scene.talk.id})
    return True


def _told_lately(scene: Scene) -> bool:
    told = scene.dialogue.data.get(TOLD_AT)
    return bool(told) and scene.now - datetime.fromisoformat(str(told)) < timedelta(hours=QUIET_HOURS)


def _with_data(scene: Scene, facts: Mapping[str, str]) -> Dialogue:
    return replace(scene.dialogue, data={**scene.dialogue.data, **facts})


def _civil(at: datetime | None, zone: str) -> str:
    """A moment as the wall clock of the line shows it; the same figures in every language."""
    return at.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M") if at else ""


async def speak(scene: Scene, texts: Mapping[str, str], *, facts: Mapping[str, str] | None = None) -> bool:
    """The line says one of its own texts to the contact; False if it has none for this occasion."""
    text = say(texts, scene.contact.locale or scene.line.locale)
    for name, value in (facts or {}).items():
        text = text.replace("{" + name + "}", value)
    if not text or scene.channel.kind == "pbx" or scene.dialogue.one_way:
        return False
    message = OutboundMessage(
        id=scene.new_message_id(), dialogue_id=scene.dialogue.id, conversation_id=scene.talk.id, seq=scene.next_seq(),
        at=scene.now, text=text, created_at=scene.now, channel_id=scene.channel.id, operator_id=None, automatic=True,
        subject=scene.talk.subject,
    )  # fmt: skip
    await post(scene, message)
    return True


async def post(scene: Scene, message: OutboundMessage, *, files: Sequence[Attachment] = ()) -> Delivery:
    """Store an outbound message together with its delivery, in this transaction."""
    instant = TRAITS[scene.channel.kind].instant
    delivery = Delivery(
        DeliveryId(scene.core.ids.new("dlv")), message.id, scene.dialogue.id, scene.channel.id,
        "sent" if instant else "due", scene.now, scene.now, updated_at=scene.now,
    )  # fmt: skip
    scene.stirred = True
    await scene.add(message)
    await scene.uow.deliveries.add(delivery)
    scene.conversation = scene.talk.answered(at=scene.now, preview=preview(message.text, files), by=message.operator_id)
    if message.operator_id:
        await close_when_silent(scene)
    scene.emit(
        "message.sent", actor=message.operator_id or "line",
        message=rows.message_row(message, files=files, delivery=delivery),
    )  # fmt: skip
    return delivery


async def close_when_silent(scene: Scene) -> None:
    """The next word is the customer's: from here on it closes by itself after as long a silence as the line allows."""
    if scene.talk.turn == "theirs" and scene.line.auto_close_hours:
        due = scene.now + timedelta(hours=scene.line.auto_close_hours)
        await scene.uow.outbox.put("conversation.auto_close", scene.talk.id, due_at=due)


async def finish(
    scene: Scene, *, actor: str, key: str, state: State = "closed", facts: Mapping[str, str] | None = None
) -> None:
    """It is done, for whoever holds it. Emits conversation.closed."""
    await end(scene, key=key, state=state, facts=facts)
    scene.emit("conversation.closed", actor=actor, why=(facts or {}).get("reason") or key)


async def end(scene: Scene, *, key: str, state: State, facts: Mapping[str, str] | None = None) -> None:
    """No longer anybody's work: queue, assignment, timers, the line in the thread. The event is the caller's to tell."""
    await leave_queue(scene)
    await scene.uow.queue.assign(scene.talk.id, None, at=scene.now)
    for timer in ("conversation.auto_close", "conversation.wake"):
        await scene.uow.outbox.cancel(timer, scene.talk.id)
    scene.conversation = scene.talk.finished(at=scene.now, state=state)
    await scene.say_what_happened(key, **(facts or {}))  # type: ignore[arg-type] # facts are free, the moment is not among them
    scene.stirred = True
