"""Claims, leases and fences: what two workers at once must never do, on every engine."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest

from gateway.domain.contact import Identity
from gateway.domain.delivery import Delivery, Quotation
from gateway.domain.errors import Conflict
from gateway.domain.ids import DeliveryId, IdentityId, LeadId, MessageId, OfferId, RawId
from gateway.domain.inbound import Claim, Raw
from gateway.domain.lead import Lead
from gateway.domain.offer import Offer, QueueEntry
from gateway.ports.store import Errand, UnitOfWork
from tests.contracts.people import IVAN, MAIL, OLGA, SALES, SUPPORT, Enquiry, enquire, inbound, outbound, settle_in
from tests.stores import MONDAY, TestStore

SOON = timedelta(seconds=30)


async def post(uow: UnitOfWork, store: TestStore, enquiry: Enquiry, *, seq: int) -> Delivery:
    """Olga's answer, due now."""
    message = outbound(store, enquiry, seq=seq)
    await uow.messages.add(message)
    delivery = Delivery(
        DeliveryId(store.ids.new("dlv")), message.id, enquiry.dialogue.id, MAIL, "due", MONDAY, store.clock.now()
    )
    await uow.deliveries.add(delivery)
    return delivery


async def claim(store: TestStore, limit: int = 10) -> list[Delivery]:
    """What a worker would take now."""
    now = store.clock.now()
    return list(await store.store.run(lambda uow: uow.deliveries.claim(now=now, lease_until=now + SOON, limit=limit)))


async def test_only_the_oldest_unfinished_of_a_dialogue_is_claimed(store: TestStore) -> None:
    async def work(uow: UnitOfWork) -> list[Delivery]:
        ann, boris = await enquire(uow, store), await enquire(uow, store, key="boris")
        return [await post(uow, store, who, seq=seq) for who, seq in ((ann, 1), (ann, 2), (boris, 1), (ann, 3))]

    first, second, other, _ = await store.store.run(work)
    taken = await claim(store)
    assert [one.id for one in taken] == [first.id, other.id]
    assert {(one.state, one.attempts, one.fence, one.lease_until) for one in taken} == {("sending", 1, 1, MONDAY + SOON)}
    assert await claim(store) == []
    await store.store.run(lambda uow: uow.deliveries.save(replace(taken[0], state="failed", lease_until=None)))
    assert [one.id for one in await claim(store)] == [second.id]


async def test_a_delivery_that_waits_to_be_repeated_holds_up_what_follows(store: TestStore) -> None:
    async def work(uow: UnitOfWork) -> Delivery:
        ann = await enquire(uow, store)
        first = await post(uow, store, ann, seq=1)
        await post(uow, store, ann, seq=2)
        return first

    first = await store.store.run(work)
    [taken] = await claim(store)
    again = replace(taken, state="due", next_at=MONDAY + timedelta(minutes=5), lease_until=None)
    await store.store.run(lambda uow: uow.deliveries.save(again))
    assert await claim(store) == []
    assert await store.store.read(lambda uow: uow.deliveries.next_due()) == MONDAY + timedelta(minutes=5)
    store.clock.pass_(minutes=5)
    assert [(one.id, one.fence, one.attempts) for one in await claim(store)] == [(first.id, 2, 2)]


async def test_a_worker_that_froze_is_fenced(store: TestStore) -> None:
    async def work(uow: UnitOfWork) -> None:
        await post(uow, store, await enquire(uow, store), seq=1)

    await store.store.run(work)
    [frozen] = await claim(store)
    store.clock.pass_(minutes=1)

    async def rescue(uow: UnitOfWork) -> None:
        [stale] = await uow.deliveries.stale(now=store.clock.now(), limit=5)
        await uow.deliveries.save(replace(stale, state="due", lease_until=None))

    await store.store.run(rescue)
    [taken] = await claim(store)
    with pytest.raises(Conflict):
        await store.store.run(lambda uow: uow.deliveries.save(replace(frozen, state="sent")))
    assert await store.store.read(lambda uow: uow.deliveries.get(frozen.id)) == taken


