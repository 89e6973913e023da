"""Leads for the register and the card with its timeline."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from sqlalchemy import bindparam, select

from gateway.domain import rows
from gateway.domain.errors import NotFound
from gateway.domain.ids import LeadId
from gateway.ports.views import Page, Row, Scope
from gateway.store import tables as t
from gateway.store.columns import constant
from gateway.store.nouns import CONTACT, LEAD
from gateway.store.statements import Sql
from gateway.store.unit_of_work import Transaction
from gateway.store.views import inbox, paging, search, timeline
from gateway.store.views.calls import calls_of_lead
from gateway.store.views.paging import Asked
from gateway.store.views.people import contact_row
from gateway.store.views.scope import sees_conversation, sees_lead, values_of

SHOWN = 50


@cache
def _list(sees_all: bool, staged: bool, searched: bool, further: bool) -> Sql:
    statement = select(*LEAD.columns, t.contact.c.name).outerjoin(t.contact, t.contact.c.id == t.lead.c.contact_id)
    statement = statement.where(sees_lead(inbox.ANYONE[0 if sees_all else 1]))
    if staged:
        statement = statement.where(t.lead.c.stage == bindparam("stage"))
    if searched:
        statement = statement.where(search.in_lead())
    return Sql(paging.ordered(statement, (t.lead.c.number,), newest_first=True, further=further))


@cache
def _one(sees_all: bool) -> Sql:
    statement = select(*LEAD.columns, *CONTACT.columns).join(t.contact, t.contact.c.id == t.lead.c.contact_id)
    return Sql(statement.where(t.lead.c.id == bindparam("id"), sees_lead(inbox.ANYONE[0 if sees_all else 1])))


@cache
def _conversations(sees_all: bool) -> Sql:
    sees = sees_conversation(inbox.ANYONE[0 if sees_all else 1])
    statement = inbox.listed().where(t.conversation.c.lead_id == bindparam("id"), sees)
    return Sql(statement.order_by(t.conversation.c.number.desc()).limit(constant(SHOWN)))


async def leads(transaction: Transaction, scope: Scope, *, stage: str | None, asked: Asked) -> Page:
    """Newest first."""
    found = search.values_of(asked.query)
    given = values_of(scope) | found | paging.values_of(asked, keys=1) | {"stage": stage}
    sql = _list(scope.lines is None, stage is not None, bool(found), asked.cursor is not None)
    return paging.page_of(await transaction.rows(sql, given), _show, limit=asked.limit, keys=1)


async def lead(transaction: Transaction, scope: Scope, id: LeadId) -> Row:
    """One lead with its contact, conversations, calls and timeline. Raises NotFound for what the reader may not see."""
    given = values_of(scope) | {"id": id}
    found = await transaction.rows(_one(scope.lines is None), given)
    if not found:
        raise NotFound("There is no such lead.")
    this, contact = LEAD.load(found[0]), CONTACT.load(found[0], at=LEAD.width)
    conversations = [inbox.show(row) for row in await transaction.rows(_conversations(scope.lines is None), given)]
    calls = await calls_of_lead(transaction, scope, id, limit=SHOWN)
    return rows.lead_row(this, contact_name=contact.name) | {
        "contact": await contact_row(transaction, contact),
        "conversations": conversations,
        "calls": calls,
        "timeline": await timeline.of_lead(transaction, this, conversations=conversations, calls=calls),
    }


def _show(row: Sequence[Any]) -> Row:
    return rows.lead_row(LEAD.load(row), contact_name=row[LEAD.width] or "")
