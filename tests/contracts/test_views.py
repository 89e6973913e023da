"""What screens read: on every engine the same rows, and never one that the reader may not see."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import timedelta

import pytest

from gateway.domain.call import Call, CallLeg, Recording
from gateway.domain.delivery import Delivery
from gateway.domain.errors import NotFound, Rejected
from gateway.domain.ids import CallId, ChannelId, DeliveryId, LeadId, MessageId, OfferId
from gateway.domain.lead import Lead
from gateway.domain.message import CallEntry, Note
from gateway.domain.offer import Offer, QueueEntry
from gateway.ports.store import UnitOfWork
from gateway.ports.views import Row, Scope, Tab
from tests.contracts.people import IVAN, OLGA, SALES, SUPPORT, Enquiry, enquire, inbound, outbound, settle_in
from tests.stores import MONDAY, TestStore

ALL = Scope(IVAN, None)
OF_SALES = Scope(OLGA, frozenset({SALES}))
NOWHERE = Scope(OLGA, frozenset())
TABS: tuple[Tab, ...] = ("mine", "waiting", "all", "closed")


async def listed(store: TestStore, scope: Scope, tab: Tab, *, query: str = "", limit: int = 3) -> list[Row]:
    """Every page of a tab, one after another."""
    found: list[Row] = []
    cursor = None
    while True:
        page = await store.views.inbox(scope, tab=tab, line_id=None, query=query, cursor=cursor, limit=limit)
        found += page.items
        if (cursor := page.next_cursor) is None:
            return found


async def fill(store: TestStore, *, seed: int, many: int = 24) -> list[str]:
    """Conversations of both lines in every state, some held by and some offered to Olga."""
    await settle_in(store)
    chance = random.Random(seed)
    ids: list[str] = []

    async def work(uow: UnitOfWork) -> None:
        ids.clear()
        for place in range(many):
            state = chance.choice(["queued", "offered", "active", "snoozed", "closed", "spam"])
            holder = chance.choice([OLGA, IVAN]) if state in ("active", "snoozed") else None
            at = MONDAY + timedelta(minutes=chance.randrange(5))
            enquiry = await enquire(
                uow, store, key=f"k{place}", name=chance.choice(["Ann", "Boris"]), state=state, operator_id=holder,
                line_id=chance.choice([SALES, SUPPORT]), closed_at=at if state in ("closed", "spam") else None, last_at=at,
                waiting_since=chance.choice([at, None]), unread=chance.randrange(2),
            )  # fmt: skip
            this = enquiry.conversation
            ids.append(this.id)
            if state in ("queued", "offered"):
                await uow.queue.put(QueueEntry(this.id, this.line_id, this.contact_id, at, priority=chance.randrange(2)))
            if state == "offered":
                until = at + timedelta(minutes=1)
                await uow.queue.add_offer(
                    Offer(OfferId(store.ids.new("off")), this.id, chance.choice([OLGA, IVAN]), 1, at, until)
                )

    await store.store.run(work)
    return ids


async def may_be_read(store: TestStore, scope: Scope) -> set[str]:
    """The rule itself, in words of the test: one's lines, held by oneself, offered to oneself."""
    me, lines = scope.operator_id, scope.lines
    everything = [*await listed(store, ALL, "all"), *await listed(store, ALL, "closed")]
    offered = {one.conversation_id for one in await store.store.read(lambda uow: uow.queue.pending()) if one.operator_id == me}
    return {
        row["id"]
        for row in everything
        if lines is None or row["line_id"] in lines or row["operator_id"] == me or row["id"] in offered
    }


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("scope", [ALL, OF_SALES, NOWHERE], ids=["all", "sales", "nowhere"])
async def test_lists_hold_exactly_what_can_be_opened_one_by_one(store: TestStore, seed: int, scope: Scope) -> None:
    ids = await fill(store, seed=seed)
    readable = set()
    for id in ids:
        try:
            readable.add((await store.views.conversation(scope, id))["id"])  # type: ignore[arg-type]
        except NotFound:
            pass
    assert readable == await may_be_read(store, scope)
    both = [row["id"] for tab in ("all", "closed") for row in await listed(store, scope, tab)]  # type: ignore[arg-type]
    assert sorted(both) == sorted(readable)
    for tab in TABS:
        assert {row["id"] for row in await listed(store, scope, tab)} <= readable


