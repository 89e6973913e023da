"""People who go away and what they hold: no customer waits for ever for somebody who is not there."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any, cast

import pytest

from gateway.domain.channel import Channel
from gateway.domain.ids import ChannelId, LineId
from gateway.domain.inbound import Claim
from gateway.domain.line import Line
from gateway.domain.operator import Operator
from gateway.ports.records import Errand
from gateway.ports.store import Store
from gateway.services.presence import Presences
from gateway.services.setup import Setup
from tests.fakes.adapters import HandChannel
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


async def test_each_line_waits_as_long_as_it_says_for_somebody_who_holds_work_of_two(office: Office) -> None:
    support, its_bot = LineId("lin_support"), ChannelId("chn_support_bot")

    async def furnish(uow: Any) -> None:
        await uow.lines.add(Line(support, "Support", members=(OLGA,), grace_seconds=900))
        await uow.channels.add(Channel(its_bot, "telegram", support, "bot", key="key-support", created_at=office.clock.now()))

    await office.store.run(furnish)
    office.adapters.by_id[its_bot] = HandChannel()
    await office.change_line(members=(OLGA,), grace_seconds=180)
    ann = await office.write("Ann", "Hello")
    await office.accept(OLGA)
    boris = await office.write("Boris", "Hello", to=its_bot, claims=(Claim("telegram", "boris"),))
    await office.accept(OLGA)
    await office.answer(OLGA, (await office.conversation(boris)).id, "Good morning")
    await office.presences.set(_olga(office), "offline")
    await office.time_passes(seconds=60)
    await office.write("Boris", "One more thing", to=its_bot, claims=(Claim("telegram", "boris"),))
    await office.time_passes(seconds=130)
    assert (await office.conversation(ann)).operator_id is None
    assert (await office.conversation(boris)).operator_id == OLGA
    await office.time_passes(seconds=720)
    assert (await office.conversation(boris)).operator_id is None


async def test_who_wrote_after_their_console_was_gone_and_then_went_too_is_missed(office: Office) -> None:
    await office.change_line(members=(OLGA,))
    ann = await office.write("Ann", "Hello")
    await office.accept(OLGA)
    await office.presences.gone(OLGA)
    await office.time_passes(seconds=10, awake=False)
    await office.answer(OLGA, (await office.conversation(ann)).id, "Good morning")
    await office.write("Ann", "One more thing")
    for _ in range(5):
        await office.time_passes(minutes=1, awake=False)
    assert (await office.conversation(ann)).operator_id is None


async def test_who_clicked_without_a_console_that_is_connected_is_missed(office: Office) -> None:
    await office.change_line(members=(OLGA,))
    ann = await office.write("Ann", "Hello")
    await office.presences.set(_olga(office), "online")
    await office.accept(OLGA)
    for _ in range(6):
        await office.time_passes(minutes=1, awake=False)
    assert (await office.conversation(ann)).operator_id is None


async def test_who_is_back_before_their_turn_to_give_back_keeps_what_they_hold(office: Office) -> None:
    await office.change_line(members=(OLGA,), grace_seconds=180)
    ann = await office.write("Ann", "Hello")
    await office.accept(OLGA)
    await office.presences.set(_olga(office), "offline")
    office.clock.move(seconds=180)
    inner = office.core.store

    class Returning:
        """Olga clicks after it was seen that she is gone, before anything is given back."""

        async def read(self, work: Any) -> Any:
            found = await inner.read(work)
            if isinstance(found, list):
                await office.presences.set(_olga(office), "online")
            return found

        def __getattr__(self, name: str) -> Any:
            return getattr(inner, name)

    core = replace(office.core, store=cast("Store", Returning()))
    errand = Errand("out_1", "operator.grace", OLGA, office.clock.now(), "", None, 1, 1)
    await Presences(core, office.directory, office.offers).grace_over(errand)
    assert (await office.conversation(ann)).operator_id == OLGA


@pytest.mark.parametrize("how", ["taken", "reopened"])
async def test_what_somebody_takes_after_their_day_and_does_not_answer_goes_back(office: Office, how: str) -> None:
    await office.presences.set(_olga(office), "offline")
    await office.change_line(members=(OLGA,), grace_seconds=180)
    ann = await office.write("Ann", "Hello")
    await office.time_passes(hours=1)
    id = (await office.conversation(ann)).id
    if how == "reopened":
        await office.desk.close(_olga(office), id)
        await office.desk.reopen(_olga(office), id)
    else:
        await office.offers.take(_olga(office), id)
    await office.time_passes(seconds=170)
    assert (await office.conversation(ann)).operator_id == OLGA
    await office.answer(OLGA, id, "Good morning")
    await office.write("Ann", "One more thing")
    await office.time_passes(seconds=170)
    assert (await office.conversation(ann)).operator_id == OLGA
    await office.time_passes(seconds=11)
    assert (await office.conversation(ann)).operator_id is None
