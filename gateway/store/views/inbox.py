"""The inbox's lists and counts. Every statement takes the reader's Scope from views.scope."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, case, func, select

from gateway.domain import rows
from gateway.domain.ids import LineId, OperatorId
from gateway.ports.views import Page, Row, Scope, Tab
from gateway.store import tables as t
from gateway.store.columns import NEVER, constant
from gateway.store.nouns import CONVERSATION
from gateway.store.statements import Sql
from gateway.store.unit_of_work import Transaction
from gateway.store.views import paging, search
from gateway.store.views.paging import Asked
from gateway.store.views.scope import ME, sees_conversation, values_of

_C, _Q = t.conversation, t.queue
OPEN = _C.c.closed_at.is_(None)
WAITING = _C.c.state.in_((constant("queued"), constant("offered")))
TABS: dict[Tab, ColumnElement[bool]] = {
    "mine": (_C.c.operator_id == bindparam(ME)) & OPEN,
    "waiting": WAITING & OPEN,
    "all": OPEN,
    "closed": _C.c.closed_at.is_not(None),
}
KEYS: dict[Tab, tuple[ColumnElement[Any], ...]] = {
    "mine": (func.coalesce(_C.c.waiting_since, constant(NEVER)), _C.c.id),
    "waiting": (
        constant(0) - func.coalesce(_Q.c.priority, _C.c.priority), func.coalesce(_Q.c.due_at, constant(NEVER)),
        func.coalesce(_Q.c.enqueued_at, _C.c.opened_at), _C.c.id,
    ),
    "all": (t.LATEST, _C.c.id),
    "closed": (_C.c.closed_at, _C.c.id),
}  # fmt: skip
NEWEST_FIRST: frozenset[Tab] = frozenset({"all", "closed"})
ANYONE = (Scope(OperatorId(""), None), Scope(OperatorId(""), frozenset()))  # stand for all scopes of their kind


async def inbox(transaction: Transaction, scope: Scope, *, tab: Tab, line_id: LineId | None, asked: Asked) -> Page:
    """A page of one tab."""
    found = search.values_of(asked.query)
    keys = len(KEYS[tab])
    sql = _list(tab, scope.lines is None, line_id is not None, bool(found), asked.cursor is not None)
    given = values_of(scope) | found | paging.values_of(asked, keys=keys) | {"line_id": line_id}
    return paging.page_of(await transaction.rows(sql, given), show, limit=asked.limit, keys=keys)


def show(row: Sequence[Any]) -> Row:
    """A conversation followed by its contact's name, as a row of a list."""
    return rows.conversation_row(CONVERSATION.load(row), contact_name=row[CONVERSATION.width])


def listed() -> Select[Any]:
    """Conversations with their contacts' names, as `show` takes them."""
    return select(*CONVERSATION.columns, t.contact.c.name).join(t.contact, t.contact.c.id == _C.c.contact_id)


@cache
def _list(tab: Tab, sees_all: bool, one_line: bool, searched: bool, further: bool) -> Sql:
    statement = listed().where(TABS[tab], sees_conversation(ANYONE[0 if sees_all else 1]))
    if tab == "waiting":
        statement = statement.outerjoin(_Q, _Q.c.conversation_id == _C.c.id)
    if one_line:
        statement = statement.where(_C.c.line_id == bindparam("line_id"))
    if searched:
        statement = statement.where(search.in_conversation())
    return Sql(paging.ordered(statement, KEYS[tab], newest_first=tab in NEWEST_FIRST, further=further))


@cache
def _counts(sees_all: bool) -> Sql:
    mine, waiting, one, none = TABS["mine"], TABS["waiting"], constant(1), constant(0)
    unread = mine & (_C.c.unread > none)

    def many(condition: ColumnElement[bool]) -> ColumnElement[Any]:
        return func.coalesce(func.sum(case((condition, one), else_=none)), none)

    statement = select(many(mine), many(unread), many(waiting), func.count())
    return Sql(statement.select_from(_C).where(OPEN, sees_conversation(ANYONE[0 if sees_all else 1])))


OFFERS = Sql(select(func.count()).select_from(t.offer).where(t.PENDING, t.offer.c.operator_id == bindparam(ME)))
QUARANTINE = Sql(select(func.count()).select_from(t.raw).where(t.raw.c.state == constant("quarantined")))


async def counts(transaction: Transaction, scope: Scope) -> dict[str, Any]:
    """How long the tabs are, and what lies in quarantine."""
    given = values_of(scope)
    row = (await transaction.rows(_counts(scope.lines is None), given))[0]
    mine, unread, waiting, everything = (int(value) for value in row)
    offers = (await transaction.rows(OFFERS, given))[0][0]
    quarantine = (await transaction.rows(QUARANTINE, given))[0][0]
    return {
        "mine": mine, "mine_unread": unread, "waiting": waiting, "all": everything, "offers": offers, "quarantine": quarantine,
    }  # fmt: skip