@pytest.mark.parametrize("scope", [ALL, OF_SALES, NOWHERE], ids=["all", "sales", "nowhere"])
async def test_counts_equal_the_lists(store: TestStore, scope: Scope) -> None:
    await fill(store, seed=7)
    counts = await store.views.counts(scope)
    mine = await listed(store, scope, "mine")
    assert counts["mine"] == len(mine)
    assert counts["mine_unread"] == len([row for row in mine if row["unread"]])
    assert counts["waiting"] == len(await listed(store, scope, "waiting"))
    assert counts["all"] == len(await listed(store, scope, "all"))
    assert counts["offers"] == len(await store.views.offers(scope))
    assert counts["quarantine"] == 0
    assert (counts["load"]["used"] > 0) == bool(mine)


@pytest.mark.parametrize("tab", TABS)
async def test_pages_of_any_length_make_the_same_list(store: TestStore, tab: Tab) -> None:
    await fill(store, seed=3)
    whole = [row["id"] for row in await listed(store, ALL, tab, limit=100)]
    assert len(set(whole)) == len(whole) > 0
    for limit in (1, 2, 5):
        assert [row["id"] for row in await listed(store, ALL, tab, limit=limit)] == whole


async def test_the_waiting_tab_is_in_queue_order(store: TestStore) -> None:
    await fill(store, seed=5)
    shown = [row["id"] for row in await listed(store, ALL, "waiting") if row["state"] == "queued"]
    queued = await store.store.read(lambda uow: uow.queue.waiting(100, lines=[SALES, SUPPORT]))
    assert shown == [conversation.id for _, conversation in queued]


@pytest.mark.parametrize("query", ["ПЕТ", "пет", "%", "annkeller@", "+49 170 123", "2214", "#1", "zzz"])
async def test_search_finds_names_subjects_addresses_and_numbers(store: TestStore, query: str) -> None:
    await settle_in(store)

    async def work(uow: UnitOfWork) -> None:
        from gateway.domain.contact import Identity
        from gateway.domain.ids import IdentityId

        ann = await enquire(uow, store, key="annkeller", name="Ann 100%", subject="Quote 2214-B")
        phone = IdentityId(store.ids.new("idn"))
        await uow.contacts.add_identity(Identity(phone, ann.contact.id, "phone", "+491701234567", True, MONDAY))
        await enquire(uow, store, key="boris", name="Борис Петров")

    await store.store.run(work)
    found = [row["contact_name"] for row in await listed(store, ALL, "all", query=query)]
    boris = query.lower() == "пет"
    assert found == ([] if query == "zzz" else ["Борис Петров" if boris else "Ann 100%"])


async def test_a_foreign_cursor_is_refused(store: TestStore) -> None:
    with pytest.raises(Rejected):
        await store.views.inbox(ALL, tab="all", line_id=None, query="", cursor="!!", limit=10)


async def test_a_thread_is_paged_by_number_and_shows_files_deliveries_and_calls(store: TestStore) -> None:
    await settle_in(store)

    async def work(uow: UnitOfWork) -> Enquiry:
        ann = await enquire(uow, store)
        await uow.messages.add(inbound(store, ann, seq=1))
        answer = outbound(store, ann, seq=2)
        await uow.messages.add(answer)
        delivery = DeliveryId(store.ids.new("dlv"))
        await uow.deliveries.add(Delivery(delivery, answer.id, ann.dialogue.id, answer.channel_id, "due", MONDAY, MONDAY))
        note = {"dialogue_id": ann.dialogue.id, "conversation_id": ann.conversation.id, "at": MONDAY, "created_at": MONDAY}
        await uow.messages.add(Note(id=MessageId(store.ids.new("msg")), seq=3, text="VIP", operator_id=OLGA, **note))
        call = Call(
            CallId("cal_1"), ChannelId("chn_pbx"), SALES, "c-1", legs=(CallLeg("l1", operator_id=IVAN, ringing_at=MONDAY),)
        )
        await uow.calls.add(call)
        await uow.calls.save_recording(Recording("rec_1", call.id, "r-1", "https://secret", state="stored"))
        entry = CallEntry(id=MessageId(store.ids.new("msg")), seq=4, text="", call_id=call.id, **note)
        await uow.messages.add(entry)
        return ann

    ann = await store.store.run(work)
    newest = await store.views.thread(OF_SALES, ann.conversation.id, before=None, after=None, limit=2)
    assert [row["type"] for row in newest.items] == ["note", "call"]
    assert newest.items[1]["call"]["recordings"][0]["url"] == "/api/v1/recordings/rec_1"
    assert newest.next_cursor == "3"
    older = await store.views.thread(OF_SALES, ann.conversation.id, before=3, after=None, limit=2)
    states = [(row["type"], (row["delivery"] or {}).get("state")) for row in older.items]
    assert states == [("inbound", None), ("outbound", "due")]
    assert older.next_cursor is None
    later = await store.views.thread(OF_SALES, ann.conversation.id, before=None, after=1, limit=2)
    assert ([row["seq"] for row in later.items], later.next_cursor) == ([2, 3], "3")
    with pytest.raises(NotFound):
        await store.views.thread(NOWHERE, ann.conversation.id, before=None, after=None, limit=2)
    assert (await store.views.call(Scope(IVAN, frozenset()), CallId("cal_1")))["legs"][0]["operator_id"] == IVAN
    with pytest.raises(NotFound):
        await store.views.call(NOWHERE, CallId("cal_1"))


