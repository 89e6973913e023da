"""Changing contacts: by hand on the contact card, and who hears that one was changed.

May talk to: ports, domain, services.recognition.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from gateway.domain import rows
from gateway.domain.event import Event
from gateway.domain.ids import ContactId
from gateway.domain.inbound import Claim
from gateway.domain.operator import Operator
from gateway.ports.core import Core
from gateway.ports.store import UnitOfWork
from gateway.services.directory import Directory
from gateway.services.recognition import keep_claims


class Contacts:
    """The contact card's editing."""

    def __init__(self, core: Core, directory: Directory) -> None:
        self._core, self._directory = core, directory

    async def change(self, by: Operator, contact_id: ContactId, changes: Mapping[str, Any]) -> rows.Row:
        """Change name and fields, add an identity (unverified: typed by a colleague)."""

        async def work(uow: UnitOfWork) -> rows.Row:
            contact = await uow.contacts.get(contact_id)
            fields = {k: v for k, v in {**contact.fields, **changes.get("fields", {})}.items() if v not in (None, "")}
            changed = replace(contact, name=changes.get("name", contact.name), fields=fields)
            await uow.contacts.save(changed)
            if added := changes.get("add_identity"):
                claim = Claim(added["kind"], added["value"], verified=False)
                await keep_claims(uow, self._core, contact_id, [claim], evidence=f"operator:{by.id}")
            row = rows.contact_row(changed, identities=await uow.contacts.identities(contact_id))
            await tell_of_contact(uow, row, actor=by.id, at=self._core.clock.now())
            return row

        return await self._core.store.run(work)


async def tell_of_contact(uow: UnitOfWork, row: rows.Row, *, actor: str, at: datetime) -> None:
    """A contact belongs to no line: everybody hears of it who has a conversation or a lead of theirs."""
    circle = await uow.contacts.circle(ContactId(row["id"]))
    data = {"contact": row, "lines": sorted(circle.lines), "people": sorted(circle.people)}
    uow.emit(Event("contact.updated", at, actor, data))
