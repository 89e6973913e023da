"""People who go away and what they hold: no customer waits for ever for somebody who is not there."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from gateway.domain.operator import Operator
from gateway.services.setup import Setup
from tests.flows.office import IVAN, OLGA, Office


def _olga(office: Office) -> Operator:
    return office.directory.operator(OLGA)


async def _olga_answered(office: Office) -> Any:
    """Ann was answered by Olga, and it is Ann's turn. Ivan has come to work since."""
    await office.presences.set(office.directory.operator(IVAN), "away")
    ann = await office.write("Ann", "Hello")
    await office.accept(OLGA)
    await office.answer(OLGA, (await office.conversation(ann)).id, "Good morning")
    await office.presences.set(office.directory.operator(IVAN), "online")
    return ann


async def test_who_writes_to_somebody_who_has_gone_home_is_offered_to_who_is_there(office: Office) -> None:
    ann = await _olga_answered(office)
    await office.presences.set(_olga(office), "offline")
    await office.time_passes(minutes=10)
    assert (await office.conversation(ann)).operator_id == OLGA
    await office.write("Ann", "One more thing")
    assert await office.offered_to() == ["Ivan"]


async def test_who_writes_to_somebody_who_lost_the_line_a_moment_ago_waits_for_them_first(office: Office) -> None:
    ann = await _olga_answered(office)
    await office.presences.set(_olga(office), "offline")
    await office.time_passes(minutes=1)
    await office.write("Ann", "One more thing")
    assert await office.offered_to() == []
    await office.time_passes(minutes=1)
    await office.presences.set(_olga(office), "online")
    await office.time_passes(minutes=5)
    assert (await office.conversation(ann)).operator_id == OLGA


async def test_who_went_for_a_break_and_closed_the_console_gives_back_what_waits_for_them(office: Office) -> None:
    ann = await _olga_answered(office)
    await office.write("Ann", "One more thing")
    await office.presences.set(_olga(office), "away")
    await office.presences.gone(OLGA)
    await office.time_passes(seconds=50)
    assert (await office.conversation(ann)).operator_id == OLGA
    await office.time_passes(minutes=4)
    assert (await office.conversation(ann)).operator_id is None
    assert await office.offered_to() == ["Ivan"]


async def test_who_ended_their_day_and_left_the_console_open_gives_back_what_waits_for_them(office: Office) -> None:
    ann = await _olga_answered(office)
    await office.write("Ann", "One more thing")
    await office.presences.set(_olga(office), "offline")
    for _ in range(20):
        await office.time_passes(seconds=15)
        await office.presences.alive(OLGA)
    assert (await office.conversation(ann)).operator_id is None


async def test_a_break_with_the_console_open_gives_nothing_back(office: Office) -> None:
    ann = await _olga_answered(office)
    await office.write("Ann", "One more thing")
    await office.presences.set(_olga(office), "away")
    for _ in range(20):
        await office.time_passes(seconds=15)
        await office.presences.alive(OLGA)
    assert (await office.conversation(ann)).operator_id == OLGA


async def test_whose_console_ended_together_with_its_process_counts_as_gone(office: Office) -> None:
    ann = await _olga_answered(office)
    await office.presences.alive(OLGA)
    await office.write("Ann", "One more thing")  # and now the process that held Olga's socket is killed: nobody tells
    await office.time_passes(awake=False, minutes=2)
    await office.presences.set(office.directory.operator(IVAN), "online")
    await office.time_passes(minutes=10, awake=False)
    await office.presences.set(office.directory.operator(IVAN), "online")
    await office.settle()
    assert (await office.conversation(ann)).operator_id is None
    assert await office.offered_to() == ["Ivan"]


async def test_what_somebody_who_left_the_firm_put_away_comes_back_to_the_line(office: Office) -> None:
    ann = await _olga_answered(office)
    await office.desk.snooze(_olga(office), (await office.conversation(ann)).id, office.clock.now() + timedelta(days=1))
    await Setup(office.core).change_operator(office.directory.operator(IVAN), OLGA, {"active": False})
    await office.directory.refresh()
    await office.time_passes(days=1, seconds=1)
    assert await office.offered_to() == ["Ivan"]


async def test_who_writes_to_somebody_who_left_the_firm_is_offered_to_who_is_there(office: Office) -> None:
    await _olga_answered(office)
    await Setup(office.core).change_operator(office.directory.operator(IVAN), OLGA, {"active": False})
    await office.directory.refresh()
    await office.settle()
    await office.write("Ann", "One more thing")
    assert await office.offered_to() == ["Ivan"]


async def test_somebody_who_left_the_firm_gives_back_what_waits_for_them_at_once(office: Office) -> None:
    ann = await _olga_answered(office)
    await office.write("Ann", "One more thing")
    await Setup(office.core).change_operator(office.directory.operator(IVAN), OLGA, {"active": False})
    await office.directory.refresh()
    await office.settle()
    assert (await office.conversation(ann)).operator_id is None
    assert await office.offered_to() == ["Ivan"]


async def test_what_is_put_away_while_a_colleague_is_asked_to_take_over_is_not_lost(office: Office) -> None:
    ann = await _olga_answered(office)
    id = (await office.conversation(ann)).id
    await office.desk.assign(_olga(office), id, IVAN)
    await office.desk.snooze(_olga(office), id, office.clock.now() + timedelta(days=1))
    await office.time_passes(seconds=61)
    talk = await office.conversation(ann)
    assert (talk.state, talk.operator_id) == ("snoozed", OLGA)
