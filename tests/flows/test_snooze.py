"""What is put away, and what closes by itself: each at its time and no other."""

from __future__ import annotations

from datetime import timedelta

from gateway.domain.inbound import Claim
from tests.flows.office import BOX, OLGA, Office


async def test_what_is_put_away_for_longer_than_silence_closes_comes_back(office: Office) -> None:
    await office.change_line(members=(OLGA,), auto_close_hours=24)
    ann = await office.write("Ann", "Call me on Thursday")
    await office.accept(OLGA)
    id = (await office.conversation(ann)).id
    await office.answer(OLGA, id, "I will")
    await office.desk.snooze(office.directory.operator(OLGA), id, office.clock.now() + timedelta(days=3))
    await office.time_passes(hours=25)
    assert (await office.conversation(ann)).state == "snoozed"
    await office.time_passes(hours=47)
    assert (await office.conversation(ann)).state == "active"
    await office.time_passes(hours=23)
    assert (await office.conversation(ann)).state == "active"
    await office.time_passes(hours=2)
    assert (await office.conversation(ann)).state == "closed"


async def test_a_machine_that_answers_does_not_keep_a_conversation_open_for_ever(office: Office) -> None:
    await office.change_line(members=(OLGA,), auto_close_hours=24)
    claims = (Claim("email", "ann@example.com"),)
    ann = await office.write("Ann", "A question", to=BOX, claims=claims)
    await office.accept(OLGA)
    await office.answer(OLGA, (await office.conversation(ann)).id, "An answer")
    await office.time_passes(hours=1)
    await office.write("Ann", "I am away until Monday", to=BOX, claims=claims, automatic=True)
    await office.time_passes(hours=23, minutes=30)
    assert (await office.conversation(ann)).state == "active"
    await office.time_passes(hours=1)
    assert (await office.conversation(ann)).state == "closed"


async def test_what_is_put_away_once_more_sleeps_until_the_second_time(office: Office) -> None:
    await office.change_line(members=(OLGA,))
    ann = await office.write("Ann", "Call me on Thursday")
    await office.accept(OLGA)
    id, olga = (await office.conversation(ann)).id, office.directory.operator(OLGA)
    await office.desk.snooze(olga, id, office.clock.now() + timedelta(hours=1))
    office.clock.move(hours=1)
    await office.desk.wake(olga, id)
    await office.desk.snooze(olga, id, office.clock.now() + timedelta(days=1))
    await office.desk.wake(None, id)  # the timer of the first time, which was taken before
    assert (await office.conversation(ann)).state == "snoozed"
    await office.time_passes(days=1)
    assert (await office.conversation(ann)).state == "active"
