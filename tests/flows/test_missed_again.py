"""Who rings again because nobody rang them back."""

from __future__ import annotations

from gateway.domain.call import CallFact
from gateway.domain.conversation import Conversation
from gateway.domain.ids import ConversationId
from tests.flows.office import LINE, OLGA, Office


async def _misses(office: Office, key: str) -> None:
    facts = (("call.offered", 0), ("leg.ringing", 1), ("leg.ended", 20), ("call.ended", 20))
    began = office.clock.now()
    for kind, after in facts:
        office.clock.set(began)
        office.clock.move(seconds=after)
        await office.call(
            CallFact(key, f"{key}-{kind}", kind, office.clock.now(), direction="inbound", remote="+442079460000", leg="1")  # type: ignore[arg-type]
        )
    await office.time_passes(seconds=10)


async def _callback(office: Office) -> Conversation:
    row = next(e.data["conversation"] for e in reversed(office.events) if "conversation" in e.data)
    return await office.store.read(lambda uow: uow.conversations.get(ConversationId(row["id"])))


async def test_a_second_missed_call_is_seen_by_who_is_to_ring_back(office: Office) -> None:
    await office.change_line(members=(OLGA,))
    await _misses(office, "call-1")
    first = await _callback(office)
    assert (first.purpose, first.unread) == ("callback", 1)
    row = next(e.data["conversation"] for e in reversed(office.events) if "conversation" in e.data)
    assert row["missed"] == {"number": "+442079460000", "waited_s": 19}
    await office.accept(OLGA)
    await office.desk.seen(office.directory.operator(OLGA), first.id, 1)
    assert (await _callback(office)).unread == 0
    await office.time_passes(minutes=5)
    await _misses(office, "call-2")
    again = await _callback(office)
    assert again.id == first.id
    assert (again.unread, again.priority) == (1, 1)


async def test_who_rings_twice_while_nobody_is_there_is_rung_back_before_others(office: Office) -> None:
    await office.change_line(members=())
    await office.write("Boris", "Hello")
    await _misses(office, "call-1")
    await _misses(office, "call-2")
    waiting = await office.store.read(lambda uow: uow.queue.waiting(10, lines=[LINE]))
    assert [(talk.purpose, entry.priority) for entry, talk in waiting] == [("callback", 1), ("message", 0)]
