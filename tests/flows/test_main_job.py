"""The main job, told as stories: a message arrives, becomes a lead, is offered, answered and carried back."""

from __future__ import annotations

import pytest

from gateway.domain.errors import send_again, send_unknown
from gateway.domain.inbound import Claim
from gateway.services.offers import TakenBy
from tests.flows.office import BOT, BOX, IVAN, OLGA, SITE, Office


async def test_ann_writes_and_is_answered_by_olga(office: Office) -> None:
    ann = await office.write("Ann", "Do you repair wheels?")
    assert await office.offered_to() == ["Ivan"] or await office.offered_to() == ["Olga"]
    taker = (await office.pending())[0].operator_id
    await office.accept(taker)
    talk = await office.conversation(ann)
    assert (talk.state, talk.operator_id, talk.turn) == ("active", taker, "ours")
    await office.answer(taker, talk.id, "We do, bring it in.")
    assert office.sent() == ["We do, bring it in."]
    talk = await office.conversation(ann)
    assert (talk.turn, talk.waiting_since) == ("theirs", None)
    assert "lead.created" in office.happened()


async def test_the_same_message_again_changes_nothing(office: Office) -> None:
    first = await office.write("Ann", "Hello", again="update-1")
    events = len(office.events)
    second = await office.write("Ann", "Hello", again="update-1")
    assert not second.new
    assert (second.message_id, second.conversation_id, second.seq) == (
        first.message_id,
        first.conversation_id,
        first.seq,
    )
    assert len(office.events) == events


async def test_second_message_joins_the_open_conversation(office: Office) -> None:
    first = await office.write("Ann", "Hello")
    second = await office.write("Ann", "Are you there?")
    assert second.conversation_id == first.conversation_id
    assert second.seq == (first.seq or 0) + 1


async def test_olga_lets_it_lapse_and_ivan_is_asked(office: Office) -> None:
    await office.write("Ann", "Hello")
    first = (await office.pending())[0].operator_id
    await office.time_passes(seconds=61)
    second = (await office.pending())[0].operator_id
    assert {first, second} == {OLGA, IVAN}
    assert "offer.lapsed" in office.happened()


async def test_a_late_accept_is_refused_even_if_it_is_free_again(office: Office) -> None:
    await office.write("Ann", "Hello")
    offer = (await office.pending())[0]
    await office.time_passes(seconds=61)
    with pytest.raises(TakenBy):
        await office.offers.accept(office.directory.operator(offer.operator_id), offer.id, offer.epoch)


async def test_of_two_accepts_one_wins_and_the_other_hears_who(office: Office) -> None:
    await office.change_line(distribution="all")
    ann = await office.write("Ann", "Hello")
    pending = {offer.operator_id: offer for offer in await office.pending()}
    assert set(pending) == {OLGA, IVAN}
    await office.offers.accept(office.directory.operator(OLGA), pending[OLGA].id, pending[OLGA].epoch)
    with pytest.raises(TakenBy, match="Taken by Olga"):
        await office.offers.accept(office.directory.operator(IVAN), pending[IVAN].id, pending[IVAN].epoch)
    assert (await office.conversation(ann)).operator_id == OLGA


async def test_declining_passes_it_on_without_a_mark(office: Office) -> None:
    await office.write("Ann", "Hello")
    offer = (await office.pending())[0]
    await office.offers.decline(office.directory.operator(offer.operator_id), offer.id, offer.epoch)
    await office.settle()
    assert (await office.pending())[0].operator_id != offer.operator_id


async def test_the_night_gets_its_text_once_and_the_lead_exists_all_the_same(office: Office) -> None:
    from gateway.domain.line import Texts
    from gateway.domain.schedule import Schedule, parse_range

    hours = Schedule(zone="UTC", week=((parse_range("09:00-18:00"),),) * 5 + ((), ()))
    await office.change_line(schedule=hours, texts=Texts(out_of_hours={"": "Closed until {opens_at}."}))
    await office.time_passes(hours=9, minutes=5)  # 18:05
    await office.write("Ann", "Hello?")
    await office.write("Ann", "Anybody?")
    assert office.sent() == ["Closed until 2026-01-06 09:00."]
    assert await office.pending() == []
    assert "lead.created" in office.happened()
    await office.time_passes(hours=14, minutes=55)
    assert len(await office.pending()) == 1


async def test_a_note_stays_in_the_house(office: Office) -> None:
    ann = await office.write("Ann", "Hello")
    taker = (await office.pending())[0].operator_id
    await office.accept(taker)
    row = await office.answer(taker, (await office.conversation(ann)).id, "She is in a hurry", type="note")
    assert row["type"] == "note"
    assert row["delivery"] is None
    assert office.sent() == []


