"""Channels and their cursors in the database. Implements ports.store.Channels."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, delete, select, update

from gateway.domain.channel import Channel
from gateway.domain.errors import NotFound
from gateway.domain.ids import ChannelId
from gateway.store import tables as t
from gateway.store.columns import micros
from gateway.store.nouns import CHANNEL
from gateway.store.statements import Sql, upsert
from gateway.store.unit_of_work import Transaction

GET = Sql(select(*CHANNEL.columns).where(t.channel.c.id == bindparam("id")))
ALL = Sql(select(*CHANNEL.columns).order_by(t.channel.c.id))
HEARD = Sql(update(t.channel).where(t.channel.c.id == bindparam("the_id")).values(last_event_at=bindparam("at")))
REMOVE = Sql(delete(t.channel).where(t.channel.c.id == bindparam("id")))
_CURSOR = (t.channel_cursor.c.channel_id == bindparam("id")) & (t.channel_cursor.c.name == bindparam("name"))
CURSOR = Sql(select(t.channel_cursor.c.value).where(_CURSOR))
SET_CURSOR = upsert(t.channel_cursor, unique=("channel_id", "name"))
REMOVE_CURSORS = Sql(delete(t.channel_cursor).where(t.channel_cursor.c.channel_id == bindparam("id")))


class SqlChannels:
    """Implements ports.store.Channels."""

    def __init__(self, transaction: Transaction) -> None:
        self._t = transaction

    async def get(self, id: ChannelId) -> Channel:
        """Raises NotFound."""
        return await self._t.one(GET, CHANNEL, {"id": id})

    async def all(self) -> Sequence[Channel]:
        """Oldest first."""
        return await self._t.all(ALL, CHANNEL, {})

    async def add(self, channel: Channel) -> None:
        """A new one."""
        self._t.pending.add(CHANNEL, channel)

    async def save(self, channel: Channel) -> None:
        """A changed one."""
        self._t.pending.save(CHANNEL, channel)

    async def heard(self, id: ChannelId, *, at: datetime) -> None:
        """When something last came in; touches nothing that a person sets."""
        await self._t.change(HEARD, {"the_id": id, "at": micros(at)})

    async def remove(self, id: ChannelId) -> None:
        """With its cursors."""
        await self._t.change(REMOVE_CURSORS, {"id": id})
        if not await self._t.change(REMOVE, {"id": id}):
            raise NotFound("There is no such channel.")

    async def cursor(self, id: ChannelId, name: str) -> str | None:
        """What an adapter remembered under this name."""
        rows = await self._t.rows(CURSOR, {"id": id, "name": name})
        return str(rows[0][0]) if rows else None

    async def set_cursor(self, id: ChannelId, name: str, value: str) -> None:
        """Remember."""
        await self._t.change(SET_CURSOR, {"channel_id": id, "name": name, "value": value})
