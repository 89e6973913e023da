"""The router decides while other processes write: what it read may have changed before it acts. On PostgreSQL."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest
from structlog.testing import capture_logs

from gateway.domain.ids import ConversationId
from gateway.domain.inbound import Claim, MessageReceived, Sender
from gateway.services.intake import Intake
from gateway.services.router import Router
from gateway.signals.memory import MemorySignals
from gateway.store.opening import open_store
from tests.fakes.blobs import DictBlobs
from tests.fakes.clock import CountedIds, HandClock
from tests.flows.meeting import Meanwhile, meeting
from tests.flows.office import BOT, IVAN, LINE, OLGA, SITE, Office, open_office

MANY, ROUNDS = 12, 12


@pytest.fixture
async def office(postgres_url: str, clock: HandClock) -> AsyncIterator[Office]:
    """Sales, where several processes can write at a time; nobody is at their desk yet but Olga."""
    async with open_store(postgres_url, clock=clock, ids=CountedIds()) as opened:
        office = await open_office(opened.store, MemorySignals(), DictBlobs(), clock)
        await office.presences.set(office.directory.operator(IVAN), "away")
        yield office


async def route(office: Office, *, after: set[str], then: Meanwhile) -> None:
    """One look of a router, that meets something on its way."""
    await Router(meeting(office.core, after=after, then=then), office.directory).sweep()


async def waits(office: Office, who: str) -> ConversationId:
    """Somebody has written, and no router has looked yet."""
    event = MessageReceived(
        SITE, f"{who}:1", who.lower(), Sender((Claim("visitor", who.lower()),), name=who), text="Hello", at=office.clock.now()
    )
    return ConversationId((await office.intake.accept(event)).conversation_id or "")


async def accepts(office: Office) -> None:
    """Olga takes what she is offered."""
    (offer,) = await office.pending()
    await office.offers.accept(office.directory.operator(OLGA), offer.id, offer.epoch)


async def test_nobody_is_asked_who_left_while_it_was_decided(office: Office) -> None:
    await waits(office, "Ann")
    olga = office.directory.operator(OLGA)
    await route(office, after={"operators.presences"}, then=lambda: office.presences.set(olga, "away"))
    assert await office.offered_to() == []
    await office.presences.set(olga, "online")
    await office.settle()
    assert await office.offered_to() == ["Olga"]


async def test_if_all_are_asked_who_left_meanwhile_is_not_among_them(office: Office) -> None:
    await office.change_line(distribution="all")
    olga, ivan = office.directory.operator(OLGA), office.directory.operator(IVAN)
    await office.presences.set(ivan, "online")
    await waits(office, "Ann")
    await route(office, after={"operators.presences"}, then=lambda: office.presences.set(olga, "away"))
    assert await office.offered_to() == ["Ivan"]


async def test_what_is_accepted_while_it_is_decided_counts(office: Office) -> None:
    await office.change_line(limit=1.0)
    await waits(office, "Ann")
    await office.settle()
    boris = await waits(office, "Boris")
    await route(office, after={"conversations.held_by", "queue.pending"}, then=lambda: accepts(office))
    assert await office.offered_to() == []
    talk = await office.store.read(lambda uow: uow.conversations.get(boris))
    assert talk.state == "queued"


async def test_who_was_named_while_it_was_decided_is_asked(office: Office) -> None:
    supervisor = replace(office.directory.operator(OLGA), roles=("supervisor",))
    ann = await waits(office, "Ann")

    async def ivan_shall() -> None:
        await office.presences.set(office.directory.operator(IVAN), "online")
        await office.desk.assign(supervisor, ann, IVAN)

    await route(office, after={"conversations.held_by"}, then=ivan_shall)
    await office.settle()
    assert await office.offered_to() == ["Ivan"]


async def test_those_who_write_never_lock_the_router_out_nor_the_router_them(office: Office) -> None:
    await office.change_line(members=(OLGA,), limit=1000.0)
    olga, intake = office.directory.operator(OLGA), Intake(office.core, office.directory)
    router = Router(office.core, office.directory)
    people = [f"ann-{number:02d}" for number in range(MANY)]

    def words(turn: int) -> list[MessageReceived]:
        return [
            MessageReceived(BOT, f"{one}:{turn}", one, Sender((Claim("telegram", one),)), text="Hello", at=office.clock.now())
            for one in people
        ]

    async def declined() -> None:
        for offer in await office.pending():
            await office.offers.decline(olga, offer.id, offer.epoch)

    await asyncio.gather(*(intake.accept(word) for word in words(0)))
    await office.store.run(_last_comes_first)
    with capture_logs() as lines:
        for turn in range(1, ROUNDS):
            await declined()
            await office.store.run(_last_comes_first)
            await asyncio.gather(router.sweep(), *(intake.accept(word) for word in words(turn)), router.sweep())
    met = [line["reason"] for line in lines if line["event"] == "store.collision"]
    assert met.count("DeadlockDetectedError") == 0, met


async def _last_comes_first(uow: Any) -> None:
    """The order of the queue is not the order in which they came; and whoever declined may be asked again."""
    for entry, talk in await uow.queue.waiting(MANY, lines=[LINE]):
        await uow.queue.put(replace(entry, passed={}, priority=talk.number))