async def test_two_workers_never_claim_the_same(store: TestStore) -> None:
    async def work(uow: UnitOfWork) -> None:
        for place in range(40):
            await post(uow, store, await enquire(uow, store, key=f"k{place}"), seq=1)
            await uow.outbox.put("media", str(place), due_at=MONDAY)

    await store.store.run(work)
    deliveries: Counter[str] = Counter()
    errands: Counter[str] = Counter()

    async def worker() -> None:
        while taken := await claim(store, limit=3):
            deliveries.update(one.id for one in taken)
        while found := await run_errands(store, limit=3):
            errands.update(one.id for one in found)

    await asyncio.gather(*(worker() for _ in range(4)))
    assert set(deliveries.values()) == set(errands.values()) == {1}
    assert (len(deliveries), len(errands)) == (40, 40)


async def run_errands(store: TestStore, limit: int = 10) -> list[Errand]:
    """Errands that a worker would take now."""
    now = store.clock.now()
    return list(await store.store.run(lambda uow: uow.outbox.claim(now=now, lease_until=now + SOON, limit=limit)))


async def test_errands_of_one_lane_run_one_after_another_in_the_order_they_were_put(store: TestStore) -> None:
    async def work(uow: UnitOfWork) -> None:
        for key in "abc":
            await uow.outbox.put("parse", key, due_at=MONDAY, lane="chat", payload={"key": key})
        await uow.outbox.put("parse", "free", due_at=MONDAY)

    await store.store.run(work)
    first, free = await run_errands(store)
    assert (free.key, first.key, first.payload) == ("free", "a", {"key": "a"})
    assert await run_errands(store) == []
    await store.store.run(lambda uow: uow.outbox.done(first))
    [second] = await run_errands(store)
    assert second.key == "b"


async def test_an_errand_that_must_be_tried_again_holds_up_its_lane(store: TestStore) -> None:
    async def work(uow: UnitOfWork) -> None:
        for key in "ab":
            await uow.outbox.put("parse", key, due_at=MONDAY, lane="chat")

    await store.store.run(work)
    [first] = await run_errands(store)
    later = MONDAY + timedelta(minutes=1)
    await store.store.run(lambda uow: uow.outbox.later(first, due_at=later, error="no answer"))
    store.clock.pass_(seconds=59)
    assert await run_errands(store) == []
    assert await store.store.read(lambda uow: uow.outbox.next_due()) == later
    store.clock.pass_(seconds=1)
    [again] = await run_errands(store)
    await store.store.run(lambda uow: uow.outbox.done(again))
    assert [first.key, again.key, *[one.key for one in await run_errands(store)]] == ["a", "a", "b"]


async def test_an_errand_that_was_put_again_while_it_ran_stays(store: TestStore) -> None:
    await store.store.run(lambda uow: uow.outbox.put("lapse", "one", due_at=MONDAY))
    [running] = await run_errands(store)
    later = MONDAY + timedelta(minutes=2)
    await store.store.run(lambda uow: uow.outbox.put("lapse", "one", due_at=later, payload={"again": True}))
    await store.store.run(lambda uow: uow.outbox.done(running))
    assert await store.store.read(lambda uow: uow.outbox.next_due()) == later
    store.clock.pass_(minutes=2)
    [again] = await run_errands(store)
    assert (again.id, again.payload) == (running.id, {"again": True})
    await store.store.run(lambda uow: uow.outbox.done(again))
    assert await store.store.read(lambda uow: uow.outbox.next_due()) is None


async def test_an_errand_whose_worker_died_is_taken_over_and_the_dead_one_cannot_end_it(store: TestStore) -> None:
    await store.store.run(lambda uow: uow.outbox.put("media", "one", due_at=MONDAY))
    [dead] = await run_errands(store)
    assert await store.store.read(lambda uow: uow.outbox.next_due()) == MONDAY + SOON
    store.clock.pass_(seconds=31)
    [alive] = await run_errands(store)
    await store.store.run(lambda uow: uow.outbox.done(dead))
    assert await run_errands(store) == []
    await store.store.run(lambda uow: uow.outbox.cancel("media", "one"))
    await store.store.run(lambda uow: uow.outbox.done(alive))
    assert await store.store.read(lambda uow: uow.outbox.next_due()) is None


