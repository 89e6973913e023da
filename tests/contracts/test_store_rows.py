"""Every noun comes back from the store as it went in, on every engine."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from gateway.ports.store import UnitOfWork
from tests.contracts.people import MAIL, enquire, heard, inbound, settle_in
from tests.stores import TestStore


async def test_what_was_stored_is_found_again(store: TestStore) -> None:
    await settle_in(store)

    async def arrive(uow: UnitOfWork) -> object:
        enquiry = await enquire(uow, store)
        message = inbound(store, enquiry, external_id="<one>")
        await uow.messages.add(message)
        uow.emit(heard("arrived"))
        return enquiry, message

    enquiry, message = await store.store.run(arrive)  # type: ignore[misc]

    async def look(uow: UnitOfWork) -> object:
        place = (await uow.dialogues.places([(MAIL, "ann"), (MAIL, "boris")]))[MAIL, "ann"]
        known = await uow.messages.known(MAIL, ["<one>", "<two>"])
        return place, known, await uow.messages.get(message.id)

    place, known, again = await store.store.read(look)  # type: ignore[misc]
    assert (place.contact, place.dialogue, place.conversation) == (enquiry.contact, enquiry.dialogue, enquiry.conversation)
    assert list(known) == ["<one>"]
    assert again == message
    assert [event.data for event in await store.store.events(after=0, limit=10)] == [{"what": "arrived"}]


async def test_what_a_dead_worker_left_may_be_looked_at_without_locking(store: TestStore) -> None:
    now = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
    assert await store.store.read(lambda uow: uow.deliveries.stale(now=now, limit=10)) == []


async def test_of_a_changed_row_only_what_differs_is_written(store: TestStore) -> None:
    """Rows that change in different columns go together, and each keeps what was not changed in it."""
    await settle_in(store)
    ann = await store.store.run(lambda uow: enquire(uow, store, key="ann", preview="Hello"))
    boris = await store.store.run(lambda uow: enquire(uow, store, key="boris", preview="Good day"))

    async def work(uow: UnitOfWork) -> None:
        await uow.conversations.save(replace(ann.conversation, priority=3), was=ann.conversation)
        await uow.conversations.get(ann.conversation.id)  # so that what waits is written
        await uow.conversations.save(replace(ann.conversation, unread=2), was=ann.conversation)
        await uow.conversations.save(replace(boris.conversation, preview="Are you there?"), was=boris.conversation)
        await uow.dialogues.save(replace(ann.dialogue), was=ann.dialogue)

    await store.store.run(work)

    async def look(uow: UnitOfWork) -> object:
        return [await uow.conversations.get(one.conversation.id) for one in (ann, boris)]

    assert await store.store.read(look) == [
        replace(ann.conversation, priority=3, unread=2), replace(boris.conversation, preview="Are you there?"),
    ]  # fmt: skip


async def test_who_was_another_is_written_whole(store: TestStore) -> None:
    await settle_in(store)
    ann = await store.store.run(lambda uow: enquire(uow, store, key="ann", preview="Hello"))
    boris = await store.store.run(lambda uow: enquire(uow, store, key="boris", preview="Hello"))
    later = replace(boris.conversation, unread=4, preview="Are you there?")
    await store.store.run(lambda uow: uow.conversations.save(later, was=replace(ann.conversation, unread=4)))
    assert await store.store.read(lambda uow: uow.conversations.get(later.id)) == later
