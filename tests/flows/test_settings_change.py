"""Channels move and go, lines close and go, while people wait: nobody is lost by it and nobody else is held up."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from gateway.domain.errors import Refused
from gateway.domain.ids import LineId
from gateway.domain.line import Line, Texts
from gateway.domain.schedule import Schedule
from gateway.services.setup import Setup
from gateway.services.setup_channels import ChannelSetup
from tests.flows.office import BOT, BOX, IVAN, LINE, OLGA, PBX, SITE, Office

SUPPORT = LineId("lin_support")


async def _move_the_bot_to_support(office: Office) -> None:
    async def work(uow: Any) -> None:
        await uow.lines.add(Line(SUPPORT, "Support", members=(IVAN,)))
        await uow.channels.save(replace(await uow.channels.get(BOT), line_id=SUPPORT))

    await office.store.run(work)
    await office.directory.refresh()


async def test_who_comes_back_after_the_channel_moved_waits_in_its_new_line_and_holds_up_nobody(office: Office) -> None:
    ann = await office.write("Ann", "Hello")
    await office.desk.close(office.directory.operator(OLGA), (await office.conversation(ann)).id)
    await _move_the_bot_to_support(office)
    await office.change_line(schedule=Schedule(), members=(OLGA,))
    again = await office.write("Ann", "One more thing")
    assert again.conversation_id == ann.conversation_id
    assert (await office.conversation(again)).line_id == SUPPORT
    assert await office.offered_to() == ["Ivan"]


async def test_a_conversation_that_runs_stays_in_its_line_when_the_channel_moves(office: Office) -> None:
    ann = await office.write("Ann", "Hello")
    await _move_the_bot_to_support(office)
    office.events.clear()
    await office.write("Ann", "Are you there?")
    assert (await office.conversation(ann)).line_id == LINE
    assert {event.line_id for event in office.events if event.type == "message.received"} == {LINE}


async def test_a_conversation_whose_channel_is_gone_holds_up_nobody(office: Office) -> None:
    await office.change_line(members=())
    await office.write("Ann", "Hello")
    await office.store.run(lambda uow: uow.channels.remove(BOT))  # by another process that did not know of Ann yet
    await office.change_line(members=(OLGA, IVAN))
    await office.write("Boris", "Do you repair wheels?", to=SITE)
    assert len(await office.offered_to()) == 1


async def test_neither_a_line_nor_a_channel_goes_while_somebody_waits_there(office: Office) -> None:
    ann = await office.write("Ann", "Hello")
    await _move_the_bot_to_support(office)
    olga, setup = office.directory.operator(OLGA), Setup(office.core)
    channels = ChannelSetup(office.core, adapters=office.adapters, public_url="https://chat.example.com")
    for id in (SITE, BOX, PBX):
        await channels.remove(olga, id)
    with pytest.raises(Refused, match=r"still running \(1\)"):
        await setup.remove_line(olga, LINE)
    with pytest.raises(Refused, match=r"still running \(1\)"):
        await channels.remove(olga, BOT)
    await office.desk.close(olga, (await office.conversation(ann)).id)
    await setup.remove_line(olga, LINE)
    await channels.remove(olga, BOT)


async def test_what_ended_in_a_line_that_is_gone_can_still_be_taken_up_again(office: Office) -> None:
    ann = await office.write("Ann", "Hello")
    olga = office.directory.operator(OLGA)
    await office.desk.close(olga, (await office.conversation(ann)).id)
    await _move_the_bot_to_support(office)
    await office.store.run(lambda uow: uow.lines.remove(LINE))
    await office.directory.refresh()
    await office.desk.reopen(olga, (await office.conversation(ann)).id)
    assert (await office.conversation(ann)).line_id == SUPPORT


async def test_who_comes_to_a_line_that_is_switched_off_is_told_so_and_keeps_their_place(office: Office) -> None:
    texts = Texts(welcome={"": "Welcome!"}, out_of_hours={"": "We are not here."}, no_answer={"": "Nobody is free yet."})
    await office.change_line(enabled=False, texts=texts, no_answer_seconds=60)
    ann = await office.write("Ann", "Hello")
    boris = await office.write("Boris", "Do you repair wheels?", to=SITE)
    for _ in range(30):
        await office.time_passes(minutes=1)
    assert office.sent() == ["We are not here."]
    assert [(await office.conversation(one)).state for one in (ann, boris)] == ["queued", "queued"]
    await office.change_line(enabled=True)
    await office.settle()
    assert len(await office.pending()) == 2
