"""Lines in the database; members stand in the line's own row, in order. Implements ports.store.Lines."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import bindparam, delete, select

from gateway.domain.errors import NotFound
from gateway.domain.ids import LineId
from gateway.domain.line import Line
from gateway.store import tables as t
from gateway.store.nouns import LINE
from gateway.store.statements import Sql
from gateway.store.unit_of_work import Transaction

GET = Sql(select(*LINE.columns).where(t.line.c.id == bindparam("id")))
ALL = Sql(select(*LINE.columns).order_by(t.line.c.id))
REMOVE = Sql(delete(t.line).where(t.line.c.id == bindparam("id")))


class SqlLines:
    """Implements ports.store.Lines."""

    def __init__(self, transaction: Transaction) -> None:
        self._t = transaction

    async def get(self, id: LineId) -> Line:
        """Raises NotFound."""
        return await self._t.one(GET, LINE, {"id": id})

    async def all(self) -> Sequence[Line]:
        """Oldest first."""
        return await self._t.all(ALL, LINE, {})

    async def add(self, line: Line) -> None:
        """A new one."""
        self._t.pending.add(LINE, line)

    async def save(self, line: Line) -> None:
        """A changed one."""
        self._t.pending.save(LINE, line)

    async def remove(self, id: LineId) -> None:
        """Raises NotFound."""
        if not await self._t.change(REMOVE, {"id": id}):
            raise NotFound("There is no such line.")
