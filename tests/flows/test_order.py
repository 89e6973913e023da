"""One dialogue keeps its order: in the store, at the operator's ear and at the network, whatever fails between."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence

import pytest

from gateway.domain.errors import StoreUnavailable, send_again, send_refused
from gateway.domain.event import Event
from gateway.domain.ids import ConversationId
from gateway.domain.inbound import Claim, InboundEvent, MessageReceived, Raw, Sender
from gateway.services.delivery import Carrier
from gateway.services.intake import Intake
from gateway.services.outbox import Outbox
from gateway.services.raws import Reader
from gateway.services.replies import Draft
from gateway.signals.memory import MemorySignals
from gateway.store.opening import open_store
from gateway.web.relay import Relay
from tests.eventually import eventually
from tests.fakes.blobs import DictBlobs
from tests.fakes.clock import CountedIds, HandClock
from tests.flows.office import BOT, OLGA, Office, open_office

MANY = 40
WORDS = [f"word {number:02d}" for number in range(MANY)]


@pytest.fixture(params=["sqlite", "postgresql"])
async def office(request: pytest.FixtureRequest, clock: HandClock) -> AsyncIterator[Office]:
    """Sales on each engine."""
    url = ":memory:" if request.param == "sqlite" else str(request.getfixturevalue("postgres_url"))
    async with open_store(url, clock=clock, ids=CountedIds()) as opened:
        yield await open_office(opened.store, MemorySignals(), DictBlobs(), clock)


class Ear:
    """What an operator's socket is told, in the order it is told."""

    def __init__(self, office: Office) -> None:
        self.heard: list[Event] = []
        self._relay = Relay(office.store, office.core.signals)
        self._relay.add(self.heard.append)

    async def listen(self) -> None:
        """From now on."""
        await self._relay.start()

    def texts(self, type: str) -> list[str]:
        """What was said, by the name of the event."""
        return [event.data["message"]["text"] for event in self.heard if event.type == type]


class Reading:
    """Several processes that read what was kept; `stumbles` are the words that fail so often before they are read."""

    def __init__(self, office: Office, *, stumbles: dict[str, int], with_: type[Exception] = RuntimeError) -> None:
        self._office, self._stumbles, self._error = office, dict(stumbles), with_
        office.adapters.by_id[BOT].reads = self._read
        self._workers = [self._worker(Intake(office.core, office.directory)) for _ in range(3)]

    def _worker(self, intake: Intake) -> Outbox:
        reader = Reader(self._office.core, self._office.directory, self._office.adapters, intake)
        return Outbox(self._office.core, {"raw.read": reader.read, "offer.lapse": _nothing, "line.opens": _nothing})

    def _read(self, raw: Raw) -> Sequence[InboundEvent]:
        text = raw.body.decode()
        if self._stumbles.get(text, 0):
            self._stumbles[text] -= 1
            raise self._error
        who = raw.lane
        sender = Sender((Claim("telegram", who),), name=who.title())
        return [MessageReceived(BOT, f"{who}:{text}", who, sender, text=text, at=self._office.clock.now())]

    async def all(self, *, seconds: int = 60) -> None:
        """Everything that was kept, for so long."""
        for _ in range(seconds):
            while sum(await asyncio.gather(*(worker.pass_once() for worker in self._workers))):
                pass
            self._office.clock.move(seconds=1)


async def _nothing(_: object) -> None:
    """Somebody else's timer."""


async def keep(office: Office, who: str) -> None:
    """The bot hears everything at once, in this order."""
    for number, text in enumerate(WORDS):
        await office.intake.keep(Raw(BOT, f"{who}-{number}", who, text.encode(), office.clock.now()))


async def stored(office: Office, who: str) -> list[str]:
    """The thread as it is kept."""
    place = await office.store.read(lambda uow: uow.dialogues.find((BOT, who)))
    assert place is not None
    said = await office.store.read(lambda uow: uow.messages.said(place.dialogue.id, after=0, limit=500))
    assert [one.seq for one in said] == sorted({one.seq for one in said})
    return [one.text for one in said]


@pytest.mark.parametrize("error", [RuntimeError, StoreUnavailable])
async def test_what_ann_writes_stays_in_her_order_though_reading_fails_between(office: Office, error: type[Exception]) -> None:
    ear = Ear(office)
    await ear.listen()
    await keep(office, "ann")
    await keep(office, "boris")
    await Reading(office, stumbles={WORDS[0]: 1, WORDS[17]: 2, WORDS[18]: 1}, with_=error).all()
    assert await stored(office, "ann") == WORDS
    assert await stored(office, "boris") == WORDS
    for who in ("Ann", "Boris"):
        name = [e.data["message"]["text"] for e in ear.heard if e.type == "message.received"
                and e.data["conversation"]["contact_name"] == who]  # fmt: skip
        assert name == WORDS


