"""A group becomes a supergroup: its chat has another id from then on, which Telegram tells here, there, both, or not at all."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from gateway.domain.errors import send_again
from gateway.domain.ids import ConversationId
from gateway.domain.inbound import Accepted, Claim, DialogueMoved
from gateway.signals.memory import MemorySignals
from gateway.store.opening import open_store
from tests.fakes.blobs import DictBlobs
from tests.fakes.clock import CountedIds, HandClock
from tests.flows.office import BOT, OLGA, Office, open_office

OLD, NEW = "-1500", "-1001001500"
MOVED = DialogueMoved(BOT, OLD, NEW)
ANN = (Claim("telegram", "7001"),)


@pytest.fixture
async def office(store_url: str) -> AsyncIterator[Office]:
    """Sales with Olga alone, on every engine."""
    clock = HandClock()
    async with open_store(store_url, clock=clock, ids=CountedIds()) as opened:
        yield await open_office(opened.store, MemorySignals(), DictBlobs(), clock, members=(OLGA,))


async def says(office: Office, text: str, *, chat: str) -> Accepted:
    """Ann writes in the group."""
    return await office.write("Ann", text, key=chat, claims=ANN)


async def at_work(office: Office) -> ConversationId:
    """Ann has asked in the old chat, and Olga has taken it."""
    asked = await says(office, "Hello", chat=OLD)
    await office.accept(OLGA)
    return ConversationId(asked.conversation_id or "")


def went_to(office: Office) -> list[tuple[str, str]]:
    """Text and chat of what was sent."""
    return [(letter.message.text, letter.dialogue_key) for letter in office.adapters.by_id[BOT].sent]


@pytest.mark.parametrize("notices", [1, 2])
async def test_what_is_said_in_the_new_chat_goes_on_in_the_same_conversation(office: Office, notices: int) -> None:
    talk = await at_work(office)
    assert [(await office.intake.accept(MOVED)).new for _ in range(notices)] == [True, False][:notices]
    again = await says(office, "Still there?", chat=NEW)
    assert (again.conversation_id, again.seq) == (talk, 3)
    await office.answer(OLGA, talk, "Yes")
    assert went_to(office) == [("Yes", NEW)]


async def test_what_waits_to_be_sent_goes_to_the_new_chat(office: Office) -> None:
    talk = await at_work(office)
    office.adapters.by_id[BOT].faults = [send_again("Not now.", after=60)]
    await office.answer(OLGA, talk, "Yes")
    await office.intake.accept(MOVED)
    await office.time_passes(seconds=61)
    assert went_to(office) == [("Yes", NEW)]


async def test_the_answer_to_a_letter_is_notice_enough(office: Office) -> None:
    talk = await at_work(office)
    office.adapters.by_id[BOT].moved = {OLD: NEW}
    await office.answer(OLGA, talk, "Yes")
    await office.answer(OLGA, talk, "Two left")
    assert went_to(office) == [("Yes", OLD), ("Two left", NEW)]
    assert (await says(office, "Thanks", chat=NEW)).conversation_id == talk
    assert not (await office.intake.accept(MOVED)).new


async def test_what_was_said_in_the_old_chat_and_is_read_later_comes_to_the_same_conversation(office: Office) -> None:
    talk = await at_work(office)
    await office.intake.accept(MOVED)
    assert (await says(office, "One more thing", chat=OLD)).conversation_id == talk
    assert not (await office.write("Ann", "", key=OLD, claims=ANN, data={"system": "telegram.removed"})).new


async def test_a_dialogue_that_began_in_the_new_chat_gives_way_and_is_still_answered_there(office: Office) -> None:
    talk = await at_work(office)
    other = await says(office, "Anybody?", chat=NEW)
    assert other.conversation_id != talk
    await office.intake.accept(MOVED)
    assert (await says(office, "Hello?", chat=NEW)).conversation_id == talk
    await office.accept(OLGA)
    await office.answer(OLGA, ConversationId(other.conversation_id or ""), "Here I am")
    assert went_to(office) == [("Here I am", NEW)]
    assert not (await office.intake.accept(MOVED)).new


async def test_work_that_runs_in_the_new_chat_stays_where_it_is(office: Office) -> None:
    talk = await at_work(office)
    await office.desk.close(office.directory.operator(OLGA), talk)
    fresh = await says(office, "Hello again", chat=NEW)
    await office.intake.accept(MOVED)
    assert (await says(office, "Anybody?", chat=NEW)).conversation_id == fresh.conversation_id
    assert (await says(office, "Said long ago", chat=OLD)).conversation_id == fresh.conversation_id


async def test_a_group_where_nobody_ever_wrote_changes_nothing(office: Office) -> None:
    assert not (await office.intake.accept(MOVED)).new
    assert (await says(office, "Hello", chat=NEW)).new


async def test_both_notices_and_a_message_at_the_same_moment_leave_one_dialogue(office: Office) -> None:
    talk = await at_work(office)
    answers = await asyncio.gather(office.intake.accept(MOVED), office.intake.accept(MOVED), says(office, "Hi", chat=OLD))
    assert [answers[0].new, answers[1].new].count(True) == 1
    assert answers[2].conversation_id == talk
    assert (await says(office, "Hi", chat=NEW)).conversation_id == talk
