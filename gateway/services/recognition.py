"""Who is this, and which lead do they belong to?

Verified identities decide: a claim the network vouches for finds the contact. What somebody typed (a phone in the text, a mail
address in a form) is kept as unverified evidence and never joins two people. A conversation attaches to the contact's open
lead, else makes one with source and reason. May talk to: ports, domain.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from textwrap import shorten
from typing import Any

import phonenumbers
import structlog

from gateway.domain import rows
from gateway.domain.contact import Contact, Identity
from gateway.domain.event import Event
from gateway.domain.ids import ContactId, ConversationId, IdentityId, LeadId, OperatorId
from gateway.domain.inbound import Claim, IdentityKind, Sender
from gateway.domain.lead import Lead, Reason
from gateway.domain.line import Line
from gateway.ports.core import Core
from gateway.ports.store import UnitOfWork

log = structlog.get_logger(__name__)
REASONS: Mapping[IdentityKind, Reason] = {
    "phone": "same_phone", "email": "same_email", "telegram": "same_telegram", "visitor": "same_visitor",
    "external": "same_person",
}  # fmt: skip
REACHABLE: frozenset[IdentityKind] = frozenset({"phone", "email", "telegram"})
TITLE_LENGTH = 80
MAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}")
PHONE_LIKE = re.compile(r"(?:\d[^\w\n]{0,3}){7}")
SCAN_LENGTH = 4000
MOST_UNPROVEN = 50


@dataclass(frozen=True, slots=True)
class Recognised:
    """The contact, whether it is new, and by which identity it was found."""

    contact: Contact
    new: bool
    reason: Reason


async def recognise(uow: UnitOfWork, core: Core, sender: Sender) -> Recognised:
    """Find the contact by its verified claims, or make one; keep every claim as an identity with its evidence."""
    found = await uow.contacts.find(sender.claims)
    for claim in sender.claims:
        if claim.verified and claim in found and found[claim][1].verified:
            contact = await _with_name(uow, found[claim][0], sender)
            await keep_claims(uow, core, contact.id, await within_reason(uow, contact.id, sender.claims), evidence="")
            return Recognised(contact, False, REASONS[claim.kind])
    now = core.clock.now()
    contact = Contact(ContactId(core.ids.new("con")), sender.name or _stand_in(sender), now, locale=sender.locale)
    await uow.contacts.add(contact)
    await keep_claims(uow, core, contact.id, _few(sender.claims), evidence="")
    return Recognised(contact, True, "first_contact")


def _few(claims: Sequence[Claim]) -> list[Claim]:
    """Of a contact made now: what is proven, and of the rest MOST_UNPROVEN; nothing is known yet to compare it with."""
    typed = [claim for claim in claims if not claim.verified]
    return [*(claim for claim in claims if claim.verified), *typed[:MOST_UNPROVEN]]


def _stand_in(sender: Sender) -> str:
    """A person without a name goes by their number or address; a visitor of the site by nothing."""
    first = sender.claims[0]
    return first.value if first.kind in ("phone", "email") else ""


async def _with_name(uow: UnitOfWork, contact: Contact, sender: Sender) -> Contact:
    better = contact.named(sender.name, instead_of=[claim.value for claim in sender.claims])
    if sender.locale and not better.locale:
        better = replace(better, locale=sender.locale)
    if better is not contact:
        await uow.contacts.save(better)
    return better


async def keep_claims(uow: UnitOfWork, core: Core, contact_id: ContactId, claims: Iterable[Claim], *, evidence: str) -> None:
    """Remember how this contact can be reached. What comes from outside to a known contact passes within_reason first."""
    for claim in claims:
        await uow.contacts.add_identity(
            Identity(
                IdentityId(core.ids.new("idn")),
                contact_id,
                claim.kind,
                claim.value,
                claim.verified,
                core.clock.now(),
                evidence=evidence or ("network" if claim.verified else "typed"),
            )
        )


async def within_reason(uow: UnitOfWork, contact_id: ContactId, claims: Iterable[Claim]) -> list[Claim]:
    """Without what is proven to be somebody else's, known already, or typed beyond MOST_UNPROVEN: events carry them all."""
    known = await uow.contacts.identities(contact_id)
    names = {(one.kind, one.value) for one in known}
    room = MOST_UNPROVEN - sum(not one.verified for one in known)
    new = [claim for claim in claims if not claim.verified and (claim.kind, claim.value) not in names]
    if len(new) > room:
        log.info("contact.claims_left_out", contact_id=contact_id, count=len(new) - max(0, room))
    proven = [claim for claim in claims if claim.verified]
    return [*_of_nobody_else(contact_id, proven, await uow.contacts.find(proven)), *new[: max(0, room)]]


