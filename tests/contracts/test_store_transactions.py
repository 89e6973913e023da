"""What Store promises about transactions, on every engine."""

from __future__ import annotations

import asyncio
import json
import random
from dataclasses import replace

import pytest

from gateway.domain.errors import Conflict, NotFound
from gateway.domain.event import Event
from gateway.domain.ids import ConversationId, DialogueId
from gateway.domain.operator import Presence
from gateway.ports.store import UnitOfWork
from tests.contracts.people import MAIL, OLGA, SALES, SITE, SUPPORT, Enquiry, enquire, heard, inbound, settle_in
from tests.stores import MONDAY, TestStore


class Mistake(Exception):
    """A use case's own failure."""


def words(events: object) -> list[str]:
    """What the events of `heard` said."""
    return [event.data["what"] for event in events]  # type: ignore[attr-defined]


async def test_a_failing_use_case_leaves_neither_rows_nor_events(store: TestStore) -> None:
    told: list[Event] = []
    store.store.on_commit(told.extend)

    async def fail(uow: UnitOfWork) -> None:
        await enquire(uow, store)
        uow.emit(heard("never"))
        await uow.dialogues.places([(MAIL, "ann")])
        raise Mistake

    with pytest.raises(Mistake):
        await store.store.run(fail)
    assert await store.store.read(lambda uow: uow.dialogues.places([(MAIL, "ann")])) == {}
    assert (await store.store.events(after=0, limit=10), await store.store.head(), told) == ([], 0, [])


async def test_a_use_case_that_failed_does_not_harm_those_beside_it(store: TestStore) -> None:
    async def one(place: int) -> None:
        async def work(uow: UnitOfWork) -> None:
            await enquire(uow, store, key=f"k{place}")
            uow.emit(heard(str(place)))
            if place % 3 == 0:
                raise Mistake

        await store.store.run(work)

    outcomes = await asyncio.gather(*(one(place) for place in range(30)), return_exceptions=True)
    assert [isinstance(outcome, Mistake) for outcome in outcomes] == [place % 3 == 0 for place in range(30)]
    keys = [(MAIL, f"k{place}") for place in range(30)]
    found = await store.store.read(lambda uow: uow.dialogues.places(keys))
    assert sorted(key for _, key in found) == sorted(f"k{place}" for place in range(30) if place % 3)
    assert sorted(words(await store.store.events(after=0, limit=99)), key=int) == [str(n) for n in range(30) if n % 3]


async def test_event_numbers_have_no_gaps_and_are_told_in_order(store: TestStore) -> None:
    told: list[Event] = []
    store.store.on_commit(told.extend)
    chance = random.Random(1)

    async def one(place: int, events: int, fails: bool) -> None:
        async def work(uow: UnitOfWork) -> None:
            for part in range(events):
                uow.emit(heard(f"{place}.{part}"))
            await uow.operators.all()
            if fails:
                raise Mistake

        await store.store.run(work)

    work = [one(place, chance.randrange(4), chance.random() < 0.3) for place in range(60)]
    await asyncio.gather(*work, return_exceptions=True)
    stored = await store.store.events(after=0, limit=1000)
    assert [event.seq for event in stored] == list(range(1, len(stored) + 1))
    assert told == list(stored)
    assert [event.text for event in told] == [event.text for event in stored]
    assert all(json.loads(event.text) == event.data for event in told)
    assert await store.store.head() == len(stored) > 0
    assert [event.seq for event in await store.store.events(after=5, limit=3)] == [6, 7, 8]


async def test_a_listener_that_fails_does_not_keep_the_next_from_hearing(store: TestStore) -> None:
    def broken(_: object) -> None:
        raise Mistake

    told: list[Event] = []
    store.store.on_commit(broken)
    store.store.on_commit(told.extend)

    async def work(uow: UnitOfWork) -> None:
        uow.emit(heard("all the same"))

    await store.store.run(work)
    assert words(told) == ["all the same"]


async def test_two_who_open_the_same_dialogue_end_in_one(store: TestStore) -> None:
    tries = 0

    async def arrive(uow: UnitOfWork) -> DialogueId:
        nonlocal tries
        tries += 1
        known = await uow.dialogues.places([(MAIL, "ann")])
        if known:
            return known[MAIL, "ann"].dialogue.id
        await asyncio.sleep(0)
        return (await enquire(uow, store, key="ann")).dialogue.id

    opened = await asyncio.gather(*(store.store.run(arrive) for _ in range(8)))
    assert len(set(opened)) == 1
    assert tries >= 8


async def test_a_conflict_that_stays_reaches_the_caller_after_five_tries(store: TestStore) -> None:
    await store.store.run(lambda uow: enquire(uow, store))
    tries = 0

    async def again(uow: UnitOfWork) -> Enquiry:
        nonlocal tries
        tries += 1
        return await enquire(uow, store)

    with pytest.raises(Conflict):
        await store.store.run(again)
    assert tries == 5


async def test_a_conflict_of_the_use_case_itself_is_not_tried_again(store: TestStore) -> None:
    tries = 0

    async def refuse(_: UnitOfWork) -> None:
        nonlocal tries
        tries += 1
        raise Conflict("Taken.")

    with pytest.raises(Conflict):
        await store.store.run(refuse)
    assert tries == 1


