"""Every noun comes back from the store as it went in, on every engine."""

from __future__ import annotations

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