async def test_a_failed_send_is_repeated_with_the_same_key_and_in_order(office: Office) -> None:
    ann = await office.write("Ann", "Hello")
    taker = (await office.pending())[0].operator_id
    await office.accept(taker)
    talk = await office.conversation(ann)
    office.adapters.by_id[BOT].faults.append(send_again("Telegram is away.", after=5))
    await office.answer(taker, talk.id, "One")
    await office.answer(taker, talk.id, "Two")
    assert office.sent() == []
    await office.time_passes(seconds=6)
    assert office.sent() == ["One", "Two"]


async def test_an_unsure_send_is_shown_and_not_repeated(office: Office) -> None:
    ann = await office.write("Ann", "Hello")
    taker = (await office.pending())[0].operator_id
    await office.accept(taker)
    talk = await office.conversation(ann)
    office.adapters.by_id[BOT].faults.append(send_unknown("No answer seen."))
    row = await office.answer(taker, talk.id, "One")
    await office.time_passes(minutes=10)
    assert office.sent() == []
    assert (await office.conversation(ann)).troubled
    again = await office.carrier.decide(office.directory.operator(taker), row["id"], "again")
    assert again["delivery"]["state"] == "due"
    await office.settle()
    assert office.sent() == ["One"]
    assert not (await office.conversation(ann)).troubled


async def test_an_unsure_mail_is_repeated_because_its_message_id_is_the_same(office: Office) -> None:
    ann = await office.write("ann@example.com", "Hello", to=BOX)
    taker = (await office.pending())[0].operator_id
    await office.accept(taker)
    office.adapters.by_id[BOX].faults.append(send_unknown("The connection fell after the final dot."))
    await office.answer(taker, (await office.conversation(ann)).id, "One")
    await office.time_passes(minutes=1)
    assert office.sent(BOX) == ["One"]


async def test_the_same_phone_joins_ann_and_her_lead(office: Office) -> None:
    first = await office.write("Ann", "Hello", claims=(Claim("telegram", "77"), Claim("phone", "+442079460018")))
    second = await office.write(
        "ann@example.com", "It is me", to=BOX, claims=(Claim("email", "ann@example.com"), Claim("phone", "+442079460018"))
    )
    one, two = await office.conversation(first), await office.conversation(second)
    assert one.contact_id == two.contact_id
    assert one.lead_id == two.lead_id
    assert two.lead_reason == "same_phone"


async def test_a_typed_phone_never_joins_two_people(office: Office) -> None:
    await office.write("Ann", "Hello", claims=(Claim("telegram", "77"), Claim("phone", "+442079460018")))
    boris = await office.write("Boris", "call me at +44 20 7946 0018", to=SITE)
    ann = await office.write("Ann", "Still here", key="ann")
    assert (await office.conversation(boris)).contact_id != (await office.conversation(ann)).contact_id


async def test_ann_shares_the_number_that_the_telephone_knows_already(office: Office) -> None:
    phone = Claim("phone", "+442079460018")
    known = await office.write("+442079460018", "From the desk phone", to=SITE, claims=(phone,))
    first = await office.write("Ann", "Hello", claims=(Claim("telegram", "77"),))
    await office.write("Ann", "My number", claims=(Claim("telegram", "77"), phone))
    ann, caller = await office.conversation(first), await office.conversation(known)
    numbers = await office.store.read(lambda uow: uow.contacts.identities(ann.contact_id))
    assert ann.contact_id != caller.contact_id
    assert [(one.kind, one.verified) for one in numbers] == [("telegram", True), ("phone", False)]


async def test_writing_after_the_close_comes_back_to_the_same_people(office: Office) -> None:
    ann = await office.write("Ann", "Hello")
    taker = (await office.pending())[0].operator_id
    await office.accept(taker)
    by = office.directory.operator(taker)
    talk = await office.conversation(ann)
    await office.answer(taker, talk.id, "Done.")
    await office.desk.close(by, talk.id)
    await office.time_passes(hours=2)
    again = await office.write("Ann", "One more thing")
    assert again.conversation_id == ann.conversation_id
    assert await office.offered_to() == [{OLGA: "Olga", IVAN: "Ivan"}[taker]]
    await office.accept(taker)
    await office.desk.close(by, talk.id)
    await office.time_passes(hours=30)
    later = await office.write("Ann", "Hello again")
    assert later.conversation_id != ann.conversation_id
    assert (await office.conversation(later)).lead_id == talk.lead_id


async def test_a_transfer_is_kept_by_the_sender_until_it_is_accepted(office: Office) -> None:
    ann = await office.write("Ann", "Hello")
    taker = (await office.pending())[0].operator_id
    other = IVAN if taker == OLGA else OLGA
    await office.accept(taker)
    talk = await office.conversation(ann)
    await office.desk.assign(office.directory.operator(taker), talk.id, other)
    assert (await office.conversation(ann)).operator_id == taker
    await office.time_passes(seconds=61)
    assert (await office.conversation(ann)).operator_id == taker
    await office.desk.assign(office.directory.operator(taker), talk.id, other)
    await office.accept(other)
    assert (await office.conversation(ann)).operator_id == other


