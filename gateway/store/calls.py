"""Calls and recordings in the database. Implements ports.store.Calls."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import bindparam, select

from gateway.domain.call import Call, Recording
from gateway.domain.ids import CallId, ChannelId
from gateway.store import tables as t
from gateway.store.nouns import CALL, RECORDING
from gateway.store.statements import Sql
from gateway.store.unit_of_work import Transaction

BY_KEY = Sql(
    select(*CALL.columns)
    .where(t.call.c.channel_id == bindparam("channel_id"), t.call.c.key == bindparam("key"))
    .with_for_update(key_share=True)
)
GET = Sql(select(*CALL.columns).where(t.call.c.id == bindparam("id")))
RECORDING_BY_ID = Sql(select(*RECORDING.columns).where(t.recording.c.id == bindparam("id")))
RECORDINGS = Sql(select(*RECORDING.columns).where(t.recording.c.call_id == bindparam("id")).order_by(t.recording.c.id))


class SqlCalls:
    """Implements ports.store.Calls."""

    def __init__(self, transaction: Transaction) -> None:
        self._t = transaction

    async def by_key(self, channel_id: ChannelId, key: str) -> Call | None:
        """Locked."""
        return await self._t.maybe(BY_KEY, CALL, {"channel_id": channel_id, "key": key})

    async def get(self, id: CallId) -> Call:
        """Raises NotFound."""
        return await self._t.one(GET, CALL, {"id": id})

    async def add(self, call: Call) -> None:
        """A race for the same key is found at the latest at commit, and the use case is run again."""
        self._t.pending.add(CALL, call)

    async def save(self, call: Call) -> None:
        """A changed one."""
        self._t.pending.save(CALL, call)

    async def recording(self, id: str) -> Recording:
        """Raises NotFound."""
        return await self._t.one(RECORDING_BY_ID, RECORDING, {"id": id})

    async def recordings(self, call_id: CallId) -> Sequence[Recording]:
        """Oldest first."""
        return await self._t.all(RECORDINGS, RECORDING, {"id": call_id})

    async def save_recording(self, recording: Recording) -> None:
        """Insert or replace; the first id of a (call_id, key) stays."""
        self._t.pending.put(RECORDING, recording, unique=("call_id", "key"))
