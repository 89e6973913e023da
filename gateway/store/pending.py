"""Writes held back inside one transaction, so that a batch of messages costs a handful of statements (docs/adr/0002).

Rows wait here until a read could see them or the transaction ends, then go table by table in the order of ownership:
first changes, then new rows. A row changed twice is written once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Table

from gateway.store.connection import Connection
from gateway.store.shapes import Shape
from gateway.store.statements import Sql
from gateway.store.tables import metadata
from gateway.store.writes import Write

ORDER = {table.name: place for place, table in enumerate(metadata.sorted_tables)}
Kept = dict[Any, list[Any]]


class Waiting:
    """The rows of one table that wait."""

    __slots__ = ("changed", "conflict", "differing", "key", "new", "put", "table")

    def __init__(self, table: Table, key: str) -> None:
        self.table, self.key = table, key
        self.new: Kept = {}
        self.changed: Kept = {}
        self.differing: set[int] = set()
        self.put: Kept = {}
        self.conflict: tuple[str, ...] = ()

    def change(self, key: Any, row: list[Any], places: Iterable[int]) -> None:
        """Only columns that differ in some row are written: the others cost as much, and their indexes more."""
        if key in self.new:
            self.new[key] = row
        else:
            self.changed[key] = row
            self.differing.update(places)

    def writes(self) -> Iterator[Write]:
        """Changes before new rows, each in the order of its keys."""
        if self.differing:
            yield self._changes()
        if self.new:
            yield Write(self.table, list(self.new.values()))
        if self.put:
            yield Write(self.table, [self.put[key] for key in sorted(self.put)], conflict=self.conflict)

    def _changes(self) -> Write:
        names = self.table.columns.keys()
        places = [place for place in sorted(self.differing) if names[place] != self.key]
        rows = [[*map(self.changed[key].__getitem__, places), key] for key in sorted(self.changed)]
        return Write(self.table, rows, key=self.key, columns=tuple(names[place] for place in places))


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

    def save(self, shape: Shape[Any], noun: Any, *, was: Any = None) -> None:
        """A changed row; it must exist. was: the noun as this transaction has read or written it; another one tells nothing."""
        key = getattr(noun, shape.key)
        if getattr(was, shape.key, None) == key:
            row, places = shape.changes(noun, was=was)
        else:
            row, places = shape.dump(noun), range(shape.width)
        self._of(shape).change(key, row, places)

    def put(self, shape: Shape[Any], noun: Any, *, unique: tuple[str, ...]) -> None:
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
        if writes := self._rows():
            await self._connection.write(writes)
        await self._repeat()

    async def last(self) -> Sequence[Write]:
        """What is left to write with the events, when nothing more can follow."""
        if self._later:
            await self.flush()
        return self._rows()

    def _rows(self) -> list[Write]:
        waiting = sorted(self._tables.values(), key=lambda one: ORDER[one.table.name])
        self._tables = {}
        return [write for one in waiting for write in one.writes()]

    async def _repeat(self) -> None:
        later, self._later = self._later, []
        for sql, rows in later:
            await self._connection.repeat(sql, rows)

    def _of(self, shape: Shape[Any]) -> Waiting:
        name = shape.table.name
        found = self._tables.get(name)
        if found is None:
            found = self._tables[name] = Waiting(shape.table, shape.key)
        return found