async def test_messages_of_one_dialogue_are_numbered_one_after_another(store: TestStore) -> None:
    await store.store.run(lambda uow: enquire(uow, store))

    async def say(word: int) -> None:
        async def work(uow: UnitOfWork) -> None:
            place = (await uow.dialogues.places([(MAIL, "ann")]))[MAIL, "ann"]
            assert place.conversation is not None
            now = replace(place.dialogue, last_seq=place.dialogue.last_seq + 1)
            ann = Enquiry(place.contact, now, place.conversation)
            await uow.messages.add(inbound(store, ann, seq=now.last_seq, external_id=f"<{word}>"))
            heard_now = place.conversation.heard(at=MONDAY, preview=str(word))
            await uow.conversations.save(heard_now)
            await uow.dialogues.save(now)

        await store.store.run(work)

    await asyncio.gather(*(say(word) for word in range(25)))
    place = (await store.store.read(lambda uow: uow.dialogues.places([(MAIL, "ann")])))[MAIL, "ann"]
    assert place.dialogue.last_seq == 25
    assert place.conversation is not None
    assert place.conversation.unread == 25


async def test_a_cancelled_caller_leaves_the_store_usable(store: TestStore) -> None:
    entered = asyncio.Event()

    async def linger(uow: UnitOfWork) -> None:
        await enquire(uow, store)
        await uow.dialogues.places([(MAIL, "ann")])
        entered.set()
        await asyncio.Event().wait()

    running = asyncio.create_task(store.store.run(linger))
    await entered.wait()
    queued = asyncio.create_task(store.store.run(lambda uow: enquire(uow, store, key="boris")))
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    await queued
    found = await store.store.read(lambda uow: uow.dialogues.places([(MAIL, "ann"), (MAIL, "boris")]))
    assert list(found) == [(MAIL, "boris")]


async def test_a_use_case_sees_its_own_writes_before_anyone_else(store: TestStore) -> None:
    async def work(uow: UnitOfWork) -> None:
        ann = await enquire(uow, store)
        taken = ann.conversation.taken(OLGA, at=MONDAY)
        await uow.conversations.save(taken)
        assert await uow.conversations.get(ann.conversation.id) == taken
        assert await uow.conversations.held_by([OLGA]) == [taken]
        later = replace(taken, preview="changed again")
        await uow.conversations.save(later)
        assert (await uow.conversations.lock(taken.id))[0] == later

    await store.store.run(work)


async def test_unknown_ids_raise_not_found(store: TestStore) -> None:
    await settle_in(store)

    async def save_unknown(uow: UnitOfWork) -> None:
        ann = await enquire(uow, store)
        await uow.operators.all()
        await uow.conversations.save(replace(ann.conversation, id=ConversationId("cnv_none")))

    for work in (
        lambda uow: uow.conversations.get("cnv_none"), lambda uow: uow.conversations.lock("cnv_none"),
        lambda uow: uow.dialogues.lock("dlg_none"), lambda uow: uow.messages.get("msg_none"),
        lambda uow: uow.messages.attachment("att_none"), lambda uow: uow.contacts.get("con_none"),
        lambda uow: uow.leads.get("led_none"), lambda uow: uow.lines.get("lin_none"),
        lambda uow: uow.lines.remove("lin_none"),
        lambda uow: uow.channels.get("chn_none"), lambda uow: uow.operators.get("opr_none"),
        lambda uow: uow.calls.get("cal_none"),
        lambda uow: uow.calls.recording("rec_none"), lambda uow: uow.queue.offer("off_none"),
        lambda uow: uow.raws.get("raw_none"),
        lambda uow: uow.raws.mark("raw_none", state="done"), lambda uow: uow.deliveries.get("dlv_none"), save_unknown,
    ):  # fmt: skip
        with pytest.raises(NotFound):
            await store.store.run(work)


async def test_a_line_and_a_channel_know_how_many_conversations_run_in_them(store: TestStore) -> None:
    async def work(uow: UnitOfWork) -> None:
        ann, _ = await enquire(uow, store), await enquire(uow, store, key="boris")
        assert [await uow.conversations.running_of(owner) for owner in (SALES, MAIL, SUPPORT, SITE)] == [2, 2, 0, 0]
        await uow.conversations.save(ann.conversation.finished(at=MONDAY))
        assert await uow.conversations.running_of(SALES) == 1

    await store.store.run(work)


async def test_changes_of_a_presence_at_the_same_moment_undo_each_other_never(store: TestStore) -> None:
    await store.store.run(lambda uow: uow.operators.save_presence(Presence(OLGA, "online", MONDAY, MONDAY)))

    async def lapse(uow: UnitOfWork) -> None:
        presence = await uow.operators.hold_presence(OLGA)
        assert presence is not None
        await uow.operators.save_presence(presence.lapsed())

    await asyncio.gather(*(store.store.run(lapse) for _ in range(10)))
    found = await store.store.read(lambda uow: uow.operators.presence(OLGA))
    assert found is not None
    assert found.streak == 10
