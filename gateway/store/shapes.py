"""How one noun lies in one table: which attribute goes to which column and back, worked out once at import.

Reading and writing rows is on the path of every message, so nothing here looks at a class while a row is converted.
Talks to gateway.domain and the tables.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from operator import attrgetter
from typing import Any, Generic, TypeVar

from sqlalchemy import Table

from gateway.store.columns import KINDS, Dump, Load

N = TypeVar("N")
Row = Sequence[Any]
Convert = tuple[Dump, Load]


class Shape(Generic[N]):
    """A frozen dataclass and its table, column for column. `special` overrides a conversion (called with None too)."""

    def __init__(self, noun: type[N], table: Table, *, special: Mapping[str, Convert] | None = None, key: str = "id") -> None:
        names = [column.name for column in table.columns]
        if names != (declared := [field.name for field in fields(noun)]):  # type: ignore[arg-type]
            raise TypeError(f"Table {table.name} has columns {names}, {noun.__name__} has {declared}.")
        self.table, self.key, self.width = table, key, len(names)
        self.columns = [table.c[name] for name in names]
        self._noun, self._values = noun, attrgetter(*names)
        self._dumps, self._loads = conversions(table, special or {})

    def dump(self, noun: N) -> list[Any]:
        """The row of a noun, in the order of the table's columns."""
        row = list(self._values(noun))
        for at, convert in self._dumps:
            row[at] = convert(row[at])
        return row

    def load(self, row: Row, *, at: int = 0) -> N:
        """The noun in `row`, whose columns begin at a place."""
        values = list(row[at : at + self.width])
        for place, convert in self._loads:
            values[place] = convert(values[place])
        return self._noun(*values)

    def maybe(self, row: Row, *, at: int = 0) -> N | None:
        """The same where an outer join may have found nothing."""
        return None if row[at] is None else self.load(row, at=at)


Plan = list[tuple[int, Callable[[Any], Any]]]


def conversions(table: Table, special: Mapping[str, Convert]) -> tuple[Plan, Plan]:
    """Places of the columns that need converting, and how: to the database, from the database."""
    dumps: Plan = []
    loads: Plan = []
    for place, column in enumerate(table.columns):
        kind = column.info.get("as", "")
        if column.name in special or kind == "late":
            dump, load = special[column.name] if column.name in special else KINDS[kind]
        elif kind:
            dump, load = (_optional(convert) for convert in KINDS[kind]) if column.nullable else KINDS[kind]
        else:
            continue
        dumps.append((place, dump))
        loads.append((place, load))
    return dumps, loads


def _optional(convert: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda value: None if value is None else convert(value)
