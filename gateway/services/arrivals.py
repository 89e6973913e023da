"""The step where a message of a contact becomes part of a conversation: join, reopen or begin, lead, queue, texts.

One call per event, inside the transaction that services/intake runs for a batch. May talk to: ports, domain, and the steps
recognition, scene and queueing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from gateway.domain import rows
from gateway.domain.channel import TRAITS
from gateway.domain.conversation import Conversation, Purpose
from gateway.domain.dialogue import Dialogue
from gateway.domain.errors import NotFound, Rejected
from gateway.domain.event import Event
from gateway.domain.ids import AttachmentId, ChannelId, ConversationId, DialogueId, OperatorId
from gateway.domain.inbound import Accepted, IncomingFile, MessageReceived, Sender
from gateway.domain.message import Attachment, InboundMessage
from gateway.ports.core import Core
from gateway.ports.records import Place
from gateway.ports.store import UnitOfWork
from gateway.services import absence, queueing
from gateway.services.directory import Directory
from gateway.services.recognition import (
    Occasion,
    Recognised,
    claims_in_text,
    is_reachable,
    keep_claims,
    lead_for,
    recognise,
    within_reason,
)
from gateway.services.scene import Scene, preview


@dataclass(frozen=True, slots=True)
class Door:
    """Where somebody comes in for the first time: the channel, its name for the thread, and who they say they are."""

    channel_id: ChannelId
    key: str
    sender: Sender
    subject: str | None = None
    recipients: tuple[str, ...] = ()


async def enter(uow: UnitOfWork, core: Core, directory: Directory, door: Door) -> Scene:
    """A Scene for a dialogue that is not known yet: recognises the contact and begins the dialogue."""
    who = await recognise(uow, core, door.sender)
    dialogue = Dialogue(
        DialogueId(core.ids.new("dlg")), door.channel_id, door.key, who.contact.id, core.clock.now(),
        subject=door.subject, recipients=door.recipients or (door.sender.claims[0].value,),
    )  # fmt: skip
    await uow.dialogues.add(dialogue)
    if who.new:
        line = directory.line_of(door.channel_id)
        data = {"contact": rows.contact_row(who.contact)}
        uow.emit(Event("contact.created", core.clock.now(), "line", data, line_id=line.id))
    scene = scene_at(uow, core, directory, Place(dialogue, who.contact, None, None))
    scene.who = who
    return scene


def scene_at(uow: UnitOfWork, core: Core, directory: Directory, place: Place) -> Scene:
    """A Scene for a known place. What runs stays in its line; what comes next belongs to the line the channel feeds now."""
    channel, last = directory.channel(place.dialogue.channel_id), place.conversation
    line = directory.line(channel.line_id) if last is None or last.ended else directory.line_for(last)
    return Scene(uow, core, place, channel=channel, line=line)


def participants(dialogue: Dialogue) -> frozenset[str]:
    """Addresses that take part in this thread: who began it, who is answered, and whom they copied."""
    return frozenset(dialogue.recipients) | frozenset(dialogue.data.get("participants", ()))


def _note_participants(scene: Scene, event: MessageReceived) -> None:
    thread = event.data.get("thread")
    if not thread:
        return
    present = participants(scene.dialogue)
    named = [*thread.get("participants", ()), event.sender.claims[0].value]
    fresh = [address for address in named if address not in present]
    if fresh:
        known = [*scene.dialogue.data.get("participants", ()), *fresh]
        scene.dialogue = replace(scene.dialogue, data=dict(scene.dialogue.data) | {"participants": known[:100]})


async def arrive(scene: Scene, event: MessageReceived) -> Accepted:
    """Put one message where it belongs and let everything follow from it.

    What the network tells about the person (they blocked the bot) is a line in the thread and no message.
    """
    if word := event.data.get("system"):
        await scene.say_what_happened(str(word))
        return Accepted(True)
    begun = await _find_conversation(scene, event)
    await _back_in_the_chat(scene)
    _note_participants(scene, event)
    message = _message(scene, event)
    files = [await _attachment(scene, message, file) for file in event.files]
    await scene.add(message)
    if scene.talk.turn == "theirs" and not begun:
        await absence.look_for_holder(scene)
    if event.automatic and not begun:
        scene.conversation = replace(scene.talk, last_at=event.at, preview=preview(event.text, files))
    else:
        scene.conversation = scene.talk.heard(at=event.at, preview=preview(event.text, files))
    scene.emit("message.received", actor="contact", message=rows.message_row(message, files=files))
    await _pick_up_identities(scene, event)
    if begun:
        await queueing.enter_line(scene, automatic=event.automatic or event.quiet)
    return Accepted(True, message.id, scene.talk.id, message.seq)


async def _back_in_the_chat(scene: Scene) -> None:
    """Who had left, and was to be reached in another way, writes here again: a chat like any other."""
    if scene.talk.purpose == "callback" and not scene.talk.ended and TRAITS[scene.channel.kind].abandons:
        scene.conversation = replace(scene.talk, purpose="message")
        await queueing.watch(scene)


async def _find_conversation(scene: Scene, event: MessageReceived) -> bool:
    """Join the running one, reopen the last, or begin one. True = it has to enter the line's queue."""
    last = scene.conversation
    if last is not None and not last.ended:
        return False
    if last is not None and (event.automatic or last.state == "spam"):
        return False
    if last is not None and _still_warm(scene, last):
        scene.conversation = replace(last.reopened(at=event.at), line_id=scene.line.id)
        scene.emit("conversation.reopened", actor="contact")
        return True
    await _begin(scene, event)
    return True


