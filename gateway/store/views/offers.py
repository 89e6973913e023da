"""Offers that wait for the reader, and why people were asked (for supervisors)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import bindparam, select

from gateway.domain import rows
from gateway.domain.errors import NotFound
from gateway.domain.ids import ConversationId
from gateway.domain.offer import Offer
from gateway.ports.views import Row, Scope
from gateway.store import tables as t
from gateway.store.columns import constant
from gateway.store.nouns import CONVERSATION, OFFER, OPERATOR
from gateway.store.operators import ALL as OPERATORS
from gateway.store.statements import Sql
from gateway.store.unit_of_work import Transaction
from gateway.store.views.inbox import ANYONE, show
from gateway.store.views.scope import ME, sees_conversation, values_of

SHOWN = 100
MINE = Sql(
    select(*OFFER.columns, *CONVERSATION.columns, t.contact.c.name)
    .select_from(t.offer)
    .join(t.conversation, t.conversation.c.id == t.offer.c.conversation_id)
    .join(t.contact, t.contact.c.id == t.conversation.c.contact_id)
    .where(t.offer.c.operator_id == bindparam(ME), t.PENDING)
    .order_by(t.offer.c.until, t.offer.c.id)
)


@cache
def _of(sees_all: bool) -> Sql:
    sees = sees_conversation(ANYONE[0 if sees_all else 1])
    joined = select(*OFFER.columns).join(t.conversation, t.conversation.c.id == t.offer.c.conversation_id)
    statement = joined.where(t.offer.c.conversation_id == bindparam("id"), sees)
    return Sql(statement.order_by(t.offer.c.made_at.desc(), t.offer.c.id.desc()).limit(constant(SHOWN)))


@cache
def _seen(sees_all: bool) -> Sql:
    sees = sees_conversation(ANYONE[0 if sees_all else 1])
    return Sql(select(t.conversation.c.id).where(t.conversation.c.id == bindparam("id"), sees))


async def offers(transaction: Transaction, scope: Scope) -> Sequence[Row]:
    """Those made to the reader, the most urgent first."""
    found = await transaction.rows(MINE, values_of(scope))
    return [rows.offer_row(OFFER.load(row), conversation=dict(show(row[OFFER.width :]))) for row in found]


async def decisions(transaction: Transaction, scope: Scope, id: ConversationId) -> Sequence[Row]:
    """Every offer of a conversation with its candidates, newest first. Raises NotFound."""
    given = values_of(scope) | {"id": id}
    if not await transaction.rows(_seen(scope.lines is None), given):
        raise NotFound("There is no such conversation.")
    made = await transaction.all(_of(scope.lines is None), OFFER, given)
    names = {one.id: one.name for one in await transaction.all(OPERATORS, OPERATOR, {})}
    return [_decision(offer, names) for offer in made]


def _decision(offer: Offer, names: Mapping[Any, str]) -> Row:
    return {
        "offer": rows.offer_row(offer),
        "rule": offer.decision.get("rule", ""),
        "by": offer.decision.get("by"),
        "candidates": [
            {"name": names.get(one.get("operator_id"), ""), "load": 0, "limit": 0, **one}
            for one in offer.decision.get("candidates", ())
        ],
    }