async def test_raw_input_is_stored_once(store: TestStore) -> None:
    raw = Raw(MAIL, "uid-1", "inbox", b"\x00bytes\xff", MONDAY, {"subject": "x"})
    added = await asyncio.gather(
        *(store.store.run(lambda uow, n=n: uow.raws.add(raw, id=RawId(f"raw_{n}"))) for n in range(4))  # type: ignore[misc]
    )
    assert sorted(added) == [False, False, False, True]
    id = RawId(f"raw_{added.index(True)}")
    await store.store.run(lambda uow: uow.raws.mark(id, state="quarantined", error="bomb", error_code="unreadable", attempts=3))
    [kept] = await store.store.read(lambda uow: uow.raws.quarantined(10))
    assert (kept.raw, kept.attempts, kept.error_code) == (raw, 3, "unreadable")


async def test_an_inbound_message_is_stored_once(store: TestStore) -> None:
    ann = await store.store.run(lambda uow: enquire(uow, store))
    await store.store.run(lambda uow: uow.messages.add(inbound(store, ann, seq=1, external_id="<x>")))
    with pytest.raises(Conflict):
        await store.store.run(lambda uow: uow.messages.add(inbound(store, ann, seq=2, external_id="<x>")))
    await store.store.run(lambda uow: uow.messages.add(outbound(store, ann, seq=2, client_id="c1")))
    known = await store.store.read(lambda uow: uow.messages.known_client(ann.dialogue.id, "c1"))
    assert known is not None
    assert known.seq == 2


async def test_one_operator_is_offered_a_conversation_once_at_a_time(store: TestStore) -> None:
    await settle_in(store)
    ann = await store.store.run(lambda uow: enquire(uow, store))

    def offer(name: str) -> Offer:
        return Offer(OfferId(name), ann.conversation.id, OLGA, 1, MONDAY, MONDAY + SOON)

    await store.store.run(lambda uow: uow.queue.add_offer(offer("off_1")))
    with pytest.raises(Conflict):
        await store.store.run(lambda uow: uow.queue.add_offer(offer("off_2")))

    async def lapse_and_ask_again(uow: UnitOfWork) -> None:
        await uow.queue.add_offer(offer("off_3"))
        await uow.queue.save_offer(offer("off_1").ended("lapsed", at=MONDAY))

    await store.store.run(lapse_and_ask_again)
    assert [one.id for one in await store.store.read(lambda uow: uow.queue.pending_of(ann.conversation.id))] == ["off_3"]


async def test_the_queue_is_ordered_by_priority_due_time_and_first_enqueueing(store: TestStore) -> None:
    facts = [("late", 0, None, 3), ("early", 0, None, 1), ("due", 0, MONDAY, 9), ("vip", 5, None, 9), ("held", 9, None, 0)]

    async def work(uow: UnitOfWork) -> None:
        for key, priority, due_at, minute in facts:
            state = "offered" if key == "held" else "queued"
            this = (await enquire(uow, store, key=key, state=state, preview=key)).conversation
            since = MONDAY + timedelta(minutes=minute)
            await uow.queue.put(QueueEntry(this.id, SALES, this.contact_id, since, priority=priority, due_at=due_at))

    await store.store.run(work)
    waiting = await store.store.read(lambda uow: uow.queue.waiting(10, lines=[SALES]))
    assert [conversation.preview for _, conversation in waiting] == ["vip", "due", "early", "late"]
    assert [entry.due_at for entry, _ in waiting] == [None, MONDAY, None, None]
    assert await store.store.read(lambda uow: uow.queue.waiting(10, lines=[SUPPORT])) == []


async def test_a_router_waits_for_the_other_to_finish(store: TestStore) -> None:
    inside, most = 0, 0

    async def work(uow: UnitOfWork) -> None:
        nonlocal inside, most
        await uow.queue.hold_router()
        inside += 1
        most = max(most, inside)
        await uow.operators.all()
        await asyncio.sleep(0)
        inside -= 1

    await asyncio.gather(*(store.store.run(work) for _ in range(8)))
    assert most == 1


