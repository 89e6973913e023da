"""Contacts as rows, with how they can be reached."""

from __future__ import annotations

from gateway.domain import rows
from gateway.domain.contact import Contact
from gateway.ports.views import Row
from gateway.store.contacts import IDENTITIES
from gateway.store.nouns import IDENTITY
from gateway.store.unit_of_work import Transaction


async def contact_row(transaction: Transaction, contact: Contact) -> Row:
    """A contact with its identities."""
    return rows.contact_row(contact, identities=await transaction.all(IDENTITIES, IDENTITY, {"id": contact.id}))
