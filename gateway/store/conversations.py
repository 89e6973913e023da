"""Conversations in the database. Implements ports.store.Conversations."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import bindparam, func, or_, select

from gateway.domain.conversation import Conversation
from gateway.domain.ids import ChannelId, ContactId, ConversationId, LineId, OperatorId
from gateway.ports.records import Counter, Place
from gateway.store import tables as t
from gateway.store.columns import constant
from gateway.store.dialogues import SqlDialogues
from gateway.store.nouns import CONVERSATION
from gateway.store.statements import Sql, is_in
from gateway.store.unit_of_work import Transaction

_C = t.conversation
GET = Sql(select(*CONVERSATION.columns).where(_C.c.id == bindparam("id")))
HELD_BY = Sql(
    select(*CONVERSATION.columns)
    .where(_C.c.operator_id.is_not(None), is_in(_C.c.operator_id, "operators"), _C.c.closed_at.is_(None))
    .order_by(_C.c.id)
)
RUNNING_OF = Sql(
    select(func.count())
    .select_from(_C)
    .where(_C.c.closed_at.is_(None), or_(_C.c.line_id == bindparam("owner"), _C.c.channel_id == bindparam("owner")))
)
_OF_CONTACT = (
    select(*CONVERSATION.columns)
    .where(_C.c.contact_id == bindparam("contact_id"), _C.c.line_id == bindparam("line_id"))
    .order_by(_C.c.number.desc())
    .limit(constant(1))
)
LAST_OF_CONTACT = Sql(_OF_CONTACT)
OPEN_CALLBACK = Sql(_OF_CONTACT.where(_C.c.purpose == constant("callback"), _C.c.closed_at.is_(None)))


class SqlConversations:
    """Implements ports.store.Conversations."""

    def __init__(self, transaction: Transaction) -> None:
        self._t = transaction

    async def get(self, id: ConversationId) -> Conversation:
        """Raises NotFound."""
        return await self._t.one(GET, CONVERSATION, {"id": id})

    async def lock(self, id: ConversationId) -> tuple[Conversation, Place]:
        """Hold its dialogue and read both."""
        dialogue_id = (await self.get(id)).dialogue_id
        place = await SqlDialogues(self._t).lock(dialogue_id)
        if place.conversation and place.conversation.id == id:
            return place.conversation, place
        return await self.get(id), place

    async def add(self, conversation: Conversation) -> None:
        """A new one."""
        self._t.pending.add(CONVERSATION, conversation)

    async def save(self, conversation: Conversation, *, was: Conversation | None = None) -> None:
        """A changed one; with `was`, only what differs is written."""
        self._t.pending.save(CONVERSATION, conversation, was=was)

    async def held_by(self, operator_ids: Sequence[OperatorId]) -> Sequence[Conversation]:
        """Everything not ended that these operators hold."""
        if not operator_ids:
            return []
        return await self._t.all(HELD_BY, CONVERSATION, {"operators": list(operator_ids)})

    async def running_of(self, owner: LineId | ChannelId) -> int:
        """How many that have not ended belong to this line, or came by this channel."""
        return int((await self._t.rows(RUNNING_OF, {"owner": owner}))[0][0])

    async def last_of_contact(self, contact_id: ContactId, line_id: LineId) -> Conversation | None:
        """In any state."""
        return await self._t.maybe(LAST_OF_CONTACT, CONVERSATION, {"contact_id": contact_id, "line_id": line_id})

    async def open_callback(self, contact_id: ContactId, line_id: LineId) -> Conversation | None:
        """Someone is to ring back already."""
        return await self._t.maybe(OPEN_CALLBACK, CONVERSATION, {"contact_id": contact_id, "line_id": line_id})

    async def next_number(self, counter: Counter) -> int:
        """Growing; numbers of failed attempts may be left out."""
        return await self._t.connection.next_number(counter)