async def test_what_waited_for_a_channel_that_was_off_comes_in_its_order_and_soon(office: Office) -> None:
    await keep(office, "ann")
    reading = Reading(office, stumbles={})
    bot = office.adapters.by_id.pop(BOT)
    await reading.all(seconds=300)
    office.adapters.by_id[BOT] = bot
    await reading.all(seconds=31)
    assert await stored(office, "ann") == WORDS


async def test_a_word_that_cannot_be_read_is_set_aside_and_the_others_keep_their_order(office: Office) -> None:
    await keep(office, "ann")
    await Reading(office, stumbles={WORDS[5]: 99}).all()
    assert await stored(office, "ann") == [word for word in WORDS if word != WORDS[5]]


async def test_a_word_that_waited_for_its_channel_has_all_its_tries_still(office: Office) -> None:
    await office.intake.keep(Raw(BOT, "ann-0", "ann", WORDS[0].encode(), office.clock.now()))
    reading = Reading(office, stumbles={WORDS[0]: 2})
    bot = office.adapters.by_id.pop(BOT)
    await reading.all(seconds=120)
    office.adapters.by_id[BOT] = bot
    await reading.all(seconds=60)
    assert await stored(office, "ann") == [WORDS[0]]


@pytest.mark.parametrize("refused", [False, True])
async def test_what_olga_answers_stays_in_her_order_though_the_network_fails_between(office: Office, refused: bool) -> None:
    ear = Ear(office)
    await ear.listen()
    said = await office.write("Ann", "Hello")
    talk = ConversationId(said.conversation_id or "")
    olga = office.directory.operator(OLGA)
    await office.offers.take(olga, talk)
    network = office.adapters.by_id[BOT]
    for number in range(MANY):
        await office.replies.write(olga, talk, Draft(client_id=f"c{number}", type="reply", text=WORDS[number]))
    network.faults += [send_again("busy", after=7.0), send_again("busy", after=3.0)]
    if refused:
        network.faults.append(send_refused("This one not."))
    carriers = [Carrier(office.core, office.directory, office.adapters) for _ in range(3)]
    for _ in range(20):
        while sum(await asyncio.gather(*(carrier.pass_once() for carrier in carriers))):
            pass
        office.clock.move(seconds=1)
    expected = WORDS[1:] if refused else WORDS
    assert office.sent() == expected
    assert await stored(office, "ann") == ["Hello", *WORDS]
    assert ear.texts("message.sent") == WORDS
    told = [event.data["message_id"] for event in ear.heard
            if event.type == "delivery.updated" and event.data["delivery"]["state"] == "sent"]  # fmt: skip
    by_id = {event.data["message"]["id"]: event.data["message"]["text"] for event in ear.heard if event.type == "message.sent"}
    assert [by_id[id] for id in told] == expected


async def test_both_sides_at_once_stay_in_the_order_of_the_thread(office: Office) -> None:
    ear = Ear(office)
    await ear.listen()
    said = await office.write("Ann", "Hello")
    talk, olga = ConversationId(said.conversation_id or ""), office.directory.operator(OLGA)
    await office.offers.take(olga, talk)
    intakes = [Intake(office.core, office.directory) for _ in range(2)]

    def word(number: int) -> MessageReceived:
        sender = Sender((Claim("telegram", "ann"),), name="Ann")
        return MessageReceived(BOT, f"b{number}", "ann", sender, text=f"in {number}", at=office.clock.now())

    async def writes(number: int) -> None:
        await office.replies.write(olga, talk, Draft(client_id=f"c{number}", type="reply", text=f"out {number}"))

    await asyncio.gather(*(intakes[n % 2].accept(word(n)) for n in range(MANY)), *(writes(n) for n in range(MANY)))
    thread = await stored(office, "ann")
    assert len(thread) == 2 * MANY + 1
    await eventually(lambda: len([e for e in ear.heard if "message" in e.data]) >= 2 * MANY)
    heard = [e.data["message"] for e in ear.heard if e.type in ("message.received", "message.sent")]
    assert [message["text"] for message in heard if message["text"] != "Hello"] == thread[1:]
    while await office.carrier.pass_once():
        pass
    assert office.sent() == [text for text in thread if text.startswith("out")]
