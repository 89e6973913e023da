"""One transaction as the use cases see it: repositories over a connection, writes held back, events collected.

Implements ports.UnitOfWork (docs/adr/0002). Talks to the repositories and one Connection of an engine.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from gateway.domain.errors import NotFound
from gateway.domain.event import Event
from gateway.ports.clock import NewId
from gateway.store.connection import Connection, Rows
from gateway.store.pending import Pending
from gateway.store.shapes import Shape
from gateway.store.statements import Sql

N = TypeVar("N")


class Transaction:
    """What the repositories share: statements that see their own writes."""

    __slots__ = ("connection", "events", "ids", "pending")

    def __init__(self, connection: Connection, ids: NewId) -> None:
        self.connection, self.ids = connection, ids
        self.pending = Pending(connection)
        self.events: list[Event] = []

    async def rows(self, sql: Sql, given: Mapping[str, Any]) -> Rows:
        """All rows; what waits for these tables is written first."""
        if self.pending.touches(sql.tables):
            await self.pending.flush()
        return await self.connection.rows(sql, given)

    async def change(self, sql: Sql, given: Mapping[str, Any]) -> int:
        """Run a changing statement at once; the number of rows touched."""
        if self.pending.touches(sql.tables):
            await self.pending.flush()
        return await self.connection.change(sql, given)

    async def one(self, sql: Sql, shape: Shape[N], given: Mapping[str, Any]) -> N:
        """The first row as a noun; NotFound if there is none."""
        found = await self.maybe(sql, shape, given)
        if found is None:
            raise NotFound(f"There is no such {shape.table.name}.")
        return found

    async def maybe(self, sql: Sql, shape: Shape[N], given: Mapping[str, Any]) -> N | None:
        """The first row as a noun, or None."""
        rows = await self.rows(sql, given)
        return shape.load(rows[0]) if rows else None

    async def all(self, sql: Sql, shape: Shape[N], given: Mapping[str, Any]) -> list[N]:
        """Every row as a noun."""
        return [shape.load(row) for row in await self.rows(sql, given)]

    async def finish(self) -> Sequence[Event]:
        """Write what waits, then number the events: the last step before the commit."""
        if not self.events:
            await self.pending.flush()
            return ()
        return await self.connection.number(self.events, writes=await self.pending.last())


class SqlUnitOfWork:
    """Made anew for every transaction; a repository is made when it is first asked for."""

    def __init__(self, transaction: Transaction, nouns: Mapping[str, Callable[[Transaction], Any]]) -> None:
        self._transaction, self._nouns = transaction, nouns

    def __getattr__(self, name: str) -> Any:
        try:
            made = self._nouns[name](self._transaction)
        except KeyError:
            raise AttributeError(name) from None
        setattr(self, name, made)
        return made

    def emit(self, event: Event) -> None:
        """Stored with the data at commit."""
        self._transaction.events.append(event)
