"""One dialogue inside one transaction: the working state that the steps of a use case share, written back once.

A Scene is made from a locked Place, changed by any number of steps (several messages of a batch may meet in one Scene), and
`leave` saves what changed. May talk to: ports, domain.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from gateway.domain import rows
from gateway.domain.channel import Channel
from gateway.domain.conversation import Conversation
from gateway.domain.errors import NotFound
from gateway.domain.event import Event, EventType
from gateway.domain.ids import ConversationId, MessageId, OperatorId
from gateway.domain.lead import Lead
from gateway.domain.line import Line
from gateway.domain.message import AnyMessage, SystemLine
from gateway.ports.core import Core
from gateway.ports.records import Place
from gateway.ports.store import UnitOfWork
from gateway.services.directory import Directory
from gateway.services.recognition import Recognised

PREVIEW_LENGTH = 140


class Scene:
    """Holds dialogue, contact, newest conversation and lead. `conversation` may be replaced by steps."""

    def __init__(self, uow: UnitOfWork, core: Core, place: Place, *, channel: Channel, line: Line) -> None:
        self.uow, self.core, self.channel, self.line = uow, core, channel, line
        self.dialogue, self.contact = place.dialogue, place.contact
        self.conversation, self.lead = place.conversation, place.lead
        self.now: datetime = core.clock.now()
        self._stored = (place.dialogue, place.conversation)
        self.stirred = False  # something a worker should look at
        self.who: Recognised | None = None  # set when the contact was looked for in this very transaction

    @property
    def talk(self) -> Conversation:
        """The conversation, where there must be one."""
        if self.conversation is None:
            raise NotFound("There is no conversation here yet.")
        return self.conversation

    def new_message_id(self) -> MessageId:
        """An id for the next message."""
        return MessageId(self.core.ids.new("msg"))

    def next_seq(self) -> int:
        """Take the next number of the dialogue."""
        self.dialogue = replace(self.dialogue, last_seq=self.dialogue.last_seq + 1)
        return self.dialogue.last_seq

    async def add(self, message: AnyMessage) -> None:
        """Store a message."""
        await self.uow.messages.add(message)

    async def say_what_happened(self, key: str, *, at: datetime | None = None, **facts: Any) -> None:
        """A system line in the thread; `key` names a catalogue text of the console."""
        line = SystemLine(
            id=self.new_message_id(), dialogue_id=self.dialogue.id, seq=self.next_seq(), text="", key=key, data=facts,
            conversation_id=self.conversation.id if self.conversation else None, at=at or self.now, created_at=self.now,
        )  # fmt: skip
        await self.add(line)
        self.emit("message.noted", actor="line", message=rows.message_row(line))

    def emit(self, type: EventType, *, actor: str, operator_id: OperatorId | None = None, **data: Any) -> None:
        """Tell what happened; every event of a conversation carries its row."""
        if self.conversation:
            data["conversation"] = self.row()
            if (left := self._left_by()) is not None:
                data["left"] = left
        self.uow.emit(
            Event(
                type,
                self.now,
                actor,
                data,
                line_id=self.line.id,
                dialogue_id=self.dialogue.id,
                conversation_id=self.conversation.id if self.conversation else None,
                lead_id=self.lead.id if self.lead else None,
                operator_id=operator_id,
            )
        )

    def _left_by(self) -> OperatorId | None:
        """Who held it when this transaction began and does no more: they must hear that it is gone, on any line."""
        before, now = self._stored[1], self.conversation
        if before is None or now is None or before.id != now.id or before.operator_id == now.operator_id:
            return None
        return before.operator_id

    def row(self) -> Mapping[str, Any]:
        """The conversation as screens see it now."""
        return rows.conversation_row(self.talk, contact_name=self.contact.name)

    def set_lead(self, lead: Lead) -> None:
        """From here on the conversation belongs to this lead."""
        self.lead = lead

    async def leave(self) -> None:
        """Write back what changed, once."""
        dialogue, conversation = self._stored
        if self.dialogue is not dialogue:
            await self.uow.dialogues.save(self.dialogue, was=dialogue)
        if self.conversation is not None and self.conversation is not conversation:
            await self.uow.conversations.save(self.conversation, was=conversation)
        self._stored = (self.dialogue, self.conversation)


async def scene_of(uow: UnitOfWork, core: Core, directory: Directory, id: ConversationId) -> Scene:
    """Hold the dialogue of a conversation and stand in front of that very conversation (which may not be the newest)."""
    conversation, place = await uow.conversations.lock(id)
    lead = await uow.leads.get(conversation.lead_id) if conversation.lead_id else None
    place = replace(place, conversation=conversation, lead=lead)
    channel, line = directory.channel(conversation.channel_id), directory.line_for(conversation)
    return Scene(uow, core, place, channel=channel, line=line)


def preview(text: str, files: Sequence[object] = ()) -> str:
    """What a list row shows of a message: one line; a paper clip stands for files without words."""
    line = " ".join(text.split())
    return line[:PREVIEW_LENGTH] if line else ("📎" if files else "")
