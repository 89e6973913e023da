"""Who has to do with a contact: the lines and people of their conversations and leads, on every engine."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from gateway.domain.ids import ConversationId, LeadId
from gateway.domain.operator import Operator
from gateway.services.contacts import Contacts
from gateway.services.leads import Leads
from gateway.signals.memory import MemorySignals
from gateway.store.opening import open_store
from tests.fakes.blobs import DictBlobs
from tests.fakes.clock import CountedIds, HandClock
from tests.flows.office import IVAN, LINE, OLGA, Office, open_office


@pytest.fixture
async def office(store_url: str) -> AsyncIterator[Office]:
    """Sales with Olga alone, on every engine."""
    clock = HandClock()
    async with open_store(store_url, clock=clock, ids=CountedIds()) as opened:
        yield await open_office(opened.store, MemorySignals(), DictBlobs(), clock, members=(OLGA,))


async def test_a_change_of_a_contact_is_told_to_the_lines_and_people_who_have_to_do_with_them(office: Office) -> None:
    ann = await office.write("Ann", "Hello")
    talk = await office.conversation(ann)
    olga: Operator = office.directory.operator(OLGA)
    await Contacts(office.core, office.directory).change(olga, talk.contact_id, {"name": "Ann B."})
    (told,) = [event for event in office.events if event.type == "contact.updated"]
    assert (told.data["contact"]["name"], told.data["lines"], told.data["people"]) == ("Ann B.", [LINE], [])


async def test_who_holds_the_conversation_or_looks_after_the_lead_is_among_them(office: Office) -> None:
    ann = await office.write("Ann", "Hello")
    await office.accept(OLGA)
    talk = await office.conversation(ann)
    lead = await office.store.read(lambda uow: uow.leads.get(LeadId(talk.lead_id or "")))
    await Leads(office.core, office.directory).change(
        office.directory.operator(OLGA), lead.id, {"responsible_id": IVAN}, lead.version
    )
    circle = await office.store.read(lambda uow: uow.contacts.circle(talk.contact_id))
    assert (circle.lines, circle.people) == ({LINE}, {OLGA, IVAN})


async def test_nobody_has_to_do_with_somebody_else_s_contact(office: Office) -> None:
    ann, boris = await office.write("Ann", "Hello"), await office.write("Boris", "Hello")
    await office.accept(OLGA)
    talks = [await office.conversation(one) for one in (ann, boris)]
    held = [talk for talk in talks if talk.operator_id]
    (free,) = [talk for talk in talks if talk not in held]
    assert ConversationId(free.id) != held[0].id
    lead = await office.store.read(lambda uow: uow.leads.get(LeadId(free.lead_id or "")))
    await office.store.run(lambda uow: uow.leads.save(replace(lead, line_id=None)))
    circle = await office.store.read(lambda uow: uow.contacts.circle(free.contact_id))
    assert (circle.lines, circle.people) == ({LINE}, set())