async def test_the_limit_holds_and_freed_room_is_used(office: Office) -> None:
    await office.change_line(limit=1.0, members=(OLGA,))
    first = await office.write("Ann", "Hello", to=SITE)
    second = await office.write("Boris", "Hello", to=SITE)
    assert [offer.conversation_id for offer in await office.pending()] == [first.conversation_id]
    await office.accept(OLGA)
    assert await office.pending() == []
    talk = await office.conversation(first)
    await office.desk.close(office.directory.operator(OLGA), talk.id)
    await office.settle()
    assert [offer.conversation_id for offer in await office.pending()] == [second.conversation_id]


async def test_equal_operators_get_equal_shares(office: Office) -> None:
    await office.change_line(limit=100.0)
    counts = {OLGA: 0, IVAN: 0}
    for number in range(9):
        await office.write(f"Guest {number}", "Hello", key=f"guest-{number}", claims=(Claim("telegram", str(number)),))
        taker = (await office.pending())[0].operator_id
        counts[taker] += 1
        await office.accept(taker)
        await office.time_passes(seconds=1)
    assert abs(counts[OLGA] - counts[IVAN]) <= 1


async def test_an_operator_who_leaves_gives_back_what_waits_for_us(office: Office) -> None:
    await office.change_line(members=(OLGA,), grace_seconds=180)
    ann = await office.write("Ann", "Hello")
    await office.accept(OLGA)
    await office.presences.set(office.directory.operator(OLGA), "offline")
    await office.time_passes(seconds=100)
    assert (await office.conversation(ann)).operator_id == OLGA
    await office.time_passes(seconds=100)
    talk = await office.conversation(ann)
    assert (talk.state, talk.operator_id) == ("queued", None)


def _thread(token: str | None, fallback: str, *participants: str) -> dict[str, object]:
    return {"thread": {"token": token, "fallback_key": fallback, "participants": list(participants)}}


async def test_a_signed_thread_opens_only_to_who_takes_part(office: Office) -> None:
    ann = await office.write("ann@example.com", "Hello", to=BOX, key="t1", data=_thread(None, "t1", "tom@example.com"))
    copied = await office.write("tom@example.com", "Me too", to=BOX, key="t1", data=_thread("t1", "t2"))
    assert copied.conversation_id == ann.conversation_id
    thief = await office.write("boris@example.com", "Send it to me", to=BOX, key="t1", data=_thread("t1", "t3"))
    assert thief.conversation_id != ann.conversation_id
    forged = await office.write("boris@example.com", "And this", to=BOX, key="gone", data=_thread("gone", "t3"))
    assert forged.conversation_id == thief.conversation_id


async def test_blocking_the_bot_is_a_line_in_the_thread_and_no_message(office: Office) -> None:
    assert not (await office.write("Ann", "", data={"system": "telegram.blocked"}, automatic=True)).new
    await office.write("Ann", "Hello")
    await office.write("Ann", "", data={"system": "telegram.blocked"}, automatic=True)
    assert office.happened().count("message.received") == 1
    assert office.events[-1].data["message"]["key"] == "telegram.blocked"


async def test_nobody_can_answer_into_a_form(office: Office) -> None:
    from gateway.domain.errors import IllegalMove

    ann = await office.write("Ann", "Call me", to=SITE, key="form:1")
    taker = (await office.pending())[0].operator_id
    await office.accept(taker)
    with pytest.raises(IllegalMove, match="form of a site"):
        await office.answer(taker, (await office.conversation(ann)).id, "We will")


async def test_a_silent_customer_is_closed_after_the_hours_of_the_line(office: Office) -> None:
    await office.change_line(auto_close_hours=24)
    ann = await office.write("Ann", "Hello")
    taker = (await office.pending())[0].operator_id
    await office.accept(taker)
    talk = await office.conversation(ann)
    await office.answer(taker, talk.id, "Here is the price.")
    await office.time_passes(hours=23)
    assert (await office.conversation(ann)).state == "active"
    await office.answer(taker, talk.id, "Still there?")
    await office.time_passes(hours=23)
    assert (await office.conversation(ann)).state == "active"
    await office.time_passes(hours=2)
    assert (await office.conversation(ann)).state == "closed"


async def test_a_channel_tells_since_when_nothing_came_in(office: Office) -> None:
    assert (await office.store.read(lambda uow: uow.channels.get(BOT))).last_event_at is None
    await office.write("Ann", "Hello")
    heard = (await office.store.read(lambda uow: uow.channels.get(BOT))).last_event_at
    assert heard == office.clock.now()
    await office.time_passes(seconds=30)
    await office.write("Ann", "Anybody?")
    assert (await office.store.read(lambda uow: uow.channels.get(BOT))).last_event_at == heard
    await office.time_passes(seconds=60)
    await office.write("Ann", "Hello?")
    assert (await office.store.read(lambda uow: uow.channels.get(BOT))).last_event_at == office.clock.now()
