"""The hours of a line end while somebody waits: they are told once, and keep their place. On every engine."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from gateway.domain.ids import ConversationId
from gateway.domain.inbound import Accepted
from gateway.domain.line import Texts
from gateway.domain.schedule import Schedule, parse_range
from gateway.signals.memory import MemorySignals
from gateway.store.opening import open_store
from tests.fakes.adapters import HandChannel
from tests.fakes.blobs import DictBlobs
from tests.fakes.clock import CountedIds, HandClock
from tests.flows.office import BOT, BOX, OLGA, SITE, Office, open_office

NINE_TO_SIX = Schedule(zone="UTC", week=((parse_range("09:00-18:00"),),) * 5 + ((), ()))
TEXTS = Texts(welcome={"": "Welcome!"}, out_of_hours={"": "Closed until {opens_at}."}, no_answer={"": "Nobody is free yet."})
CLOSED = "Closed until 2026-01-06 09:00."


@pytest.fixture
async def office(store_url: str) -> AsyncIterator[Office]:
    """Sales, open from nine to six. Olga is at work and has no room for anybody."""
    clock = HandClock()
    async with open_store(store_url, clock=clock, ids=CountedIds()) as opened:
        line: dict[str, Any] = {"schedule": NINE_TO_SIX, "texts": TEXTS, "members": (OLGA,), "limit": 0.0}
        yield await open_office(opened.store, MemorySignals(), DictBlobs(), clock, **line)


async def write_at_ten_to_six(office: Office, **more: Any) -> Accepted:
    """Ann writes shortly before the end; nobody can take it."""
    await office.time_passes(hours=8, minutes=50)
    return await office.write("Ann", "Hello", **more)


def another_process(office: Office) -> Office:
    """On the same store, with the same channels."""
    other = Office(office.core, office.clock)
    other.adapters.by_id.update(office.adapters.by_id)
    other.directory.now = office.directory.now
    return other


async def test_who_still_waits_is_told_once_and_is_the_first_in_the_morning(office: Office) -> None:
    ann = await write_at_ten_to_six(office)
    await office.time_passes(minutes=9)
    assert office.sent() == ["Welcome!"]
    await office.time_passes(minutes=1)
    assert office.sent() == ["Welcome!", CLOSED]
    waits_since = (await office.conversation(ann)).waiting_since
    await office.time_passes(hours=2)
    await office.change_line(limit=1.0)
    await office.time_passes(hours=13, seconds=1)
    assert office.sent() == ["Welcome!", CLOSED]
    assert await office.offered_to() == ["Olga"]
    assert (await office.conversation(ann)).waiting_since == waits_since


async def test_who_waits_for_a_second_evening_is_not_told_again(office: Office) -> None:
    await write_at_ten_to_six(office)
    await office.time_passes(minutes=11)
    await office.time_passes(days=1)
    await office.time_passes(days=1)
    assert office.sent() == ["Welcome!", CLOSED]


async def test_who_wrote_at_night_and_waits_through_a_day_has_heard_it(office: Office) -> None:
    await office.time_passes(hours=12)
    await office.write("Ann", "Hello")
    await office.time_passes(hours=12)
    await office.time_passes(days=2)
    assert office.sent() == [CLOSED]


async def test_who_is_being_answered_is_not_told(office: Office) -> None:
    ann = await write_at_ten_to_six(office)
    await office.offers.take(office.directory.operator(OLGA), ConversationId(ann.conversation_id or ""))
    await office.time_passes(minutes=20)
    assert office.sent() == ["Welcome!"]


@pytest.mark.parametrize("accepts", [True, False])
async def test_who_is_being_offered_at_that_moment_is_told_if_nobody_takes_them(office: Office, accepts: bool) -> None:
    await office.change_line(limit=1.0)
    await office.time_passes(hours=8, minutes=59, seconds=30)
    await office.write("Ann", "Hello")
    await office.time_passes(seconds=45)
    assert (await office.offered_to(), office.sent()) == (["Olga"], ["Welcome!"])
    if accepts:
        await office.accept(OLGA)
    await office.time_passes(seconds=60)
    await office.time_passes(seconds=60)
    assert office.sent() == ["Welcome!", *([] if accepts else [CLOSED])]


async def test_a_text_about_waiting_does_not_follow_the_one_about_hours(office: Office) -> None:
    await office.change_line(no_answer_seconds=900)
    await write_at_ten_to_six(office)
    await office.time_passes(minutes=11)
    await office.time_passes(minutes=30)
    assert office.sent() == ["Welcome!", CLOSED]


async def test_a_letter_is_answered_by_one_text_a_day(office: Office) -> None:
    await write_at_ten_to_six(office, to=BOX)
    await office.write("Boris", "Hello", to=BOX, quiet=True)
    await office.time_passes(minutes=11)
    assert office.sent(BOX) == ["Welcome!"]


async def test_a_visitor_of_a_site_is_told_in_the_chat_and_keeps_their_place(office: Office) -> None:
    await office.time_passes(hours=8, minutes=59)
    ann = await office.write("Ann", "Hello", to=SITE)
    await office.time_passes(minutes=1)
    await office.time_passes(hours=1)
    told = [event.data["message"]["text"] for event in office.events if event.type == "message.sent"]
    assert (told, (await office.conversation(ann)).state) == (["Welcome!", CLOSED], "queued")


async def test_a_line_without_a_text_for_it_says_nothing(office: Office) -> None:
    await office.change_line(texts=Texts(welcome={"": "Welcome!"}))
    await write_at_ten_to_six(office)
    await office.time_passes(minutes=11)
    assert office.sent() == ["Welcome!"]


@pytest.mark.parametrize("change", [{"schedule": Schedule()}, {"enabled": False}])
async def test_a_line_that_is_closed_by_hand_tells_who_waits_at_once(office: Office, change: dict[str, Any]) -> None:
    await write_at_ten_to_six(office)
    await office.change_line(**change)
    await office.time_passes(seconds=1)
    assert len(office.sent()) == 2


async def test_hours_that_were_made_longer_end_later(office: Office) -> None:
    await write_at_ten_to_six(office)
    longer = Schedule(zone="UTC", week=((parse_range("09:00-19:00"),),) * 5 + ((), ()))
    await office.change_line(schedule=longer)
    await office.time_passes(minutes=20)
    assert office.sent() == ["Welcome!"]
    await office.time_passes(minutes=51)
    assert office.sent() == ["Welcome!", CLOSED]


async def test_a_gateway_that_was_away_at_that_moment_tells_it_when_it_is_back(office: Office) -> None:
    await write_at_ten_to_six(office)
    office.clock.move(hours=1)
    back = another_process(office)
    await back.settle()
    assert office.sent() == ["Welcome!", CLOSED]


async def test_two_processes_and_a_repeated_timer_tell_it_once(office: Office) -> None:
    await write_at_ten_to_six(office)
    office.clock.move(minutes=10)
    offices = [office, *(another_process(office) for _ in range(3))]
    await asyncio.gather(*(one.settle() for one in offices))
    await office.store.run(
        lambda uow: uow.outbox.put("line.closes", office.directory.channel(BOT).line_id, due_at=office.clock.now())
    )
    await asyncio.gather(*(one.settle() for one in offices))
    channel: HandChannel = office.adapters.by_id[BOT]
    assert [letter.message.text for letter in channel.sent] == ["Welcome!", CLOSED]
