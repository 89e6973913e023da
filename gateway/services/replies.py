"""The step where an operator writes: a reply to the contact, or a note that stays in the house.

Message, delivery and events are one transaction; the sending happens later in services/delivery. May talk to: ports, domain.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from gateway.domain import rows
from gateway.domain.errors import IllegalMove, NotFound, Rejected
from gateway.domain.ids import AttachmentId, ConversationId, MessageId, OperatorId
from gateway.domain.message import Attachment, Note, OutboundMessage
from gateway.domain.operator import Operator
from gateway.ports.core import Core
from gateway.ports.store import UnitOfWork
from gateway.services import queueing
from gateway.services.directory import Directory
from gateway.services.scene import Scene

TEXT_LIMIT = 50_000


@dataclass(frozen=True, slots=True)
class Draft:
    """What the operator wrote. client_id makes a repeat harmless; cc and bcc are for mail."""

    client_id: str
    type: Literal["reply", "note"]
    text: str
    files: tuple[AttachmentId, ...] = ()
    reply_to: MessageId | None = None
    cc: tuple[str, ...] = ()
    bcc: tuple[str, ...] = ()
    mentions: tuple[OperatorId, ...] = ()


class Replies:
    """Writes for operators."""

    def __init__(self, core: Core, directory: Directory) -> None:
        self._core, self._directory = core, directory

    async def write(self, by: Operator, conversation_id: ConversationId, draft: Draft) -> rows.Row:
        """Store it and promise its delivery. Returns the message row; the same client_id again returns the same message.

        Raises Rejected (empty, too long), IllegalMove (ended, or a channel that carries no text), NotFound (file, reply_to).
        """
        if not draft.text.strip() and not draft.files:
            raise Rejected("Write something first.", code="empty")
        if len(draft.text) > TEXT_LIMIT:
            raise Rejected(f"This is longer than {TEXT_LIMIT} characters; send it as a file.", code="too_long")

        async def work(uow: UnitOfWork) -> rows.Row:
            conversation, place = await uow.conversations.lock(conversation_id)
            channel = self._directory.channel(conversation.channel_id)
            place = replace(place, conversation=conversation)
            scene = Scene(uow, self._core, place, channel=channel, line=self._directory.line_for(conversation))
            known = await uow.messages.known_client(scene.dialogue.id, draft.client_id)
            if known:
                return await _stored(uow, known.message_id)
            row = await (_note(scene, by, draft) if draft.type == "note" else _reply(scene, by, draft))
            await scene.leave()
            return row

        row = await self._core.store.run(work)
        if draft.type == "reply":
            await self._core.signals.nudge("deliveries")
        return row


async def _stored(uow: UnitOfWork, id: MessageId) -> rows.Row:
    files = (await uow.messages.attachments([id])).get(id, ())
    return rows.message_row(await uow.messages.get(id), files=files, delivery=await uow.deliveries.of_message(id))


async def _note(scene: Scene, by: Operator, draft: Draft) -> rows.Row:
    note = Note(
        id=scene.new_message_id(), dialogue_id=scene.dialogue.id, conversation_id=scene.talk.id, seq=scene.next_seq(),
        at=scene.now, text=draft.text, created_at=scene.now, operator_id=by.id, client_id=draft.client_id,
        mentions=draft.mentions,
    )  # fmt: skip
    files = await _files(scene, by, draft, note.id)
    await scene.add(note)
    row = rows.message_row(note, files=files)
    scene.emit("message.noted", actor=by.id, message=row)
    return row


async def _reply(scene: Scene, by: Operator, draft: Draft) -> rows.Row:
    if scene.talk.ended:
        raise IllegalMove(f"Conversation no. {scene.talk.number} is {scene.talk.state}. Reopen it to answer.")
    if scene.channel.kind == "pbx":
        raise IllegalMove("A call carries no text. Call back, or write a note.", code="no_text")
    if scene.dialogue.one_way:
        raise IllegalMove("This came through a form of a site, so nobody reads an answer here. Answer by mail or phone.",
                          code="no_way_back")  # fmt: skip
    if scene.talk.operator_id != by.id:
        raise IllegalMove("Take this conversation first; somebody else may be answering.", code="not_holder")
    await _must_be_here(scene, draft.reply_to)
    message = OutboundMessage(
        id=scene.new_message_id(), dialogue_id=scene.dialogue.id, conversation_id=scene.talk.id, seq=scene.next_seq(),
        at=scene.now, text=draft.text, created_at=scene.now, channel_id=scene.channel.id, operator_id=by.id,
        client_id=draft.client_id, subject=scene.talk.subject, reply_to=draft.reply_to, data=_extras(draft),
    )  # fmt: skip
    files = await _files(scene, by, draft, message.id)
    delivery = await queueing.post(scene, message, files=files)
    presence = await scene.uow.operators.hold_presence(by.id)
    if presence:
        await scene.uow.operators.save_presence(replace(presence.awake(), last_reply_at=scene.now, seen_at=scene.now))
    return rows.message_row(message, files=files, delivery=delivery)


async def _must_be_here(scene: Scene, answered: MessageId | None) -> None:
    """Raises NotFound for a message of another dialogue, which the operator need not be allowed to see."""
    if answered is not None and (await scene.uow.messages.get(answered)).dialogue_id != scene.dialogue.id:
        raise NotFound("The message you answer is not in this thread.")


def _extras(draft: Draft) -> dict[str, Any]:
    return {name: list(value) for name, value in (("cc", draft.cc), ("bcc", draft.bcc)) if value}


async def _files(scene: Scene, by: Operator, draft: Draft, message_id: MessageId) -> Sequence[Attachment]:
    out = []
    for file_id in draft.files:
        uploaded = await scene.uow.messages.attachment(file_id)
        if uploaded.owner != f"operator:{by.id}" or uploaded.state != "stored":
            raise NotFound("One of the files is gone; attach it again.")
        out.append(await scene.uow.messages.take_attachment(file_id, message_id))
    return out
