"""Leads in the database. Implements ports.store.Leads."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import bindparam, select

from gateway.domain.errors import Conflict
from gateway.domain.ids import ContactId, LeadId
from gateway.domain.lead import ENDED, Lead
from gateway.store import tables as t
from gateway.store.columns import constant
from gateway.store.nouns import LEAD
from gateway.store.statements import Sql
from gateway.store.unit_of_work import Transaction

GET = Sql(select(*LEAD.columns).where(t.lead.c.id == bindparam("id")))
LOCK = Sql(
    select(*LEAD.columns)
    .where(t.lead.c.id == bindparam("id"), t.lead.c.version == bindparam("version"))
    .with_for_update(key_share=True)
)
OPEN_OF = Sql(
    select(*LEAD.columns)
    .where(t.lead.c.contact_id == bindparam("contact_id"))
    .where(t.lead.c.stage.not_in([constant(stage) for stage in sorted(ENDED)]))
    .order_by(t.lead.c.number.desc())
    .limit(constant(1))
)


class SqlLeads:
    """Implements ports.store.Leads."""

    def __init__(self, transaction: Transaction) -> None:
        self._t = transaction

    async def get(self, id: LeadId) -> Lead:
        """Raises NotFound."""
        return await self._t.one(GET, LEAD, {"id": id})

    async def open_of(self, contact_id: ContactId) -> Lead | None:
        """The newest open lead of this contact."""
        return await self._t.maybe(OPEN_OF, LEAD, {"contact_id": contact_id})

    async def add(self, lead: Lead) -> None:
        """A new one."""
        self._t.pending.add(LEAD, lead)

    async def save(self, lead: Lead, *, expected_version: int | None = None) -> None:
        """Raises Conflict if the stored version is another; version grows by one."""
        if expected_version is not None:
            if not await self._t.rows(LOCK, {"id": lead.id, "version": expected_version}):
                await self.get(lead.id)
                raise Conflict("The lead was changed meanwhile.")
            lead = replace(lead, version=expected_version)
        self._t.pending.save(LEAD, replace(lead, version=lead.version + 1))
