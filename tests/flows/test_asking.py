"""Asking people: every offer ends once and is told, whoever ends it and whatever the clocks do."""

from __future__ import annotations

from datetime import timedelta

from gateway.domain.ids import ConversationId, OperatorId
from gateway.domain.inbound import Accepted
from gateway.domain.line import Texts
from gateway.services.setup import Setup
from tests.flows.office import IVAN, NAMES, OLGA, Office


def other(person: OperatorId) -> OperatorId:
    """The colleague."""
    return IVAN if person == OLGA else OLGA


async def asked(office: Office, accepted: Accepted) -> OperatorId:
    """Who is being asked."""
    return next(offer.operator_id for offer in await office.pending() if offer.conversation_id == accepted.conversation_id)


def talk(accepted: Accepted) -> ConversationId:
    """Which conversation."""
    return ConversationId(accepted.conversation_id or "")


def unfinished(office: Office) -> set[str]:
    """Offers of which no event tells the end."""
    offers = [event for event in office.events if event.type.startswith("offer.")]
    ended = {event.data["offer"]["id"] for event in offers if event.type != "offer.made"}
    return {event.data["offer"]["id"] for event in offers if event.type == "offer.made"} - ended


async def test_who_was_asked_hears_who_took_it_by_hand(office: Office) -> None:
    ann = await office.write("Ann", "Hello")
    taker = other(await asked(office, ann))
    await office.offers.take(office.directory.operator(taker), talk(ann))
    (told,) = [event for event in office.events if event.type == "offer.withdrawn"]
    assert (told.operator_id, told.data["taken_by"]) == (other(taker), taker)


async def test_a_colleague_who_is_not_asked_to_take_over_any_more_is_told(office: Office) -> None:
    ann = await office.write("Ann", "Hello")
    holder = await asked(office, ann)
    await office.accept(holder)
    await office.desk.assign(office.directory.operator(holder), talk(ann), other(holder))
    await office.desk.assign(office.directory.operator(holder), talk(ann), other(holder))
    assert unfinished(office) == {offer.id for offer in await office.pending()}


async def test_what_somebody_who_left_the_firm_was_offered_goes_on_at_once(office: Office) -> None:
    ann = await office.write("Ann", "Hello")
    gone = await asked(office, ann)
    await Setup(office.core).change_operator(office.directory.operator(other(gone)), gone, {"active": False})
    await office.directory.refresh()
    await office.settle()
    assert await office.offered_to() == [NAMES[other(gone)]]


async def test_an_offer_lapses_though_the_clock_was_set_back_when_its_time_came(office: Office) -> None:
    ann = await office.write("Ann", "Hello")
    first = await asked(office, ann)
    (offer,) = await office.pending()
    await office.time_passes(seconds=59)
    (errand,) = await office.store.run(
        lambda uow: uow.outbox.claim(now=offer.until, lease_until=offer.until + timedelta(seconds=30), limit=1)
    )
    await office.offers.lapse(offer.id)  # taken at the minute by a clock that is then set back a second
    await office.store.run(lambda uow: uow.outbox.done(errand))
    await office.time_passes(seconds=2)
    assert await office.offered_to() == [NAMES[other(first)]]


async def test_who_goes_back_to_the_queue_is_still_told_that_nobody_has_answered(office: Office) -> None:
    texts = Texts(no_answer={"": "Nobody is free yet."})
    await office.change_line(no_answer_seconds=300, texts=texts)
    ann = await office.write("Ann", "Hello")
    taker = await asked(office, ann)
    await office.accept(taker)
    await office.desk.assign(office.directory.operator(taker), talk(ann), None)
    for person in (OLGA, IVAN):
        await office.presences.set(office.directory.operator(person), "away")
    await office.time_passes(seconds=290)
    assert office.sent() == []
    await office.time_passes(seconds=11)
    assert office.sent() == ["Nobody is free yet."]
    await office.presences.set(office.directory.operator(taker), "online")
    await office.settle()
    await office.accept(taker)
    await office.desk.assign(office.directory.operator(taker), talk(ann), None)
    await office.time_passes(seconds=600)
    assert office.sent() == ["Nobody is free yet."]
