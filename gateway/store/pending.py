"""Writes held back inside one transaction, so that a batch of messages costs a handful of statements (docs/adr/0002).

Rows wait here until a read could see them or the transaction ends, then go table by table in the order of ownership:
first changes, then new rows. A row changed twice is written once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Table

from gateway.domain.errors import NotFound
from gateway.store.connection import Connection
from gateway.store.shapes import Shape
from gateway.store.statements import Sql
from gateway.store.tables import metadata

ORDER = {table.name: place for place, table in enumerate(metadata.sorted_tables)}
Kept = dict[Any, list[Any]]


class Waiting:
    """The rows of one table that wait."""

    __slots__ = ("changed", "conflict", "key", "new", "put", "table")

    def __init__(self, table: Table, key: str) -> None:
        self.table, self.key = table, key
        self.new: Kept = {}
        self.changed: Kept = {}
        self.put: Kept = {}
        self.conflict: Sequence[str] = ()


class Pending:
    """All that waits in one transaction."""

    __slots__ = ("_connection", "_later", "_tables")

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._tables: dict[str, Waiting] = {}
        self._later: list[tuple[Sql, list[Mapping[str, Any]]]] = []

    def add(self, shape: Shape[Any], noun: Any) -> None:
        """A new row."""
        self._of(shape).new[getattr(noun, shape.key)] = shape.dump(noun)

    def save(self, shape: Shape[Any], noun: Any) -> None:
        """A changed row; it must exist."""
        waiting, key, row = self._of(shape), getattr(noun, shape.key), shape.dump(noun)
        (waiting.new if key in waiting.new else waiting.changed)[key] = row

    def put(self, shape: Shape[Any], noun: Any, *, unique: Sequence[str]) -> None:
        """A row that replaces the one with the same values in `unique`, if there is one."""
        waiting = self._of(shape)
        waiting.conflict = unique
        waiting.put[tuple(getattr(noun, name) for name in unique)] = shape.dump(noun)

    def later(self, sql: Sql, given: Mapping[str, Any]) -> None:
        """A statement whose outcome nobody waits for, on a table that is written by statements alone; order is kept."""
        if self._later and self._later[-1][0] is sql:
            self._later[-1][1].append(given)
        else:
            self._later.append((sql, [given]))

    def touches(self, tables: frozenset[str]) -> bool:
        """Does anything wait that a statement on these tables could see?"""
        if not tables.isdisjoint(self._tables):
            return True
        return any(not tables.isdisjoint(sql.tables) for sql, _ in self._later)

    async def flush(self) -> None:
        """Write everything."""
        later, self._later = self._later, []
        waiting = sorted(self._tables.values(), key=lambda one: ORDER[one.table.name])
        self._tables = {}
        for one in waiting:
            await self._write(one)
        for sql, rows in later:
            await self._connection.repeat(sql, rows)

    def _of(self, shape: Shape[Any]) -> Waiting:
        name = shape.table.name
        found = self._tables.get(name)
        if found is None:
            found = self._tables[name] = Waiting(shape.table, shape.key)
        return found

    async def _write(self, one: Waiting) -> None:
        if one.changed:
            rows = [one.changed[key] for key in sorted(one.changed)]
            if await self._connection.update(one.table, rows, key=one.key) != len(rows):
                raise NotFound(f"There is no such {one.table.name}.")
        if one.new:
            await self._connection.insert(one.table, list(one.new.values()))
        if one.put:
            rows = [one.put[key] for key in sorted(one.put)]
            await self._connection.insert(one.table, rows, conflict=one.conflict)
