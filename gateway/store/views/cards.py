"""One conversation with everything the card shows: contact, lead, line, channel, offer, earlier ones, what one may do."""

from __future__ import annotations

from datetime import timedelta
from functools import cache
from typing import Any

from sqlalchemy import bindparam, select

from gateway.domain import rows
from gateway.domain.conversation import WAITING, Conversation
from gateway.domain.errors import NotFound
from gateway.domain.ids import ConversationId
from gateway.domain.operator import Operator, Permission
from gateway.ports.views import Row, Scope
from gateway.store import tables as t
from gateway.store.columns import constant
from gateway.store.nouns import CONTACT, CONVERSATION, LEAD, LINE, OFFER, OPERATOR
from gateway.store.operators import GET as OPERATOR_BY_ID
from gateway.store.statements import Sql
from gateway.store.unit_of_work import Transaction
from gateway.store.views import inbox
from gateway.store.views.people import contact_row
from gateway.store.views.scope import ME, sees_conversation, values_of

_C = t.conversation
PREVIOUS_SHOWN = 20


@cache
def _card(sees_all: bool) -> Sql:
    statement = (
        select(
            *CONVERSATION.columns, *CONTACT.columns, *LEAD.columns, *LINE.columns, t.channel.c.id, t.channel.c.name,
            t.channel.c.kind,
        )
        .select_from(_C)
        .join(t.contact, t.contact.c.id == _C.c.contact_id)
        .outerjoin(t.lead, t.lead.c.id == _C.c.lead_id)
        .outerjoin(t.line, t.line.c.id == _C.c.line_id)
        .outerjoin(t.channel, t.channel.c.id == _C.c.channel_id)
    )  # fmt: skip
    sees = sees_conversation(inbox.ANYONE[0 if sees_all else 1])
    return Sql(statement.where(_C.c.id == bindparam("id"), sees))


@cache
def previous(sees_all: bool) -> Sql:
    """The contact's other conversations that the reader sees, newest first."""
    sees = sees_conversation(inbox.ANYONE[0 if sees_all else 1])
    statement = inbox.listed().where(_C.c.contact_id == bindparam("contact_id"), _C.c.id != bindparam("id"), sees)
    return Sql(statement.order_by(_C.c.number.desc()).limit(constant(PREVIOUS_SHOWN)))


MY_OFFER = Sql(
    select(*OFFER.columns)
    .where(t.offer.c.conversation_id == bindparam("id"), t.offer.c.operator_id == bindparam(ME), t.PENDING)
    .limit(constant(1))
)


async def conversation(transaction: Transaction, scope: Scope, id: ConversationId) -> Row:
    """The card. Raises NotFound for what the reader may not see."""
    given = values_of(scope) | {"id": id}
    found = await transaction.rows(_card(scope.lines is None), given)
    if not found:
        raise NotFound("There is no such conversation.")
    row, at = found[0], CONVERSATION.width
    this, contact = CONVERSATION.load(row), CONTACT.load(row, at=at)
    lead, line = LEAD.maybe(row, at=(at := at + CONTACT.width)), LINE.maybe(row, at=(at := at + LEAD.width))
    channel_id, channel_name, channel_kind = row[at + LINE.width :]
    offer = await transaction.maybe(MY_OFFER, OFFER, given)
    earlier = await transaction.rows(previous(scope.lines is None), given | {"contact_id": contact.id})
    reader = await transaction.maybe(OPERATOR_BY_ID, OPERATOR, {"id": scope.operator_id})
    own = rows.conversation_row(this, contact_name=contact.name)
    until = this.closed_at + timedelta(seconds=line.reopen_seconds(this.channel_kind)) if this.closed_at and line else None
    return own | {
        "contact": await contact_row(transaction, contact),
        "lead": rows.lead_row(lead, contact_name=contact.name) if lead else None,
        "line": {"id": this.line_id, "name": line.name if line else ""},
        "channel": {"id": channel_id or this.channel_id, "name": channel_name or "", "kind": channel_kind or this.channel_kind},
        "offer": rows.offer_row(offer, conversation=own) if offer else None,
        "previous": [inbox.show(one) for one in earlier],
        "can": may(this, reader, offered=offer is not None),
        "reopen_until": rows.stamp(until),
    }


def may(this: Conversation, by: Operator | None, *, offered: bool) -> dict[str, bool]:
    """What the buttons offer; the use cases decide for themselves and refuse what is not allowed."""
    if by is None or not by.active:
        return dict.fromkeys(MOVES, False)
    steer, held = by.may(Permission.STEER), this.operator_id == by.id
    answers, running = by.may(Permission.ANSWER), not this.ended
    rules: dict[str, Any] = {
        "reply": held and running and this.channel_kind != "pbx",
        "note": answers,
        "accept": offered and running,
        "decline": offered and running,
        "take": running and not held and (this.state in WAITING or steer),
        "assign": running and (held or steer),
        "close": running and (held or steer),
        "spam": running and (held or steer),
        "snooze": this.state == "active" and (held or steer),
        "wake": this.state == "snoozed" and (held or steer),
        "reopen": this.ended and this.state != "spam" and answers,
        "lead": answers,
        "decisions": steer,
    }
    return {move: bool(rules[move]) for move in MOVES}


MOVES = (
    "reply", "note", "accept", "decline", "take", "assign", "close", "spam", "snooze", "wake", "reopen", "lead", "decisions",
)  # fmt: skip
