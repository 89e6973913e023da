"""What is slow delays itself alone, what is bad harms itself alone: a network that hangs, an errand, a message."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
from structlog.testing import capture_logs

from gateway.domain.delivery import Letter, Receipt
from gateway.domain.errors import Rejected
from gateway.domain.ids import ConversationId, OperatorId
from gateway.domain.inbound import Accepted, Claim, IncomingFile, MessageReceived, Sender
from gateway.ports.records import Errand
from gateway.services.delivery import EACH_CHANNEL
from gateway.services.hands import Hands
from gateway.services.outbox import EACH_KIND, Outbox
from gateway.services.replies import Draft
from gateway.signals.memory import MemorySignals
from gateway.store.opening import open_store
from tests.eventually import eventually
from tests.fakes.adapters import HandChannel
from tests.fakes.blobs import DictBlobs
from tests.fakes.clock import CountedIds, HandClock
from tests.flows.office import BOT, BOX, Office, open_office


class StuckChannel(HandChannel):
    """Takes a letter and says nothing until `open`."""

    def __init__(self) -> None:
        super().__init__()
        self.open, self.waiting = asyncio.Event(), 0

    async def send(self, letter: Letter) -> Receipt:
        """Wait with it."""
        self.waiting += 1
        await self.open.wait()
        return await super().send(letter)


@pytest.fixture
async def office() -> AsyncIterator[Office]:
    """With signals that are heard, so that workers can run by themselves."""
    clock = HandClock()
    async with open_store(":memory:", clock=clock, ids=CountedIds()) as opened:
        yield await open_office(opened.store, MemorySignals(), DictBlobs(), clock, limit=500)


@asynccontextmanager
async def at_work(run: Callable[[], Awaitable[None]]) -> AsyncIterator[None]:
    """A worker that runs by itself."""
    task = asyncio.ensure_future(run())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def test_a_network_that_hangs_holds_up_no_other_network(office: Office) -> None:
    stuck = office.adapters.by_id[BOT] = StuckChannel()
    asked = [await office.write(f"Ann {n}", "Hello") for n in range(3 * EACH_CHANNEL)]
    by_mail = await office.write("Boris", "Hello", to=BOX)
    holders = {}
    for accepted in [*asked, by_mail]:
        offer = next(o for o in await office.pending() if o.conversation_id == accepted.conversation_id)
        await office.offers.accept(office.directory.operator(offer.operator_id), offer.id, offer.epoch)
        holders[accepted.conversation_id] = offer.operator_id
    async with at_work(office.carrier.run):
        for number, accepted in enumerate(asked):
            await write(office, holders[accepted.conversation_id], accepted, f"to a bot {number}")
        await eventually(lambda: stuck.waiting >= EACH_CHANNEL)
        await write(office, holders[by_mail.conversation_id], by_mail, "by mail")
        await eventually(lambda: office.sent(BOX) == ["by mail"])
        assert stuck.waiting < 2 * EACH_CHANNEL
        stuck.open.set()
        await eventually(lambda: len(office.sent(BOT)) == len(asked))


async def write(office: Office, who: OperatorId, accepted: Accepted, text: str) -> None:
    """A reply, without running the workers by hand."""
    draft = Draft(client_id=text, type="reply", text=text)
    await office.replies.write(office.directory.operator(who), ConversationId(accepted.conversation_id or ""), draft)


async def test_slow_errands_hold_up_no_timer(office: Office) -> None:
    gate, fetching, lapsed = asyncio.Event(), 0, []

    async def fetch(_: Errand) -> None:
        nonlocal fetching
        fetching += 1
        await gate.wait()

    async def lapse(errand: Errand) -> None:
        lapsed.append(errand.key)

    outbox = Outbox(office.core, {"recording.fetch": fetch, "offer.lapse": lapse})
    async with at_work(outbox.run):
        for number in range(3 * EACH_KIND):
            await put(office, "recording.fetch", f"rec_{number}")
        await eventually(lambda: fetching >= EACH_KIND)
        await put(office, "offer.lapse", "ofr_1")
        await eventually(lambda: lapsed == ["ofr_1"])
        gate.set()
        await eventually(lambda: fetching == 3 * EACH_KIND)


async def put(office: Office, kind: str, key: str) -> None:
    """Due now."""
    await office.store.run(lambda uow: uow.outbox.put(kind, key, due_at=office.clock.now()))
    await office.core.signals.nudge("outbox")


async def test_a_message_that_cannot_be_stored_harms_none_of_those_that_came_with_it(office: Office) -> None:
    gone = IncomingFile("wheel.png", "image/png", 3, reference="att_gone")

    def message(number: int) -> MessageReceived:
        claim = Claim("telegram", f"ann-{number}")
        return MessageReceived(
            channel_id=BOT, external_id=f"u-{number}", dialogue_key=f"ann-{number}", sender=Sender((claim,)), text="Hello",
            at=office.clock.now(), files=(gone,) if number == 5 else (),
        )  # fmt: skip

    answers = await asyncio.gather(*(office.intake.accept(message(n)) for n in range(9)), return_exceptions=True)
    assert [number for number, answer in enumerate(answers) if isinstance(answer, Rejected)] == [5]
    assert all(isinstance(answer, Accepted) and answer.new for number, answer in enumerate(answers) if number != 5)


async def test_what_a_hand_drops_is_logged_and_frees_it() -> None:
    hands = Hands(each=1, total=2)

    async def fail() -> None:
        raise ValueError

    with capture_logs() as lines:
        hands.begin("a", fail())
        assert (hands.full, hands.free) == (["a"], 1)
        await hands.rest()
        await hands.until(5)
    assert hands.full == []
    assert [(line["event"], line["group"], line["error"]) for line in lines] == [("hands.failed", "a", "ValueError")]
