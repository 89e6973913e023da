"""Ann leaves the site while she waits: abandoned after a grace, and who can be reached is not forgotten."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from gateway.domain.conversation import Conversation
from gateway.domain.dialogue import FORM_KEY
from gateway.domain.ids import ConversationId
from gateway.domain.inbound import Accepted, Claim
from gateway.domain.lead import Lead
from gateway.domain.schedule import Schedule
from gateway.services.departures import Departures
from gateway.store.opening import open_store
from tests.fakes.blobs import DictBlobs
from tests.fakes.clock import CountedIds, HandClock
from tests.fakes.signals import SilentSignals
from tests.flows.office import BOT, BOX, LINE, SITE, Office, open_office

WITH_MAIL = (Claim("visitor", "ann"), Claim("email", "ann@example.com", verified=False))


@pytest.fixture(params=["sqlite", "postgresql"])
async def office(request: pytest.FixtureRequest, clock: HandClock) -> AsyncIterator[Office]:
    """Sales on each engine; offers wait so long that none lapses in these stories."""
    url = ":memory:" if request.param == "sqlite" else str(request.getfixturevalue("postgres_url"))
    async with open_store(url, clock=clock, ids=CountedIds()) as opened:
        yield await open_office(opened.store, SilentSignals(), DictBlobs(), clock, offer_seconds=3600)


async def ann_asks(office: Office, text: str = "Is the Kestrel in stock?", **more: Any) -> Accepted:
    """Through the chat of the site, with a socket that is seen."""
    said = await office.write("Ann", text, to=SITE, **more)
    await stays(office, said)
    return said


async def stays(office: Office, said: Accepted) -> None:
    """Her socket is open."""
    await office.departures.look({ConversationId(said.conversation_id or ""): SITE})


async def leaves(office: Office) -> None:
    """The last socket is gone."""
    await office.departures.look({})


async def lead_of(office: Office, talk: Conversation) -> Lead:
    """As stored."""
    assert talk.lead_id is not None
    id = talk.lead_id
    return await office.store.read(lambda uow: uow.leads.get(id))


async def newest(office: Office, said: Accepted) -> Conversation:
    """The newest conversation of the dialogue."""
    place = await office.store.read(lambda uow: uow.dialogues.find((SITE, "ann")))
    assert place is not None
    assert place.conversation is not None
    return place.conversation


async def test_who_leaves_while_waiting_is_abandoned_after_the_grace(office: Office) -> None:
    said = await ann_asks(office)
    assert len(await office.pending()) == 1
    await office.time_passes(seconds=30)
    await leaves(office)
    await office.time_passes(seconds=179)
    assert (await office.conversation(said)).state == "offered"
    await office.time_passes(seconds=1)
    talk = await office.conversation(said)
    assert (talk.state, talk.operator_id, talk.waiting_since) == ("abandoned", None, None)
    assert await office.pending() == []
    assert await office.store.read(lambda uow: uow.queue.entry(talk.id)) is None
    [left] = [event for event in office.events if event.type == "conversation.abandoned"]
    assert (left.actor, left.data["why"], left.data["left_at"]) == ("contact", "left", "2026-01-05T09:00:30Z")
    assert "conversation.closed" not in office.happened()
    assert office.happened().count("offer.withdrawn") == 1


async def test_who_stays_on_the_page_is_never_abandoned(office: Office) -> None:
    said = await ann_asks(office)
    for _ in range(40):
        await office.time_passes(seconds=30)
        await stays(office, said)
    assert (await office.conversation(said)).state == "offered"


async def test_signs_of_life_are_written_seldom(office: Office) -> None:
    said = await ann_asks(office)
    writes = 0
    real = office.departures._core.store.run

    async def counted(work: Any) -> Any:
        nonlocal writes
        writes += 1
        return await real(work)

    object.__setattr__(office.departures._core.store, "run", counted)
    for _ in range(24):  # every five seconds for two minutes
        office.clock.move(seconds=5)
        await stays(office, said)
    object.__setattr__(office.departures._core.store, "run", real)
    assert writes == 2


async def test_who_is_back_in_time_has_never_left(office: Office) -> None:
    said = await ann_asks(office)
    await leaves(office)
    await office.time_passes(seconds=170)
    await stays(office, said)
    await office.time_passes(seconds=60)
    await stays(office, said)
    await office.time_passes(seconds=170)
    assert (await office.conversation(said)).state == "offered"


async def test_who_was_answered_is_not_abandoned(office: Office) -> None:
    said = await ann_asks(office)
    await office.accept((await office.pending())[0].operator_id)
    await leaves(office)
    for _ in range(5):
        await office.time_passes(minutes=1)
    assert (await office.conversation(said)).state == "active"
    assert await office.store.read(lambda uow: uow.outbox.next_due()) is None


@pytest.mark.parametrize("channel", [BOT, BOX])
async def test_messengers_and_mail_never_abandon(office: Office, channel: Any) -> None:
    said = await office.write("Ann", "Hello", to=channel)
    for _ in range(10):
        await office.time_passes(minutes=1)
    assert (await office.conversation(said)).state == "offered"


async def test_who_cannot_be_reached_leaves_an_open_lead_that_says_so(office: Office) -> None:
    said = await ann_asks(office)
    await leaves(office)
    await office.time_passes(minutes=3)
    lead = await lead_of(office, await office.conversation(said))
    assert (lead.open, lead.unreachable) == (True, True)
    assert (await newest(office, said)).id == said.conversation_id


async def test_who_left_an_address_becomes_work_behind_those_who_wait(office: Office) -> None:
    await office.change_line(limit=0.0)  # nobody is asked yet
    said = await ann_asks(office, claims=WITH_MAIL)
    boris = await office.write("Boris", "Hello", to=BOT)
    await leaves(office)
    await office.time_passes(minutes=3)
    assert (await office.conversation(said)).state == "abandoned"
    follow = await newest(office, said)
    assert (follow.purpose, follow.state, follow.preview) == ("callback", "queued", "Is the Kestrel in stock?")
    assert follow.lead_id == (await office.conversation(said)).lead_id
    assert not (await lead_of(office, follow)).unreachable
    waiting = await office.store.read(lambda uow: uow.queue.waiting(10, lines=[LINE]))
    assert [entry.conversation_id for entry, _ in waiting] == [boris.conversation_id, follow.id]
    for _ in range(10):
        await office.time_passes(minutes=1)
    assert (await newest(office, said)).state == "queued", "work of ours is not abandoned by a visitor who is not there"


async def test_an_address_told_after_the_first_word_counts(office: Office) -> None:
    said = await ann_asks(office)
    await ann_asks(office, "Write to ann@example.com")
    await leaves(office)
    await office.time_passes(minutes=3)
    assert (await newest(office, said)).purpose == "callback"


async def test_olga_answers_the_follow_up_and_ann_who_is_back_writes_in_it(office: Office) -> None:
    said = await ann_asks(office, claims=WITH_MAIL)
    await leaves(office)
    await office.time_passes(minutes=3)
    await ann_asks(office, "Hello?", claims=WITH_MAIL)
    follow = await newest(office, said)
    assert (follow.purpose, follow.state) == ("message", "offered")
    await office.accept((await office.pending())[0].operator_id)
    assert (await newest(office, said)).state == "active"


async def test_who_comes_back_from_a_follow_up_can_leave_again(office: Office) -> None:
    said = await ann_asks(office, claims=WITH_MAIL)
    await leaves(office)
    await office.time_passes(minutes=3)
    again = await ann_asks(office, "Hello?", claims=WITH_MAIL)
    await leaves(office)
    await office.time_passes(minutes=3)
    assert (await office.conversation(again)).state == "abandoned"
    assert (await newest(office, said)).purpose == "callback"


async def test_who_writes_again_after_all_goes_on_in_the_same_conversation(office: Office) -> None:
    said = await ann_asks(office)
    await leaves(office)
    await office.time_passes(minutes=3)
    again = await ann_asks(office, "I am back")
    talk = await office.conversation(again)
    assert (again.conversation_id, talk.state) == (said.conversation_id, "offered")
    assert "conversation.reopened" in office.happened()
    await leaves(office)
    await office.time_passes(minutes=3)
    assert (await office.conversation(again)).state == "abandoned"


async def test_a_word_that_no_sign_of_life_followed_counts_as_one(office: Office) -> None:
    said = await ann_asks(office)
    await leaves(office)
    await office.time_passes(seconds=170)
    await office.write("Ann", "Are you there?", to=SITE)  # and the process dies with her socket
    await office.time_passes(seconds=10)
    assert (await office.conversation(said)).state == "offered"
    await office.time_passes(seconds=170)
    assert (await office.conversation(said)).state == "abandoned"


async def test_who_was_told_that_the_line_is_closed_keeps_their_place(office: Office) -> None:
    await office.change_line(schedule=Schedule())
    said = await ann_asks(office)
    await leaves(office)
    await office.time_passes(minutes=3)
    assert (await office.conversation(said)).state == "queued"
    await office.change_line(schedule=Schedule(always=True))
    await office.settle()
    assert (await office.conversation(said)).state == "offered"


async def test_a_form_of_a_site_has_no_visitor_who_could_leave(office: Office) -> None:
    said = await office.write("Ann", "Call me", to=SITE, key=f"{FORM_KEY}1")
    for _ in range(4):
        await office.time_passes(minutes=1)
    assert (await office.conversation(said)).state == "offered"


class TestSeveralProcesses:
    """Each has a Departures of its own on one store."""

    async def test_a_tab_at_another_process_is_enough(self, office: Office) -> None:
        other = Departures(office.core, office.directory)
        said = await ann_asks(office)
        await other.look({ConversationId(said.conversation_id or ""): SITE})
        await leaves(office)
        for _ in range(6):
            await office.time_passes(minutes=1)
            await other.look({ConversationId(said.conversation_id or ""): SITE})
        assert (await office.conversation(said)).state == "offered"

    async def test_a_process_that_was_killed_does_not_keep_its_visitors_for_ever(self, office: Office) -> None:
        said = await ann_asks(office)
        office.departures = Departures(office.core, office.directory)  # it never said that she left
        for _ in range(3):
            await office.time_passes(minutes=1)
        assert (await office.conversation(said)).state == "abandoned"

    async def test_after_a_long_stop_everybody_has_the_grace_to_come_back(self, office: Office) -> None:
        stayed, left = await ann_asks(office), await office.write("Boris", "Hello", to=SITE)
        office.clock.move(minutes=20)
        office.departures = Departures(office.core, office.directory)
        await office.settle()
        assert (await office.conversation(stayed)).state == (await office.conversation(left)).state == "offered"
        await stays(office, stayed)
        for _ in range(3):
            await office.time_passes(minutes=1)
            await stays(office, stayed)
        assert (await office.conversation(stayed)).state == "offered"
        assert (await office.conversation(left)).state == "abandoned"

    async def test_a_stop_that_ends_just_before_the_timer_is_no_trap(self, office: Office) -> None:
        said = await ann_asks(office)
        office.clock.move(seconds=179)
        office.departures = Departures(office.core, office.directory)
        await office.time_passes(seconds=1)
        assert (await office.conversation(said)).state == "offered"

    async def test_a_store_that_was_away_makes_nobody_leave(self, office: Office) -> None:
        said = await ann_asks(office)
        office.clock.move(minutes=5)  # nothing could be written, nothing was due
        await office.settle()
        assert (await office.conversation(said)).state == "offered"
        await office.time_passes(minutes=3)
        assert (await office.conversation(said)).state == "abandoned"