async def test_one_assignment_runs_at_a_time(store: TestStore) -> None:
    ann = await store.store.run(lambda uow: enquire(uow, store))
    for who in (OLGA, IVAN, None, OLGA):
        await store.store.run(lambda uow, who=who: uow.queue.assign(ann.conversation.id, who, at=MONDAY))  # type: ignore[misc]


async def test_a_lead_that_moved_on_is_not_overwritten(store: TestStore) -> None:
    ann = await store.store.run(lambda uow: enquire(uow, store))
    lead = Lead(LeadId("led_1"), 1, ann.contact.id, "Quote", "new", MONDAY)
    await store.store.run(lambda uow: uow.leads.add(lead))
    await store.store.run(lambda uow: uow.leads.save(replace(lead, title="First"), expected_version=1))
    with pytest.raises(Conflict):
        await store.store.run(lambda uow: uow.leads.save(replace(lead, title="Second"), expected_version=1))
    stored = await store.store.read(lambda uow: uow.leads.open_of(ann.contact.id))
    assert stored is not None
    assert (stored.title, stored.version) == ("First", 2)


async def test_verified_identities_win_and_merged_contacts_are_followed(store: TestStore) -> None:
    claim_ = Claim("phone", "+4917012345")

    async def work(uow: UnitOfWork) -> tuple[Enquiry, Enquiry]:
        ann, boris = await enquire(uow, store), await enquire(uow, store, key="boris", name="Boris")
        for who, verified in ((ann, False), (boris, True)):
            id = IdentityId(store.ids.new("idn"))
            await uow.contacts.add_identity(Identity(id, who.contact.id, "phone", claim_.value, verified, MONDAY))
        return ann, boris

    ann, boris = await store.store.run(work)
    found = await store.store.read(lambda uow: uow.contacts.find([claim_, Claim("email", "nobody@example.com")]))
    assert {claim: contact.name for claim, (contact, _) in found.items()} == {claim_: "Boris"}
    await store.store.run(lambda uow: uow.contacts.save(replace(boris.contact, merged_into=ann.contact.id)))
    assert (await store.store.read(lambda uow: uow.contacts.find([claim_])))[claim_][0].name == "Ann"


async def test_an_identity_given_again_is_harmless_and_may_become_verified(store: TestStore) -> None:
    ann = await store.store.run(lambda uow: enquire(uow, store))
    for verified in (False, True, False):
        identity = Identity(IdentityId(store.ids.new("idn")), ann.contact.id, "phone", "+49170", verified, MONDAY)
        await store.store.run(lambda uow, identity=identity: uow.contacts.add_identity(identity))  # type: ignore[misc]
    known = await store.store.read(lambda uow: uow.contacts.identities(ann.contact.id))
    assert [one.verified for one in known if one.kind == "phone"] == [True]


async def test_a_letter_holds_all_that_an_adapter_needs(store: TestStore) -> None:
    await settle_in(store)

    async def work(uow: UnitOfWork) -> Delivery:
        ann = await enquire(uow, store)
        await uow.dialogues.save(replace(ann.dialogue, recipients=("ann@example.com",), subject="Quote", last_seq=2))
        question = inbound(store, ann, seq=1, external_id="<q@example.com>")
        await uow.messages.add(question)
        answer = outbound(store, ann, seq=2, reply_to=MessageId(question.id))
        await uow.messages.add(answer)
        delivery = Delivery(DeliveryId("dlv_1"), answer.id, ann.dialogue.id, MAIL, "due", MONDAY, MONDAY)
        await uow.deliveries.add(delivery)
        return delivery

    delivery = await store.store.run(work)
    letter = await store.store.read(lambda uow: uow.deliveries.letter(delivery))
    assert (letter.key, letter.dialogue_key, letter.subject) == ("dlv_1", "ann", "Quote")
    assert letter.recipients == ("ann@example.com",)
    assert (letter.reply_to_external_id, list(letter.references)) == ("<q@example.com>", ["<q@example.com>"])
    assert (letter.sender_name, list(letter.files)) == ("Olga", [])


