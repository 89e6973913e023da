"""Pages by key: a cursor is the key of the last row seen, opaque to the reader; nothing is ever counted off."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import ColumnElement, Select, bindparam, tuple_

from gateway.domain.errors import Rejected
from gateway.ports.views import Page, Row
from gateway.store.connection import Rows

LONGEST = 200
Keys = Sequence[ColumnElement[Any]]


@dataclass(frozen=True, slots=True)
class Asked:
    """Which page of what a reader asks for."""

    query: str
    cursor: str | None
    limit: int


def ordered(statement: Select[Any], keys: Keys, *, newest_first: bool, further: bool) -> Select[Any]:
    """The statement in the order of its keys, after the cursor's (parameters key_0, key_1 …), with the keys selected last."""
    if further:
        here = tuple_(*keys)
        last = tuple_(*(bindparam(f"key_{place}", type_=key.type) for place, key in enumerate(keys)))
        statement = statement.where(here < last if newest_first else here > last)
    order = [key.desc() if newest_first else key.asc() for key in keys]
    return statement.add_columns(*keys).order_by(*order).limit(bindparam("limit"))


def values_of(asked: Asked, *, keys: int) -> dict[str, Any]:
    """The parameters of `ordered`. One more row than asked shows whether there is a next page. Raises Rejected."""
    values: dict[str, Any] = {"limit": min(max(1, asked.limit), LONGEST) + 1}
    if asked.cursor is not None:
        values |= {f"key_{place}": value for place, value in enumerate(_open(asked.cursor, keys))}
    return values


def page_of(rows: Rows, show: Callable[[Sequence[Any]], Row], *, limit: int, keys: int) -> Page:
    """The rows shown, and the cursor if there were more."""
    limit = min(max(1, limit), LONGEST)
    shown = [show(row) for row in rows[:limit]]
    return Page(shown, _seal(list(rows[limit - 1][-keys:])) if len(rows) > limit else None)


def _seal(key: list[Any]) -> str:
    return base64.urlsafe_b64encode(orjson.dumps(key)).rstrip(b"=").decode()


def _open(cursor: str, keys: int) -> list[Any]:
    try:
        found = orjson.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, binascii.Error):
        found = None
    if not isinstance(found, list) or len(found) != keys or not all(isinstance(one, int | str) for one in found):
        raise Rejected("This cursor is not one of ours; begin again without it.", code="bad_cursor")
    return found
