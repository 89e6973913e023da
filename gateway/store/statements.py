"""A statement of SQLAlchemy Core, compiled once per engine to text and then run by the driver itself (docs/adr/0002).

`is_in` is the only construct of our own: a list is one parameter on both engines. Bulk writes are
texts made from the table alone. Talks to nobody.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import orjson
from sqlalchemy import ARRAY, BigInteger, Boolean, Table, Text, bindparam
from sqlalchemy.dialects import sqlite
from sqlalchemy.dialects.postgresql import asyncpg, insert
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql import visitors
from sqlalchemy.sql.elements import BindParameter, ColumnElement

from gateway.store.writes import Write

Engine = Literal["sqlite", "postgresql"]
DIALECTS: dict[Engine, Any] = {
    "sqlite": sqlite.dialect(paramstyle="qmark"),
    "postgresql": asyncpg.dialect(),  # type: ignore[no-untyped-call]
}


class is_in(ColumnElement[bool]):  # noqa: N801 - reads like the column's own `in_`
    """`column IN (all values of one list parameter)`."""

    inherit_cache = False
    _is_implicitly_boolean = True
    __visit_name__ = "is_in"
    type = Boolean()

    def __init__(self, column: ColumnElement[Any], name: str) -> None:
        self.column = column
        item = BigInteger() if isinstance(column.type, BigInteger) else Text()
        self.bind: BindParameter[Any] = bindparam(name, type_=item)
        self.array: BindParameter[Any] = bindparam(name, type_=ARRAY(item))
        self.bind_name = name


@compiles(is_in, "sqlite")
def _in_sqlite(element: is_in, compiler: Any, **kw: Any) -> str:
    column, values = compiler.process(element.column, **kw), compiler.process(element.bind, **kw)
    return f"{column} IN (SELECT value FROM json_each({values}))"


@compiles(is_in, "postgresql")
def _in_postgresql(element: is_in, compiler: Any, **kw: Any) -> str:
    return f"{compiler.process(element.column, **kw)} = ANY({compiler.process(element.array, **kw)})"


class Sql:
    """One statement. `tables` are those it reads or writes: pending writes to them go first."""

    __slots__ = ("_compiled", "_statement", "tables")

    def __init__(self, statement: Any) -> None:
        self._statement = statement
        self._compiled: dict[Engine, tuple[str, list[tuple[str, Any]]]] = {}
        self.tables = _tables(statement)

    def text(self, engine: Engine) -> tuple[str, list[tuple[str, Any]]]:
        """The text and the parameters it takes in order, each with its default."""
        ready = self._compiled.get(engine)
        if ready is None:
            compiled = self._statement.compile(dialect=DIALECTS[engine])
            slots = [(name, compiled.params.get(name)) for name in compiled.positiontup or ()]
            ready = self._compiled[engine] = (str(compiled), slots)
        return ready

    def bound(self, engine: Engine, given: Mapping[str, Any]) -> tuple[str, list[Any]]:
        """Text and positional values."""
        text, slots = self.text(engine)
        values = [given.get(name, default) for name, default in slots]
        if engine == "sqlite":
            values = [orjson.dumps(v).decode() if isinstance(v, list) else v for v in values]
        return text, values


def upsert(table: Table, *, unique: Sequence[str]) -> Sql:
    """Insert one row or replace the one with the same `unique` columns; parameters are named like the columns."""
    names = [column.name for column in table.columns]
    statement = insert(table).values({name: bindparam(name) for name in names})
    rest = {name: statement.excluded[name] for name in names if name not in unique and name != "id"}
    return Sql(statement.on_conflict_do_update(index_elements=[table.c[name] for name in unique], set_=rest))


def _tables(statement: Any) -> frozenset[str]:
    """Read or written, and those that a written one belongs to."""
    found = {one for one in visitors.iterate(statement) if isinstance(one, Table)}
    target = getattr(statement, "table", None)
    if isinstance(target, Table):
        found |= {target} | {key.column.table for key in target.foreign_keys}
    return frozenset(one.name for one in found)


def insert_text(table: Table, *, engine: Engine, conflict: Sequence[str] = (), start: int = 1) -> str:
    """Insert one row; with `conflict` replace the one that has the same values in those columns."""
    names = [column.name for column in table.columns]
    marks = ", ".join("?" if engine == "sqlite" else f"${i}" for i in range(start, len(names) + start))
    return f"INSERT INTO {_q(table.name)} ({_list(names)}) VALUES ({marks}){_replace(names, conflict)}"


def insert_many_text(table: Table, *, conflict: Sequence[str] = (), start: int = 1) -> str:
    """PostgreSQL: insert many rows from one array per column."""
    names = [column.name for column in table.columns]
    return (
        f"INSERT INTO {_q(table.name)} ({_list(names)}) SELECT * FROM UNNEST({_arrays(table, names, start)})"
        f"{_replace(names, conflict)}"
    )


def update_text(write: Write, *, engine: Engine, start: int = 1) -> str:
    """Set the changed columns of one row; the key is the last parameter."""
    marks = ["?" if engine == "sqlite" else f"${i}" for i in range(start, len(write.columns) + start + 1)]
    sets = ", ".join(f"{_q(name)} = {mark}" for name, mark in zip(write.columns, marks, strict=False))
    return f"UPDATE {_q(write.table.name)} SET {sets} WHERE {_q(write.key)} = {marks[-1]}"


def update_many_text(write: Write, *, start: int = 1) -> str:
    """PostgreSQL: set the changed columns of many rows from one array per column."""
    names, key = [*write.columns, write.key], _q(write.key)
    sets = ", ".join(f"{_q(name)} = u.{_q(name)}" for name in write.columns)
    source = f"UNNEST({_arrays(write.table, names, start)}) AS u ({_list(names)})"
    return f"UPDATE {_q(write.table.name)} AS t SET {sets} FROM {source} WHERE t.{key} = u.{key}"


def _replace(names: Sequence[str], conflict: Sequence[str]) -> str:
    if not conflict:
        return ""
    sets = ", ".join(f"{_q(name)} = excluded.{_q(name)}" for name in names if name not in conflict and name != "id")
    return f" ON CONFLICT ({_list(conflict)}) DO UPDATE SET {sets}"


def _arrays(table: Table, names: Sequence[str], start: int) -> str:
    types = (table.c[name].type.compile(dialect=DIALECTS["postgresql"]) for name in names)
    return ", ".join(f"${i}::{kind}[]" for i, kind in enumerate(types, start))


def _list(names: Sequence[str]) -> str:
    return ", ".join(map(_q, names))


def _q(name: str) -> str:
    return f'"{name}"'
