"""How one noun lies in one table: which attribute goes to which column and back, worked out once at import.

Reading and writing rows is on the path of every message, so nothing here looks at a class while a row is converted.
Talks to gateway.domain and the tables.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from itertools import compress, count
from operator import attrgetter, ne
from typing import Any, Generic, TypeVar

from sqlalchemy import Table

from gateway.store.columns import KINDS, Dump, Load

N = TypeVar("N")
Row = Sequence[Any]
Convert = tuple[Dump, Load]
REMEMBERED = 1024  # nouns of one shape: about as many as are talked to in a busy minute, a few megabytes


class Shape(Generic[N]):
    """A frozen dataclass and its table, column for column. `special` overrides a conversion (called with None too).

    remember: keep the nouns met last beside their rows, so that an equal row is not converted again. What a row says decides
    alone, never when it was read, so nothing here can be out of date.
    """

    def __init__(
        self, noun: type[N], table: Table, *, special: Mapping[str, Convert] | None = None, key: str = "id",
        remember: bool = False,
    ) -> None:  # fmt: skip
        names = [column.name for column in table.columns]
        if names != (declared := [field.name for field in fields(noun)]):  # type: ignore[arg-type]
            raise TypeError(f"Table {table.name} has columns {names}, {noun.__name__} has {declared}.")
        self.table, self.key, self.width = table, key, len(names)
        self.columns = [table.c[name] for name in names]
        self._noun, self._values = noun, attrgetter(*names)
        self._dumps, self._loads = conversions(table, special or {})
        self._dump_at = dict(self._dumps)
        self._remember, self._known = remember, dict[Any, tuple[tuple[Any, ...], N]]()

    def dump(self, noun: N) -> list[Any]:
        """The row of a noun, in the order of the table's columns."""
        if self._remember and (known := self._known.get(getattr(noun, self.key))) is not None and known[1] is noun:
            return list(known[0])
        row = list(self._values(noun))
        for at, convert in self._dumps:
            row[at] = convert(row[at])
        if self._remember:
            self._keep(tuple(row), noun)
        return row

    def changes(self, noun: N, *, was: N) -> tuple[list[Any], Sequence[int]]:
        """The row of a noun and the places where it differs from what it was; nothing else is converted."""
        row, values = self.dump(was), self._values(noun)
        places = list(compress(count(), map(ne, self._values(was), values)))
        for at in places:
            row[at] = self._dump_at[at](values[at]) if at in self._dump_at else values[at]
        if self._remember:
            self._keep(tuple(row), noun)
        return row, places

    def load(self, row: Row, *, at: int = 0) -> N:
        """The noun in `row`, whose columns begin at a place."""
        if not self._remember:
            return self._made(row[at : at + self.width])
        own = tuple(row[at : at + self.width])
        known = self._known.get(own[0])
        if known is not None and known[0] == own:
            return known[1]
        noun = self._made(own)
        self._keep(own, noun)
        return noun

    def _made(self, row: Row) -> N:
        values = list(row)
        for place, convert in self._loads:
            values[place] = convert(values[place])
        return self._noun(*values)

    def _keep(self, row: tuple[Any, ...], noun: N) -> None:
        if row[0] not in self._known and len(self._known) >= REMEMBERED:
            del self._known[next(iter(self._known))]
        self._known[row[0]] = row, noun

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
