"""What is to be sent by a channel that is off: it says so once, waits quietly, and goes soon after the channel is back."""

from __future__ import annotations

from tests.flows.office import BOT, OLGA, Office


async def _olga_answers_while_the_bot_is_off(office: Office) -> None:
    await office.change_line(members=(OLGA,))
    ann = await office.write("Ann", "Hello")
    await office.accept(OLGA)
    bot = office.adapters.by_id.pop(BOT)
    await office.answer(OLGA, (await office.conversation(ann)).id, "Good morning")
    await office.answer(OLGA, (await office.conversation(ann)).id, "How are you?")
    office.adapters.by_id[BOT] = bot


async def test_who_waits_for_a_channel_that_is_off_is_told_so_once_in_a_while(office: Office) -> None:
    await _olga_answers_while_the_bot_is_off(office)
    bot = office.adapters.by_id.pop(BOT)
    for _ in range(120):
        await office.time_passes(seconds=30)
    told = [event.data["delivery"] for event in office.events if event.type == "delivery.updated"]
    assert {(one["state"], one["code"]) for one in told} == {("due", "channel_off")}
    assert len(told) <= 5
    office.adapters.by_id[BOT] = bot
    await office.time_passes(seconds=1)
    assert office.sent() == ["Good morning", "How are you?"]


async def test_a_channel_that_was_off_for_a_moment_between_two_looks_makes_nobody_wait(office: Office) -> None:
    await _olga_answers_while_the_bot_is_off(office)
    await office.time_passes(seconds=5)
    assert office.sent() == ["Good morning", "How are you?"]