def _still_warm(scene: Scene, last: Conversation) -> bool:
    window = timedelta(seconds=scene.line.reopen_seconds(scene.channel.kind))
    return last.closed_at is not None and scene.now - last.closed_at < window


async def _begin(scene: Scene, event: MessageReceived) -> None:
    conversation_id = ConversationId(scene.core.ids.new("cnv"))
    occasion = _occasion(scene, event, conversation_id)
    await begin(scene, occasion, purpose="message", at=event.at, subject=event.subject)


async def begin(scene: Scene, occasion: Occasion, *, purpose: Purpose, at: datetime, subject: str | None) -> None:
    """A new conversation in this dialogue, with its lead; `occasion.conversation_id` names it."""
    last, conversation_id = scene.conversation, occasion.conversation_id or ConversationId(scene.core.ids.new("cnv"))
    who = scene.who or Recognised(scene.contact, False, "same_dialogue")
    lead, reason = await lead_for(scene.uow, scene.core, who, scene.line, occasion)
    scene.set_lead(lead)
    scene.conversation = Conversation(
        id=conversation_id, number=await scene.uow.conversations.next_number("conversation"),
        dialogue_id=scene.dialogue.id, channel_id=scene.channel.id, channel_kind=scene.channel.kind,
        line_id=scene.line.id, contact_id=scene.contact.id, lead_id=lead.id, lead_reason=reason, state="queued",
        purpose=purpose, opened_at=at, subject=subject or scene.dialogue.subject,
        last_operator_id=_still_close(scene, last),
    )  # fmt: skip
    await scene.uow.conversations.add(scene.conversation)
    scene.emit("conversation.opened", actor="contact", lead_reason=reason)


def _still_close(scene: Scene, last: Conversation | None) -> OperatorId | None:
    """Who held the one before, while the line still wants the same people together."""
    if last is None or last.closed_at is None:
        return None
    near = scene.now - last.closed_at < timedelta(hours=scene.line.affinity_hours)
    return last.last_operator_id if near else None


def _occasion(scene: Scene, event: MessageReceived, conversation_id: ConversationId) -> Occasion:
    source = {"channel_kind": scene.channel.kind, "channel": scene.channel.name, "line": scene.line.name} | dict(event.source)
    claims = [*event.sender.claims, *claims_in_text(event.text, region=scene.line.region)]
    title = event.subject or preview(event.text) or scene.contact.name
    return Occasion(conversation_id, title, source, is_reachable(claims), scene.now)


def _message(scene: Scene, event: MessageReceived) -> InboundMessage:
    data = dict(event.data)
    if event.client_id:
        data["client_id"] = event.client_id
    return InboundMessage(
        id=scene.new_message_id(), dialogue_id=scene.dialogue.id, conversation_id=scene.talk.id, seq=scene.next_seq(),
        at=event.at, text=event.text, created_at=scene.now, data=data, channel_id=event.channel_id,
        external_id=event.external_id, subject=event.subject, quoted=event.quoted, html_key=event.html,
        automatic=event.automatic,
    )  # fmt: skip


async def _attachment(scene: Scene, message: InboundMessage, file: IncomingFile) -> Attachment:
    if file.reference and file.reference.startswith("att_"):
        return await _uploaded(scene, AttachmentId(file.reference), message)
    attachment = Attachment(
        id=AttachmentId(scene.core.ids.new("att")), message_id=message.id, name=file.name, content_type=file.content_type,
        size=file.size or 0, state="stored" if file.blob_key else "pending", blob_key=file.blob_key,
        sha256=(file.blob_key or "").replace("sha256", "").replace("/", ""), reference=file.reference,
        content_id=file.content_id, created_at=scene.now,
    )  # fmt: skip
    await scene.uow.messages.add_attachment(attachment)
    if attachment.state == "pending":
        payload = {"attachment_id": attachment.id, "channel_id": scene.channel.id, "dialogue_id": scene.dialogue.id}
        await scene.uow.outbox.put("attachment.fetch", attachment.id, due_at=scene.now, payload=payload)
    return attachment


async def _uploaded(scene: Scene, id: AttachmentId, message: InboundMessage) -> Attachment:
    try:
        return await scene.uow.messages.take_attachment(id, message.id)
    except NotFound as gone:
        raise Rejected(gone.detail, code="file_gone") from None


async def _pick_up_identities(scene: Scene, event: MessageReceived) -> None:
    claims = [*event.sender.claims[1:], *claims_in_text(event.text, region=scene.line.region)]
    fresh = [claim for claim in claims if claim.value != event.sender.claims[0].value]
    if not fresh:
        return
    kept = await within_reason(scene.uow, scene.contact.id, fresh)
    await keep_claims(scene.uow, scene.core, scene.contact.id, kept, evidence=f"message:{scene.dialogue.last_seq}")
    if scene.lead and scene.lead.unreachable and is_reachable(fresh):
        scene.lead = replace(scene.lead, unreachable=False, updated_at=scene.now)
        await scene.uow.leads.save(scene.lead)
