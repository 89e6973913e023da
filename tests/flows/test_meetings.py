"""The router decides while other processes write: what it read may have changed before it acts. On PostgreSQL."""

from __future__ import annotations

import asyncio
import functools
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from dataclasses import replace
from typing import Any

import pytest
from structlog.testing import capture_logs

from gateway.domain.errors import Forbidden, NotFound
from gateway.domain.ids import AttachmentId, ConversationId
from gateway.domain.inbound import Claim, MessageReceived, Sender
from gateway.domain.operator import Presence
from gateway.ports.records import Errand
from gateway.services.intake import Intake
from gateway.services.offers import Offers
from gateway.services.presence import Presences
from gateway.services.replies import Draft, Replies
from gateway.services.router import Router
from gateway.services.setup import Setup
from gateway.services.uploads import SETTLE, Media
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


def as_far_as_it_gets(work: Callable[[], Coroutine[Any, Any, object]], begun: list[asyncio.Task[object]]) -> Meanwhile:
    """Another process does this now; where it has to wait for this one, it goes on later (gather `begun`)."""

    async def then() -> None:
        begun.append(asyncio.create_task(work()))
        await asyncio.wait(begun, timeout=0.5)

    return then


async def test_a_sign_of_life_while_it_is_looked_whether_she_is_lost_is_not_overlooked(office: Office) -> None:
    begun: list[asyncio.Task[object]] = []
    await office.presences.alive(OLGA)
    await waits(office, "Ann")
    await office.settle()
    office.clock.move(seconds=30)
    there = Presences(office.core, office.directory, office.offers)
    looked_at = {"operators.presence", "operators.hold_presence"}
    core = meeting(office.core, after=looked_at, then=as_far_as_it_gets(lambda: there.alive(OLGA), begun))
    await Presences(core, office.directory, office.offers).lost(Errand("out_1", "operator.lost", OLGA, office.clock.now()))
    await asyncio.gather(*begun)
    assert begun
    presence = await office.store.read(lambda uow: uow.operators.presence(OLGA))
    assert presence is not None
    assert presence.state == "online"


async def test_who_is_back_before_their_offers_go_on_keeps_them(office: Office) -> None:
    await waits(office, "Ann")
    await office.settle()
    olga = office.directory.operator(OLGA)
    core = meeting(office.core, after={"queue.pending"}, then=lambda: office.presences.set(olga, "online"))
    await office.store.run(
        lambda uow: uow.operators.save_presence(Presence(OLGA, "away", office.clock.now(), office.clock.now()))
    )
    await Offers(core, office.directory).withdraw_from(OLGA)
    assert await office.offered_to() == ["Olga"]


async def test_what_somebody_takes_while_they_are_dismissed_is_not_left_with_them(office: Office) -> None:
    begun: list[asyncio.Task[object]] = []
    ann = await waits(office, "Ann")
    await office.settle()
    (offer,) = await office.pending()
    olga = office.directory.operator(OLGA)

    async def dismissed() -> None:
        await Setup(office.core).change_operator(office.directory.operator(IVAN), OLGA, {"active": False})
        await office.directory.refresh()
        await office.outbox.pass_once()

    core = meeting(office.core, after={"operators.presence"}, then=as_far_as_it_gets(dismissed, begun))
    await Offers(core, office.directory).accept(olga, offer.id, offer.epoch)
    await asyncio.gather(*begun)
    assert begun
    await office.presences.set(office.directory.operator(IVAN), "online")
    await office.settle()
    talk = await office.store.read(lambda uow: uow.conversations.get(ann))
    assert (talk.operator_id, await office.offered_to()) == (None, ["Ivan"])


@pytest.mark.parametrize("how", ["accept", "take", "reopen"])
async def test_who_was_dismissed_a_moment_ago_takes_nothing(office: Office, how: str) -> None:
    ann = await waits(office, "Ann")
    await office.settle()
    (offer,) = await office.pending()
    olga = office.directory.operator(OLGA)
    if how == "reopen":
        await office.desk.close(olga, ann)
    await Setup(office.core).change_operator(office.directory.operator(IVAN), OLGA, {"active": False})
    moves: dict[str, Callable[[], Awaitable[object]]] = {
        "accept": lambda: office.offers.accept(olga, offer.id, offer.epoch),
        "take": lambda: office.offers.take(olga, ann),
        "reopen": lambda: office.desk.reopen(olga, ann),
    }
    with pytest.raises(Forbidden, match="switched off"):
        await moves[how]()
    assert (await office.store.read(lambda uow: uow.conversations.get(ann))).operator_id is None


async def attached(office: Office) -> tuple[ConversationId, AttachmentId]:
    """Olga has a conversation, and a file that she attached a day ago and has not sent."""
    ann = await waits(office, "Ann")
    await office.settle()
    await accepts(office)

    async def content() -> AsyncIterator[bytes]:
        yield b"price list"

    file = await office.media.upload(
        owner=f"operator:{OLGA}", name="a.txt", content_type="text/plain", chunks=content(), limit=1000
    )
    office.clock.move(hours=25)
    return ann, file.id


async def test_a_file_that_is_sent_while_it_is_looked_whether_it_was_stays(office: Office) -> None:
    ann, file = await attached(office)
    then = functools.partial(office.answer, OLGA, ann, "Here", files=(file,))
    media = Media(meeting(office.core, after={"messages.attachment"}, then=then))
    await media.settle(Errand("out_1", SETTLE, file, office.clock.now()))
    await office.time_passes(hours=2)
    kept = await office.store.read(lambda uow: uow.messages.attachment(file))
    assert kept.message_id is not None
    assert await office.core.blobs.get(kept.blob_key or "") == b"price list"


async def test_a_file_that_goes_while_it_is_being_sent_is_said_to_be_gone(office: Office) -> None:
    ann, file = await attached(office)
    goes = functools.partial(office.media.settle, Errand("out_1", SETTLE, file, office.clock.now()))
    replies = Replies(meeting(office.core, after={"messages.attachment"}, then=goes), office.directory)
    with pytest.raises(NotFound, match="attach it again"):
        await replies.write(office.directory.operator(OLGA), ann, Draft("c1", "reply", "Here", files=(file,)))
