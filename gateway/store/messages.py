"""Messages and attachments in the database. Implements ports.store.Messages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

from sqlalchemy import bindparam, delete, func, or_, select, update

from gateway.domain.errors import NotFound
from gateway.domain.ids import AttachmentId, ChannelId, DialogueId, MessageId
from gateway.domain.message import AnyMessage, Attachment, InboundMessage, OutboundMessage
from gateway.ports.records import Known
from gateway.store import tables as t
from gateway.store.columns import constant
from gateway.store.nouns import ATTACHMENT, MESSAGE
from gateway.store.shapes import Shape
from gateway.store.statements import Sql, is_in
from gateway.store.unit_of_work import Transaction

_M, _A = t.message, t.attachment
_SHAPE = cast("Shape[AnyMessage]", MESSAGE)
_KNOWN = (_M.c.id, _M.c.dialogue_id, _M.c.conversation_id, _M.c.seq)
_EXTERNAL = select(*_KNOWN, _M.c.external_id).where(
    _M.c.channel_id == bindparam("channel_id"), is_in(_M.c.external_id, "external_ids")
)
KNOWN = Sql(_EXTERNAL.where(t.OUTBOUND, _M.c.external_id.is_not(None)).union_all(_EXTERNAL.where(t.INBOUND)))
KNOWN_CLIENT = Sql(
    select(*_KNOWN).where(_M.c.dialogue_id == bindparam("dialogue_id"), _M.c.client_id == bindparam("client_id"))
)
GET = Sql(select(*MESSAGE.columns).where(_M.c.id == bindparam("id")))
SAID = Sql(
    select(*MESSAGE.columns)
    .where(_M.c.dialogue_id == bindparam("dialogue_id"), _M.c.seq > bindparam("after"), t.INBOUND | t.OUTBOUND)
    .order_by(_M.c.seq)
    .limit(bindparam("limit"))
)
ATTACHMENTS = Sql(select(*ATTACHMENT.columns).where(is_in(_A.c.message_id, "ids")).order_by(_A.c.id))
ATTACHMENT_BY_ID = Sql(select(*ATTACHMENT.columns).where(_A.c.id == bindparam("id")))
TAKE = Sql(
    update(_A)
    .where(_A.c.id == bindparam("the_id"), or_(_A.c.message_id.is_(None), _A.c.message_id == bindparam("taker")))
    .values(message_id=bindparam("taker"))
    .returning(*ATTACHMENT.columns)
)
DROP = Sql(delete(_A).where(_A.c.id == bindparam("id"), _A.c.message_id.is_(None)))
UNSENT = Sql(
    select(func.count(), func.coalesce(func.sum(_A.c.size), constant(0)))
    .select_from(_A)
    .where(_A.c.message_id.is_(None), _A.c.owner == bindparam("owner"))
)


class SqlMessages:
    """Implements ports.store.Messages."""

    def __init__(self, transaction: Transaction) -> None:
        self._t = transaction

    async def known(self, channel_id: ChannelId, external_ids: Sequence[str]) -> Mapping[str, Known]:
        """Those of these that are stored already; an inbound one wins over an outbound one of the same name."""
        if not external_ids:
            return {}
        given = {"channel_id": channel_id, "external_ids": list(external_ids)}
        return {row[4]: _known(row) for row in await self._t.rows(KNOWN, given)}

    async def known_client(self, dialogue_id: DialogueId, client_id: str) -> Known | None:
        """What was stored for this client_id."""
        rows = await self._t.rows(KNOWN_CLIENT, {"dialogue_id": dialogue_id, "client_id": client_id})
        return _known(rows[0]) if rows else None

    async def get(self, id: MessageId) -> AnyMessage:
        """Raises NotFound."""
        return await self._t.one(GET, _SHAPE, {"id": id})

    async def said(self, dialogue_id: DialogueId, *, after: int, limit: int) -> Sequence[InboundMessage | OutboundMessage]:
        """What is neither inbound nor outbound is left out twice: by the statement, and by type."""
        given = {"dialogue_id": dialogue_id, "after": after, "limit": limit}
        rows = await self._t.all(SAID, _SHAPE, given)
        return [row for row in rows if isinstance(row, InboundMessage | OutboundMessage)]

    async def add(self, message: AnyMessage) -> None:
        """A new one."""
        self._t.pending.add(_SHAPE, message)

    async def save(self, message: AnyMessage) -> None:
        """A changed one."""
        self._t.pending.save(_SHAPE, message)

    async def attachments(self, message_ids: Sequence[MessageId]) -> Mapping[MessageId, Sequence[Attachment]]:
        """Of these messages, in the order they were added; messages without files are left out."""
        found: dict[MessageId, list[Attachment]] = {}
        if message_ids:
            for file in await self._t.all(ATTACHMENTS, ATTACHMENT, {"ids": list(message_ids)}):
                found.setdefault(cast("MessageId", file.message_id), []).append(file)
        return found

    async def attachment(self, id: AttachmentId) -> Attachment:
        """Raises NotFound."""
        return await self._t.one(ATTACHMENT_BY_ID, ATTACHMENT, {"id": id})

    async def take_attachment(self, id: AttachmentId, message_id: MessageId) -> Attachment:
        """In one statement: who wants it too, or removes it, finds it taken."""
        rows = await self._t.rows(TAKE, {"the_id": id, "taker": message_id})
        if not rows:
            raise NotFound("One of the files is gone; attach it again.")
        return ATTACHMENT.load(rows[0])

    async def drop_unsent(self, id: AttachmentId) -> bool:
        """In one statement, as it is taken."""
        return bool(await self._t.change(DROP, {"id": id}))

    async def unsent(self, owner: str) -> tuple[int, int]:
        """Counted from the rows."""
        count, size = (await self._t.rows(UNSENT, {"owner": owner}))[0]
        return int(count), int(size)

    async def add_attachment(self, attachment: Attachment) -> None:
        """A new one."""
        self._t.pending.add(ATTACHMENT, attachment)

    async def save_attachment(self, attachment: Attachment) -> None:
        """A changed one."""
        self._t.pending.save(ATTACHMENT, attachment)


def _known(row: Sequence[Any]) -> Known:
    return Known(message_id=row[0], dialogue_id=row[1], conversation_id=row[2], seq=row[3])
