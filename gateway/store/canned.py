"""Canned replies in the database. Implements ports.store.CannedReplies."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import bindparam, delete, select

from gateway.domain.errors import NotFound
from gateway.ports.records import Canned
from gateway.store import tables as t
from gateway.store.nouns import CANNED
from gateway.store.statements import Sql
from gateway.store.unit_of_work import Transaction

ALL = Sql(select(*CANNED.columns).order_by(t.canned.c.shortcut, t.canned.c.id))
REMOVE = Sql(delete(t.canned).where(t.canned.c.id == bindparam("id")))


class SqlCannedReplies:
    """Implements ports.store.CannedReplies."""

    def __init__(self, transaction: Transaction) -> None:
        self._t = transaction

    async def all(self) -> Sequence[Canned]:
        """By shortcut."""
        return await self._t.all(ALL, CANNED, {})

    async def save(self, canned: Canned) -> None:
        """Insert or replace."""
        self._t.pending.put(CANNED, canned, unique=("id",))

    async def remove(self, id: str) -> None:
        """Raises NotFound."""
        if not await self._t.change(REMOVE, {"id": id}):
            raise NotFound("There is no such canned reply.")