async def test_a_lead_shows_its_conversations_and_timeline(store: TestStore) -> None:
    await settle_in(store)
    lead_id = LeadId("led_1")

    async def work(uow: UnitOfWork) -> None:
        ann = await enquire(uow, store, lead_id=lead_id)
        await uow.leads.add(Lead(lead_id, 1, ann.contact.id, "Quote", "new", MONDAY, line_id=SALES))
        await uow.messages.add(replace(inbound(store, ann), at=MONDAY + timedelta(minutes=1)))

    await store.store.run(work)
    lead = await store.views.lead(OF_SALES, lead_id)
    assert [entry["kind"] for entry in lead["timeline"]] == ["message", "made"]
    assert [row["lead_id"] for row in lead["conversations"]] == [lead_id]
    found = await store.views.leads(ALL, stage="new", query="ann", cursor=None, limit=5)
    assert [row["id"] for row in found.items] == [lead_id]
    assert (await store.views.leads(NOWHERE, stage=None, query="", cursor=None, limit=5)).items == []
    with pytest.raises(NotFound):
        await store.views.lead(NOWHERE, lead_id)


async def test_decisions_name_the_candidates(store: TestStore) -> None:
    await settle_in(store)
    decision = {"rule": "evenly", "candidates": [{"operator_id": OLGA, "verdict": "full", "load": 4, "limit": 4}]}

    async def work(uow: UnitOfWork) -> Enquiry:
        ann = await enquire(uow, store, state="offered")
        offer = Offer(OfferId("off_1"), ann.conversation.id, IVAN, 1, MONDAY, MONDAY, decision=decision)
        await uow.queue.add_offer(offer)
        return ann

    ann = await store.store.run(work)
    [made] = await store.views.decisions(ALL, ann.conversation.id)
    assert made["candidates"] == [{"operator_id": OLGA, "name": "Olga", "verdict": "full", "load": 4, "limit": 4}]
    assert (await store.views.conversation(ALL, ann.conversation.id))["offer"]["id"] == "off_1"


async def test_a_contact_is_seen_by_those_who_see_a_conversation_or_a_lead_of_theirs(store: TestStore) -> None:
    await settle_in(store)

    async def work(uow: UnitOfWork) -> tuple[Enquiry, Enquiry]:
        ann, boris = await enquire(uow, store), await enquire(uow, store, key="boris", name="Boris", line_id=SUPPORT)
        await uow.leads.add(Lead(LeadId("led_1"), 1, boris.contact.id, "Quote", "new", MONDAY, line_id=SALES))
        return ann, boris

    ann, boris = await store.store.run(work)
    card = await store.views.contact(OF_SALES, ann.contact.id)
    assert [row["id"] for row in card["conversations"]] == [ann.conversation.id]
    assert [one["value"] for one in card["identities"]] == ["ann@example.com"]
    assert (await store.views.contact(OF_SALES, boris.contact.id))["conversations"] == []
    assert len((await store.views.contact(ALL, boris.contact.id))["conversations"]) == 1
    with pytest.raises(NotFound):
        await store.views.contact(NOWHERE, ann.contact.id)
