"""Contacts and identities in the database. Implements ports.store.Contacts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import bindparam, select
from sqlalchemy.dialects.postgresql import insert

from gateway.domain.contact import Contact, Identity
from gateway.domain.ids import ContactId
from gateway.domain.inbound import Claim
from gateway.ports.records import Circle
from gateway.store import tables as t
from gateway.store.nouns import CONTACT, IDENTITY
from gateway.store.statements import Sql, is_in
from gateway.store.unit_of_work import Transaction

GET = Sql(select(*CONTACT.columns).where(t.contact.c.id == bindparam("id")))
SOME = Sql(select(*CONTACT.columns).where(is_in(t.contact.c.id, "ids")))
FIND = Sql(
    select(*CONTACT.columns, *IDENTITY.columns)
    .join(t.identity, t.identity.c.contact_id == t.contact.c.id)
    .where(is_in(t.identity.c.value, "values"), is_in(t.identity.c.kind, "kinds"))
    .order_by(t.identity.c.verified.desc(), t.identity.c.created_at, t.identity.c.id)
)
IDENTITIES = Sql(select(*IDENTITY.columns).where(t.identity.c.contact_id == bindparam("id")).order_by(t.identity.c.id))
_C, _L = t.conversation, t.lead
CIRCLE = Sql(
    select(_C.c.line_id, _C.c.operator_id)
    .where(_C.c.contact_id == bindparam("id"))
    .union(select(_L.c.line_id, _L.c.responsible_id).where(_L.c.contact_id == bindparam("id")))
)
_ADD = insert(t.identity).values({column.name: bindparam(column.name) for column in t.identity.columns})
ADD_IDENTITY = Sql(
    _ADD.on_conflict_do_update(
        index_elements=[t.identity.c.contact_id, t.identity.c.kind, t.identity.c.value],
        set_={"verified": _ADD.excluded.verified, "evidence": _ADD.excluded.evidence},
        where=t.identity.c.verified < _ADD.excluded.verified,
    )
)
Found = tuple[Contact, Identity]


class SqlContacts:
    """Implements ports.store.Contacts."""

    def __init__(self, transaction: Transaction) -> None:
        self._t = transaction

    async def get(self, id: ContactId) -> Contact:
        """Raises NotFound."""
        return await self._t.one(GET, CONTACT, {"id": id})

    async def add(self, contact: Contact) -> None:
        """A new one."""
        self._t.pending.add(CONTACT, contact)

    async def save(self, contact: Contact) -> None:
        """A changed one."""
        self._t.pending.save(CONTACT, contact)

    async def find(self, claims: Sequence[Claim]) -> Mapping[Claim, Found]:
        """Who is known by these; verified before unverified, then the oldest; merged contacts are followed."""
        if not claims:
            return {}
        given = {"values": [claim.value for claim in claims], "kinds": sorted({claim.kind for claim in claims})}
        known: dict[tuple[str, str], Found] = {}
        for row in await self._t.rows(FIND, given):
            identity = IDENTITY.load(row, at=CONTACT.width)
            known.setdefault((identity.kind, identity.value), (CONTACT.load(row), identity))
        found = {claim: known[claim.kind, claim.value] for claim in claims if (claim.kind, claim.value) in known}
        return await self._followed(found)

    async def circle(self, id: ContactId) -> Circle:
        """Of all their conversations and leads."""
        found = await self._t.rows(CIRCLE, {"id": id})
        return Circle(frozenset(row[0] for row in found if row[0]), frozenset(row[1] for row in found if row[1]))

    async def identities(self, id: ContactId) -> Sequence[Identity]:
        """All of a contact, oldest first."""
        return await self._t.all(IDENTITIES, IDENTITY, {"id": id})

    async def add_identity(self, identity: Identity) -> None:
        """The same (contact, kind, value) again is harmless; verified=True upgrades."""
        names = (column.name for column in t.identity.columns)
        self._t.pending.later(ADD_IDENTITY, dict(zip(names, IDENTITY.dump(identity), strict=True)))

    async def _followed(self, found: dict[Claim, Found]) -> dict[Claim, Found]:
        seen: set[ContactId] = set()
        while moved := {contact.merged_into for contact, _ in found.values() if contact.merged_into} - seen:
            seen |= moved
            rows = await self._t.all(SOME, CONTACT, {"ids": sorted(moved)})
            now = {contact.id: contact for contact in rows}
            found = {
                claim: (now.get(contact.merged_into or contact.id, contact), identity)
                for claim, (contact, identity) in found.items()
            }
        return found
