"""Calls for the list and the card, each with its recordings."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, select

from gateway.domain import rows
from gateway.domain.call import Recording
from gateway.domain.errors import NotFound
from gateway.domain.ids import CallId
from gateway.ports.views import Page, Row, Scope
from gateway.store import tables as t
from gateway.store.connection import Rows
from gateway.store.nouns import CALL, RECORDING
from gateway.store.statements import Sql
from gateway.store.unit_of_work import Transaction
from gateway.store.views import paging, search
from gateway.store.views.inbox import ANYONE
from gateway.store.views.paging import Asked
from gateway.store.views.scope import sees_call, values_of
from gateway.store.views.threads import RECORDINGS


def listed(sees_all: bool) -> Select[Any]:
    """Calls the reader sees, with their contacts' names."""
    joined = select(*CALL.columns, t.contact.c.name).outerjoin(t.contact, t.contact.c.id == t.call.c.contact_id)
    return joined.where(sees_call(ANYONE[0 if sees_all else 1]))


@cache
def _list(sees_all: bool, searched: bool, further: bool) -> Sql:
    statement = listed(sees_all)
    if searched:
        statement = statement.where(search.in_call())
    return Sql(paging.ordered(statement, (t.call.c.id,), newest_first=True, further=further))


@cache
def _one(sees_all: bool) -> Sql:
    return Sql(listed(sees_all).where(t.call.c.id == bindparam("id")))


@cache
def _of_lead(sees_all: bool) -> Sql:
    return Sql(
        listed(sees_all).where(t.call.c.lead_id == bindparam("id")).order_by(t.call.c.id.desc()).limit(bindparam("limit"))
    )


async def calls(transaction: Transaction, scope: Scope, *, asked: Asked) -> Page:
    """Newest first."""
    found = search.values_of(asked.query)
    given = values_of(scope) | found | paging.values_of(asked, keys=1)
    rows_ = await transaction.rows(_list(scope.lines is None, bool(found), asked.cursor is not None), given)
    sounds = await _recordings(transaction, rows_)
    return paging.page_of(rows_, lambda row: _show(row, sounds), limit=asked.limit, keys=1)


async def call(transaction: Transaction, scope: Scope, id: CallId) -> Row:
    """One call. Raises NotFound for what the reader may not see."""
    found = await transaction.rows(_one(scope.lines is None), values_of(scope) | {"id": id})
    if not found:
        raise NotFound("There is no such call.")
    return _show(found[0], await _recordings(transaction, found))


async def calls_of_lead(transaction: Transaction, scope: Scope, lead_id: str, *, limit: int) -> list[Row]:
    """Those of a lead that the reader sees, newest first."""
    given = values_of(scope) | {"id": lead_id, "limit": limit}
    found = await transaction.rows(_of_lead(scope.lines is None), given)
    sounds = await _recordings(transaction, found)
    return [_show(row, sounds) for row in found]


async def _recordings(transaction: Transaction, found: Rows) -> dict[str, list[Recording]]:
    sounds: dict[str, list[Recording]] = {}
    if found:
        for sound in await transaction.all(RECORDINGS, RECORDING, {"ids": [row[0] for row in found]}):
            sounds.setdefault(sound.call_id, []).append(sound)
    return sounds


def _show(row: Sequence[Any], sounds: dict[str, list[Recording]]) -> Row:
    this = CALL.load(row)
    return rows.call_row(this, contact_name=row[CALL.width] or "", recordings=sounds.get(this.id, ()))