async def test_an_errand_is_postponed_only_if_it_is_there(store: TestStore) -> None:
    await store.store.run(lambda uow: uow.outbox.put("left", "one", due_at=MONDAY, payload={"n": 1}))
    [running] = await run_errands(store)
    later = MONDAY + timedelta(minutes=3)

    async def work(uow: UnitOfWork) -> None:
        await uow.outbox.postpone("left", "one", due_at=later)
        await uow.outbox.postpone("left", "another", due_at=later)

    await store.store.run(work)
    await store.store.run(lambda uow: uow.outbox.done(running))
    store.clock.pass_(minutes=2)
    assert await run_errands(store) == []
    store.clock.pass_(minutes=1)
    assert [(one.key, one.payload) for one in await run_errands(store)] == [("one", {"n": 1})]


async def test_an_errand_that_is_renewed_is_nobody_elses_and_only_its_holder_renews_it(store: TestStore) -> None:
    await store.store.run(lambda uow: uow.outbox.put("fetch", "one", due_at=MONDAY))
    [running] = await run_errands(store)
    store.clock.pass_(seconds=20)
    until = store.clock.now() + SOON
    await store.store.run(lambda uow: uow.outbox.renew(running, lease_until=until))
    store.clock.pass_(seconds=20)
    assert await run_errands(store) == []
    store.clock.pass_(seconds=10)
    [taken_over] = await run_errands(store)
    late = store.clock.now() + timedelta(hours=1)
    await store.store.run(lambda uow: uow.outbox.renew(running, lease_until=late))
    assert await store.store.read(lambda uow: uow.outbox.next_due()) == store.clock.now() + SOON
    await store.store.run(lambda uow: uow.outbox.done(taken_over))
    await store.store.run(lambda uow: uow.outbox.renew(taken_over, lease_until=late))
    assert await store.store.read(lambda uow: uow.outbox.next_due()) is None


async def test_the_first_answer_quotes_what_the_contact_said_and_the_second_does_not(store: TestStore) -> None:
    await settle_in(store)
    first, second, greeting = await store.store.run(lambda uow: _three_answers(uow, store))

    async def quoted(delivery: Delivery) -> Quotation | None:
        return (await store.store.read(lambda uow: uow.deliveries.letter(delivery))).quotation

    assert await quoted(greeting) is None, "an automatic answer never quotes"
    assert await quoted(first) == Quotation(MONDAY, "Is it ready?", "Annie", "annie@example.com", "UTC")
    assert await quoted(second) is None, "it was quoted already"
    assert (await store.store.read(lambda uow: uow.deliveries.letter(first))).locale == "en"


async def _three_answers(uow: UnitOfWork, store: TestStore) -> list[Delivery]:
    ann = await enquire(uow, store)
    sender = {"from": {"name": "Annie", "address": "annie@example.com"}}
    await uow.messages.add(replace(inbound(store, ann, seq=1, text="Is it ready?"), data=sender))
    deliveries = []
    for seq, automatic in ((2, True), (3, False), (4, False)):
        answer = outbound(store, ann, seq=seq, automatic=automatic)
        await uow.messages.add(answer)
        deliveries.append(Delivery(DeliveryId(f"dlv_{seq}"), answer.id, ann.dialogue.id, MAIL, "due", MONDAY, MONDAY))
        await uow.deliveries.add(deliveries[-1])
    greeting, first, second = deliveries
    return [first, second, greeting]


async def test_where_people_see_the_thread_nothing_is_quoted(store: TestStore) -> None:
    await settle_in(store)
    first, *_ = await store.store.run(lambda uow: _three_answers(uow, store))

    async def move(uow: UnitOfWork) -> None:
        await uow.channels.save(replace(await uow.channels.get(MAIL), kind="telegram"))

    await store.store.run(move)
    assert (await store.store.read(lambda uow: uow.deliveries.letter(first))).quotation is None