def _of_nobody_else(id: ContactId, claims: Iterable[Claim], found: Mapping[Claim, tuple[Contact, Identity]]) -> list[Claim]:
    """A verified identity has one owner; for anybody else who proves it, it is a number or address to be seen, no more."""
    owners = {claim: identity.contact_id for claim, (_, identity) in found.items() if claim.verified and identity.verified}
    own = [claim for claim in claims if owners.get(claim, id) == id]
    shared = [claim for claim in claims if claim not in own and claim.kind in REACHABLE]
    return own + [replace(claim, verified=False) for claim in shared]


def claims_in_text(text: str, *, region: str) -> list[Claim]:
    """Phones and mail addresses that a customer wrote down: unverified."""
    sample = text[:SCAN_LENGTH]
    claims = [Claim("email", m.group().lower(), verified=False) for m in MAIL.finditer(sample)] if "@" in sample else []
    if PHONE_LIKE.search(sample):
        claims += [Claim("phone", number, verified=False) for number in _numbers(sample, region)]
    return claims


def _numbers(text: str, region: str) -> Iterable[str]:
    for match in phonenumbers.PhoneNumberMatcher(text, region):
        yield phonenumbers.format_number(match.number, phonenumbers.PhoneNumberFormat.E164)


@dataclass(frozen=True, slots=True)
class Occasion:
    """Why a lead is looked for now: what the conversation brings along."""

    conversation_id: ConversationId | None
    title: str
    source: Mapping[str, Any]
    reachable: bool
    at: datetime


async def lead_for(uow: UnitOfWork, core: Core, who: Recognised, line: Line, occasion: Occasion) -> tuple[Lead, Reason]:
    """The contact's open lead, or a new one. Emits lead.created or lead.attached."""
    lead = None if who.new else await uow.leads.open_of(who.contact.id)
    if lead is None:
        return await _make(uow, core, who, line, occasion), "first_contact" if who.new else who.reason
    if lead.unreachable and occasion.reachable:
        lead = replace(lead, unreachable=False, updated_at=occasion.at)
        await uow.leads.save(lead)
    _tell(uow, "lead.attached", lead, who, occasion)
    return lead, who.reason


def _short(text: str) -> str:
    """Whole words as far as they fit; a text without spaces is cut where it must be."""
    words = shorten(text, TITLE_LENGTH, placeholder=" …")
    return words if words.strip(" …") or not text.strip() else f"{' '.join(text.split())[:TITLE_LENGTH]}…"


async def _make(uow: UnitOfWork, core: Core, who: Recognised, line: Line, occasion: Occasion) -> Lead:
    lead = Lead(
        id=LeadId(core.ids.new("led")), number=await uow.conversations.next_number("lead"), contact_id=who.contact.id,
        title=_short(occasion.title) or who.contact.name, stage="new",
        created_at=occasion.at, line_id=line.id,
        source=dict(occasion.source), first_conversation_id=occasion.conversation_id,
        unreachable=not occasion.reachable, updated_at=occasion.at,
    )  # fmt: skip
    await uow.leads.add(lead)
    _tell(uow, "lead.created", lead, who, occasion)
    return lead


def _tell(uow: UnitOfWork, type: Any, lead: Lead, who: Recognised, occasion: Occasion) -> None:
    row = rows.lead_row(lead, contact_name=who.contact.name)
    data = {"lead": row, "reason": who.reason, "conversation_id": occasion.conversation_id}
    uow.emit(
        Event(type, occasion.at, "line", data, line_id=lead.line_id, lead_id=lead.id, conversation_id=occasion.conversation_id)
    )


def is_reachable(claims: Iterable[Claim | Identity]) -> bool:
    """Can we write to or call this person again?"""
    return any(claim.kind in REACHABLE for claim in claims)


def responsible_of(lead: Lead | None) -> OperatorId | None:
    """Who looks after this lead."""
    return lead.responsible_id if lead else None
