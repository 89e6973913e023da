"""Queue entries, offers and assignments in the database. Implements ports.store.Queue; docs/adr/0004 for the locks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, delete, insert, select, update

from gateway.domain.conversation import Conversation
from gateway.domain.ids import ConversationId, LineId, OfferId, OperatorId
from gateway.domain.offer import Offer, QueueEntry
from gateway.store import tables as t
from gateway.store.columns import constant, micros
from gateway.store.nouns import CONVERSATION, OFFER, QUEUE
from gateway.store.statements import Sql, is_in
from gateway.store.unit_of_work import Transaction

_Q, _O, _A = t.queue, t.offer, t.assignment
ENTRY = Sql(select(*QUEUE.columns).where(_Q.c.conversation_id == bindparam("id")))
REMOVE = Sql(delete(_Q).where(_Q.c.conversation_id == bindparam("id")))
WAITING = Sql(
    select(*QUEUE.columns, *CONVERSATION.columns)
    .join(t.conversation, t.conversation.c.id == _Q.c.conversation_id)
    .where(t.conversation.c.state == constant("queued"), is_in(t.conversation.c.line_id, "lines"))
    .order_by(_Q.c.priority.desc(), _Q.c.due_at, _Q.c.enqueued_at, _Q.c.conversation_id)
    .limit(bindparam("limit"))
    .offset(bindparam("skip"))
)
OFFER_BY_ID = Sql(select(*OFFER.columns).where(_O.c.id == bindparam("id")))
PENDING_OF = Sql(
    select(*OFFER.columns).where(_O.c.conversation_id == bindparam("id"), t.PENDING).order_by(_O.c.made_at, _O.c.id)
)
PENDING = Sql(select(*OFFER.columns).where(t.PENDING).order_by(_O.c.made_at, _O.c.id))
END_ASSIGNMENT = Sql(update(_A).where(_A.c.conversation_id == bindparam("id"), t.RUNNING).values(ended_at=bindparam("at")))
BEGIN_ASSIGNMENT = Sql(
    insert(_A).values(
        conversation_id=bindparam("id"), operator_id=bindparam("operator_id"), started_at=bindparam("at"), ended_at=None
    )
)
ROUTER = "router"


class SqlQueue:
    """Implements ports.store.Queue."""

    def __init__(self, transaction: Transaction) -> None:
        self._t = transaction

    async def put(self, entry: QueueEntry) -> None:
        """Insert or replace the entry of this conversation."""
        self._t.pending.put(QUEUE, entry, unique=("conversation_id",))

    async def entry(self, conversation_id: ConversationId) -> QueueEntry | None:
        """None: it does not wait."""
        return await self._t.maybe(ENTRY, QUEUE, {"id": conversation_id})

    async def remove(self, conversation_id: ConversationId) -> None:
        """Harmless if there is none."""
        await self._t.change(REMOVE, {"id": conversation_id})

    async def waiting(self, limit: int, *, lines: Sequence[LineId], skip: int = 0) -> Sequence[tuple[QueueEntry, Conversation]]:
        """Queued ones of these lines in queue order."""
        rows = await self._t.rows(WAITING, {"limit": limit, "skip": skip, "lines": list(lines)})
        return [(QUEUE.load(row), CONVERSATION.load(row, at=QUEUE.width)) for row in rows]

    async def hold_router(self) -> None:
        """One router at a time decides."""
        await self._t.connection.hold(ROUTER)

    async def add_offer(self, offer: Offer) -> None:
        """A new one."""
        self._t.pending.add(OFFER, offer)

    async def offer(self, id: OfferId) -> Offer:
        """Raises NotFound."""
        return await self._t.one(OFFER_BY_ID, OFFER, {"id": id})

    async def save_offer(self, offer: Offer) -> None:
        """A changed one."""
        self._t.pending.save(OFFER, offer)

    async def pending_of(self, conversation_id: ConversationId) -> Sequence[Offer]:
        """Oldest first."""
        return await self._t.all(PENDING_OF, OFFER, {"id": conversation_id})

    async def pending(self) -> Sequence[Offer]:
        """Of all conversations, oldest first."""
        return await self._t.all(PENDING, OFFER, {})

    async def assign(self, conversation_id: ConversationId, operator_id: OperatorId | None, *, at: datetime) -> None:
        """End the running Assignment, if any, and begin one."""
        await self._t.change(END_ASSIGNMENT, {"id": conversation_id, "at": micros(at)})
        if operator_id is not None:
            given = {"id": conversation_id, "operator_id": operator_id, "at": micros(at)}
            await self._t.change(BEGIN_ASSIGNMENT, given)
