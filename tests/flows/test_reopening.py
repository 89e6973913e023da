"""One dialogue has one conversation that runs: what the contact writes reaches whoever has taken them up."""

from __future__ import annotations

import pytest

from gateway.domain.errors import IllegalMove
from gateway.domain.inbound import Accepted
from gateway.domain.line import Texts
from tests.flows.office import BOX, OLGA, Office


async def test_an_older_conversation_is_not_taken_up_beside_a_newer_one(office: Office) -> None:
    olga = office.directory.operator(OLGA)
    first = await office.write("Ann", "Hello")
    await office.desk.close(olga, (await office.conversation(first)).id)
    await office.time_passes(days=2)
    second = await office.write("Ann", "Another thing")
    await office.desk.close(olga, (await office.conversation(second)).id)
    assert first.conversation_id != second.conversation_id
    with pytest.raises(IllegalMove, match="There is a newer conversation"):
        await office.desk.reopen(olga, (await office.conversation(first)).id)
    third = await office.write("Ann", "About the first thing")
    running = [one for one in (first, third) if not (await office.conversation(one)).ended]
    assert running == [third]


async def test_who_had_our_answer_does_not_wait_because_we_take_it_up_again(office: Office) -> None:
    await office.change_line(members=(OLGA,))
    olga = office.directory.operator(OLGA)
    ann = await office.write("Ann", "Hello")
    await office.accept(OLGA)
    id = (await office.conversation(ann)).id
    await office.answer(OLGA, id, "Good morning")
    await office.desk.close(olga, id)
    await office.time_passes(hours=1)
    await office.desk.reopen(olga, id)
    assert (await office.conversation(ann)).waiting_since is None
    await office.time_passes(hours=1)
    await office.write("Ann", "One more thing")
    assert (await office.conversation(ann)).waiting_since == office.clock.now()


async def test_who_was_set_aside_as_spam_and_writes_again_waits_for_nobody(office: Office) -> None:
    ann = await office.write("Ann", "Buy now!")
    await office.desk.spam(office.directory.operator(OLGA), (await office.conversation(ann)).id)
    await office.write("Ann", "Buy now!!")
    talk = await office.conversation(ann)
    assert (talk.state, talk.waiting_since) == ("spam", None)


async def test_who_wants_no_automatic_answer_gets_none_and_is_answered_by_people(office: Office) -> None:
    await office.change_line(members=(OLGA,), texts=Texts(welcome={"": "Thank you for writing."}))
    ann = await office.write("ann@example.com", "My order", to=BOX, quiet=True)
    await office.write("boris@example.com", "My order", to=BOX)
    await office.time_passes(minutes=1)
    assert office.sent(BOX) == ["Thank you for writing."], "Boris is greeted, Ann is not"
    talk = await office.conversation(ann)
    await office.offers.take(office.directory.operator(OLGA), talk.id)
    await office.answer(OLGA, talk.id, "It is on its way")
    await office.write("ann@example.com", "Thank you, and when?", to=BOX, quiet=True, key="ann@example.com")
    assert (await office.conversation(ann)).turn == "ours"


async def _answered_and_closed(office: Office) -> Accepted:
    """Ann has had her answer, and Olga has closed it."""
    await office.change_line(members=(OLGA,), auto_close_hours=24)
    ann = await office.write("Ann", "Hello")
    await office.accept(OLGA)
    id = (await office.conversation(ann)).id
    await office.answer(OLGA, id, "Good morning")
    await office.desk.close(office.directory.operator(OLGA), id)
    await office.time_passes(days=3)
    return ann


async def test_what_is_taken_up_again_closes_by_itself_if_nobody_writes(office: Office) -> None:
    ann = await _answered_and_closed(office)
    await office.desk.reopen(office.directory.operator(OLGA), (await office.conversation(ann)).id)
    await office.time_passes(hours=23)
    assert (await office.conversation(ann)).state == "active"
    await office.time_passes(hours=2)
    assert (await office.conversation(ann)).state == "closed"


async def test_what_is_taken_up_again_while_the_customer_is_owed_an_answer_never_closes_by_itself(office: Office) -> None:
    await office.change_line(members=(OLGA,), auto_close_hours=24)
    ann = await office.write("Ann", "Hello")
    olga = office.directory.operator(OLGA)
    await office.desk.close(olga, (await office.conversation(ann)).id)
    await office.desk.reopen(olga, (await office.conversation(ann)).id)
    await office.time_passes(days=3)
    assert not (await office.conversation(ann)).ended
