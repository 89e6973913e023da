"""The kinds of column the store knows, and how a value of each goes to and from the database.

Instants are microseconds since the epoch (UTC) in BIGINT, JSON and lists are TEXT, flags are 0 and 1: the same on both
engines, so that a dump of one can be read by eye next to a dump of the other. Talks to nobody.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import orjson
from sqlalchemy import BigInteger, Column, Double, Index, Integer, LargeBinary, SmallInteger, Text, literal_column
from sqlalchemy.sql.elements import ColumnElement
from sqlalchemy.types import TypeEngine

Dump = Callable[[Any], Any]
Load = Callable[[Any], Any]
NEVER = 1 << 62  # sorts after every instant, where an order needs a value instead of NULL


def micros(at: datetime) -> int:
    """An aware instant as microseconds since the epoch."""
    return round(at.timestamp() * 1_000_000)


def instant(value: int) -> datetime:
    """The inverse of micros, in UTC. A double holds microseconds exactly enough to round back until the year 2242."""
    return datetime.fromtimestamp(value / 1_000_000, UTC)


def dump_json(value: Any) -> str:
    """JSON text; mappings with other keys than str are refused by orjson."""
    return orjson.dumps(value, option=orjson.OPT_PASSTHROUGH_DATACLASS, default=_plain).decode()


def _plain(value: Any) -> Any:
    return sorted(value) if isinstance(value, (set, frozenset)) else dict(value)


def _text_tuple(value: str) -> tuple[Any, ...]:
    return tuple(orjson.loads(value))


KINDS: dict[str, tuple[Dump, Load]] = {
    "instant": (micros, instant),
    "json": (dump_json, orjson.loads),
    "list": (dump_json, _text_tuple),
    "set": (dump_json, lambda value: frozenset(orjson.loads(value))),
    "flag": (int, bool),
    "late": (lambda at: NEVER if at is None else micros(at), lambda value: None if value == NEVER else instant(value)),
}


def text(name: str, *, key: bool = False, null: bool = False) -> Column[Any]:
    """A string."""
    return _column(name, Text(), "", key=key, null=null)


def instant_(name: str, *, null: bool = False) -> Column[Any]:
    """A moment."""
    return _column(name, BigInteger(), "instant", null=null)


def json(name: str, *, null: bool = False, kind: str = "json") -> Column[Any]:
    """Any JSON; kind `list` loads as a tuple, `set` as a frozenset."""
    return _column(name, Text(), kind, null=null)


def flag(name: str, *, null: bool = False) -> Column[Any]:
    """True or false (or unknown, with null)."""
    return _column(name, SmallInteger(), "flag", null=null)


def whole(name: str, *, null: bool = False) -> Column[Any]:
    """A whole number."""
    return _column(name, BigInteger(), "", null=null)


def real(name: str, *, null: bool = False) -> Column[Any]:
    """A number with a fraction."""
    return _column(name, Double(), "", null=null)


def blob(name: str) -> Column[Any]:
    """Bytes."""
    return _column(name, LargeBinary(), "")


def late(name: str) -> Column[Any]:
    """A moment that sorts last when there is none: NEVER stands for it."""
    return _column(name, BigInteger(), "late")


def number(name: str) -> Column[Any]:
    """A number given by us that is the primary key."""
    return Column(name, BigInteger().with_variant(Integer(), "sqlite"), primary_key=True, autoincrement=False)


def serial(name: str) -> Column[Any]:
    """A number the database gives by itself."""
    kind = BigInteger().with_variant(Integer(), "sqlite")
    return Column(name, kind, primary_key=True, autoincrement=True)


def constant(value: str | int) -> ColumnElement[Any]:
    """A constant in the text of a statement, so that partial indexes are found; never anything from outside."""
    return literal_column(str(value) if isinstance(value, int) else "'" + value.replace("'", "''") + "'")


def partial(name: str, *columns: Any, where: ColumnElement[bool], unique: bool = False) -> Index:
    """An index over some of the rows. `where` must hold literals, not parameters."""
    return Index(name, *columns, unique=unique, sqlite_where=where, postgresql_where=where)


def _column(name: str, kind: TypeEngine[Any], as_: str, *, key: bool = False, null: bool = False) -> Column[Any]:
    return Column(name, kind, primary_key=key, nullable=null, info={"as": as_})
