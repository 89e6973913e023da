"""Contacts as rows, with how they can be reached, and the card with their conversations."""

from __future__ import annotations

from functools import cache

from sqlalchemy import bindparam, or_, select

from gateway.domain import rows
from gateway.domain.contact import Contact
from gateway.domain.errors import NotFound
from gateway.domain.ids import ContactId
from gateway.ports.views import Row, Scope
from gateway.store import tables as t
from gateway.store.columns import constant
from gateway.store.contacts import IDENTITIES
from gateway.store.nouns import CONTACT, IDENTITY
from gateway.store.statements import Sql
from gateway.store.unit_of_work import Transaction
from gateway.store.views import inbox
from gateway.store.views.scope import sees_conversation, sees_lead, values_of

SHOWN = 100


async def contact_row(transaction: Transaction, contact: Contact) -> Row:
    """A contact with its identities."""
    return rows.contact_row(contact, identities=await transaction.all(IDENTITIES, IDENTITY, {"id": contact.id}))


@cache
def _one(sees_all: bool) -> Sql:
    statement = select(*CONTACT.columns).where(t.contact.c.id == bindparam("id"))
    if sees_all:
        return Sql(statement)
    nobody = inbox.ANYONE[1]
    spoken = select(constant(1)).where(t.conversation.c.contact_id == t.contact.c.id, sees_conversation(nobody))
    led = select(constant(1)).where(t.lead.c.contact_id == t.contact.c.id, sees_lead(nobody))
    return Sql(statement.where(or_(spoken.correlate(t.contact).exists(), led.correlate(t.contact).exists())))


@cache
def _conversations(sees_all: bool) -> Sql:
    sees = sees_conversation(inbox.ANYONE[0 if sees_all else 1])
    statement = inbox.listed().where(t.conversation.c.contact_id == bindparam("id"), sees)
    return Sql(statement.order_by(t.conversation.c.number.desc()).limit(constant(SHOWN)))


async def contact(transaction: Transaction, scope: Scope, id: ContactId) -> Row:
    """The card. Raises NotFound for whom the reader has nothing to do with."""
    given = values_of(scope) | {"id": id}
    found = await transaction.maybe(_one(scope.lines is None), CONTACT, given)
    if found is None:
        raise NotFound("There is no such contact.")
    spoken = await transaction.rows(_conversations(scope.lines is None), given)
    return {**await contact_row(transaction, found), "conversations": [inbox.show(row) for row in spoken]}
