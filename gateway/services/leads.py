"""Changing leads by hand: fields, stages, responsible person.

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
from gateway.domain.ids import LeadId
from gateway.domain.lead import ENDED, STAGES
from gateway.domain.operator import Operator
from gateway.ports.core import Core
from gateway.ports.store import UnitOfWork
from gateway.services.directory import Directory

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
