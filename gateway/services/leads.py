"""Changing leads and contacts by hand: fields, stages, responsible person, further identities.

May talk to: ports, domain.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from gateway.domain import rows
from gateway.domain.errors import Rejected
from gateway.domain.event import Event
from gateway.domain.ids import ContactId, LeadId
from gateway.domain.inbound import Claim
from gateway.domain.lead import ENDED, STAGES
from gateway.domain.operator import Operator
from gateway.ports.core import Core
from gateway.ports.store import UnitOfWork
from gateway.services.directory import Directory
from gateway.services.recognition import keep_claims

LEAD_FIELDS = frozenset({"title", "stage", "responsible_id", "value", "currency", "next_step", "next_step_at"})


class Leads:
    """The lead card's editing."""

    def __init__(self, core: Core, directory: Directory) -> None:
        self._core, self._directory = core, directory

    async def change(self, by: Operator, lead_id: LeadId, changes: Mapping[str, Any], version: int) -> rows.Row:
        """Change named fields. Raises Rejected (unknown stage, field or person), Conflict (the version moved on)."""
        unknown = set(changes) - LEAD_FIELDS
        if unknown:
            raise Rejected(f"A lead has no field {', '.join(sorted(unknown))}.", code="unknown_field")
        if "stage" in changes and changes["stage"] not in STAGES:
            raise Rejected(f"There is no stage “{changes['stage']}”; use one of {', '.join(STAGES)}.", code="unknown_stage")
        if changes.get("responsible_id"):
            self._directory.operator(changes["responsible_id"])

        async def work(uow: UnitOfWork) -> rows.Row:
            lead = await uow.leads.get(lead_id)
            now = self._core.clock.now()
            changed = replace(lead, **changes, updated_at=now)
            changed = replace(changed, ended_at=_ended_at(lead.ended_at, changed.stage, now))
            await uow.leads.save(changed, expected_version=version)
            contact = await uow.contacts.get(changed.contact_id)
            row = rows.lead_row(replace(changed, version=version + 1), contact_name=contact.name)
            before = {name: rows.lead_row(lead, contact_name="").get(name) for name in changes}
            data = {"lead": row, "before": before}
            uow.emit(Event("lead.updated", now, by.id, data, line_id=lead.line_id, lead_id=lead.id))
            return row

        return await self._core.store.run(work)


def _ended_at(before: datetime | None, stage: str, now: datetime) -> datetime | None:
    return (before or now) if stage in ENDED else None


async def tell_of_contact(uow: UnitOfWork, row: rows.Row, *, actor: str, at: datetime) -> None:
    """A contact belongs to no line: everybody hears of it who has a conversation or a lead of theirs."""
    circle = await uow.contacts.circle(ContactId(row["id"]))
    data = {"contact": row, "lines": sorted(circle.lines), "people": sorted(circle.people)}
    uow.emit(Event("contact.updated", at, actor, data))


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
