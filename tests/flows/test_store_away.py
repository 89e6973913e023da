"""The database goes away with work in hand: outcomes are kept until it listens again, and nothing is guessed or sent twice."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

import pytest

from gateway.domain.delivery import Letter, Receipt
from gateway.domain.errors import StoreUnavailable
from gateway.domain.ids import ConversationId, MessageId
from gateway.ports.records import Errand
from gateway.services.delivery import Carrier
from gateway.services.outbox import LEASE, Outbox
from gateway.services.replies import Draft
from tests.eventually import eventually
from tests.fakes.adapters import HandChannel
from tests.flows.office import BOT, BOX, OLGA, Office


class Cable:
    """Between the office and its database; `tries` counts what met a cut one."""

    def __init__(self, office: Office) -> None:
        self._store = office.core.store
        self._real = {name: getattr(self._store, name) for name in ("run", "read")}
        self.cut, self.tries = False, 0

    @asynccontextmanager
    async def in_place(self) -> AsyncIterator[Cable]:
        """From here on the store may be cut off."""
        for name, real in self._real.items():
            object.__setattr__(self._store, name, self._through(real))
        yield self
        for name, real in self._real.items():
            object.__setattr__(self._store, name, real)

    def _through(self, real: Callable[[Any], Awaitable[Any]]) -> Callable[[Any], Awaitable[Any]]:
        async def through(work: Any) -> Any:
            if self.cut:
                self.tries += 1
                raise StoreUnavailable
            return await real(work)

        return through


class CuttingChannel(HandChannel):
    """The database goes away while the network takes the letter."""

    def __init__(self, cable: Cable, *, deduplicates: bool = False) -> None:
        super().__init__(deduplicates=deduplicates)
        self._cable = cable

    async def send(self, letter: Letter) -> Receipt:
        """Take it, then cut."""
        receipt = await super().send(letter)
        self._cable.cut = True
        return receipt


@pytest.fixture
async def cable(office: Office) -> AsyncIterator[Cable]:
    """In place and whole."""
    async with Cable(office).in_place() as found:
        yield found


async def olga_answers(office: Office, channel: Any) -> str:
    """Her answer is due; nothing has carried it yet. The id of its message."""
    said = await office.write("Ann", "Hello", to=channel)
    await office.offers.take(office.directory.operator(OLGA), ConversationId(said.conversation_id or ""))
    draft = Draft(client_id="c1", type="reply", text="Good morning")
    row = await office.replies.write(office.directory.operator(OLGA), ConversationId(said.conversation_id or ""), draft)
    return str(row["id"])


async def state_of(office: Office, message: str) -> str:
    """What became of the delivery."""
    found = await office.store.read(lambda uow: uow.deliveries.of_message(MessageId(message)))
    assert found is not None
    return found.state


@pytest.mark.parametrize("channel", [BOT, BOX])
async def test_what_was_sent_is_recorded_as_sent_once_the_database_is_back(office: Office, cable: Cable, channel: Any) -> None:
    network = office.adapters.by_id[channel] = CuttingChannel(cable, deduplicates=channel == BOX)
    message = await olga_answers(office, channel)
    carrying = asyncio.create_task(office.carrier.pass_once())
    await eventually(lambda: cable.tries >= 1)
    office.clock.move(minutes=3)  # longer than any lease
    cable.cut = False
    await carrying
    assert await state_of(office, message) == "sent"
    await office.settle()
    assert [letter.message.text for letter in network.sent] == ["Good morning"]


async def test_what_was_not_even_read_is_due_again_and_not_in_doubt(office: Office, cable: Cable) -> None:
    message = await olga_answers(office, BOT)
    real = office.core.store.read

    async def away(_: Any) -> Any:
        raise StoreUnavailable

    object.__setattr__(office.core.store, "read", away)
    await office.carrier.pass_once()
    object.__setattr__(office.core.store, "read", real)
    assert await state_of(office, message) == "due"
    await office.time_passes(seconds=1)
    assert (await state_of(office, message), office.sent()) == ("sent", ["Good morning"])


async def test_another_process_lets_the_living_record_first(office: Office, cable: Cable) -> None:
    network = office.adapters.by_id[BOX] = CuttingChannel(cable, deduplicates=True)
    other = Carrier(office.core, office.directory, office.adapters)
    message = await olga_answers(office, BOX)
    carrying = asyncio.create_task(office.carrier.pass_once())
    await eventually(lambda: cable.tries >= 1)
    office.clock.move(minutes=3)  # longer than any lease
    await other._round()
    cable.cut = False
    await other._rescue()
    office.clock.move(seconds=6)
    assert await other.pass_once() == 0
    await carrying
    assert (await state_of(office, message), len(network.sent)) == ("sent", 1)


async def test_a_worker_that_stops_does_not_wait_for_a_database_that_is_away(office: Office, cable: Cable) -> None:
    office.adapters.by_id[BOT] = CuttingChannel(cable)
    await olga_answers(office, BOT)
    running = asyncio.create_task(office.carrier.pass_once())
    await eventually(lambda: cable.tries >= 1)
    office.carrier._stopping = True
    await asyncio.wait_for(running, 5)


async def test_an_errand_whose_step_met_no_database_is_repeated_soon(office: Office, cable: Cable) -> None:
    runs = 0

    async def step(_: Errand) -> None:
        nonlocal runs
        runs += 1
        if runs == 1:
            cable.cut = True
            raise StoreUnavailable

    office.outbox._steps = dict(office.outbox._steps) | {"test.step": step}
    await office.store.run(lambda uow: uow.outbox.put("test.step", "one", due_at=office.clock.now()))
    passing = asyncio.create_task(office.outbox.pass_once())
    await eventually(lambda: cable.tries >= 1)
    cable.cut = False
    await passing
    await office.time_passes(seconds=2)
    assert runs == 2


async def test_an_errand_that_was_done_is_not_done_again(office: Office, cable: Cable) -> None:
    runs = 0

    async def step(_: Errand) -> None:
        nonlocal runs
        runs += 1
        cable.cut = True

    office.outbox._steps = dict(office.outbox._steps) | {"test.step": step}
    await office.store.run(lambda uow: uow.outbox.put("test.step", "one", due_at=office.clock.now()))
    passing = asyncio.create_task(office.outbox.pass_once())
    await eventually(lambda: cable.tries >= 1)
    cable.cut = False
    await passing
    await office.time_passes(minutes=5)
    assert runs == 1


async def test_a_long_step_stays_with_its_worker(office: Office) -> None:
    over, runs = asyncio.Event(), 0

    async def step(_: Errand) -> None:
        nonlocal runs
        runs += 1
        await over.wait()

    await office.store.run(lambda uow: uow.outbox.put("test.step", "one", due_at=office.clock.now()))
    one, other = [Outbox(office.core, {"test.step": step}, renew_seconds=0.01) for _ in range(2)]
    running = asyncio.create_task(one.run())
    for _ in range(4):
        await eventually(lambda: runs == 1)
        office.clock.move(seconds=20)
        until = office.clock.now() + LEASE

        async def renewed(until: datetime = until) -> bool:
            return await office.store.read(lambda uow: uow.outbox.next_due()) == until

        await eventually(renewed)
        assert await other.pass_once() == 0
    over.set()
    await eventually(lambda: not one._held)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert (runs, await other.pass_once()) == (1, 0)


async def test_everybody_who_writes_while_the_database_is_away_hears_it_at_once(office: Office) -> None:
    async with Cable(office).in_place() as cable:
        cable.cut = True
        writing = (office.write(f"Ann {number}", "Hello", key=f"ann-{number}") for number in range(32))
        answers = await asyncio.gather(*writing, return_exceptions=True)
        assert all(isinstance(answer, StoreUnavailable) for answer in answers)
        assert cable.tries == 1


@pytest.mark.parametrize("there", [True, False])
async def test_who_could_not_be_seen_while_the_database_was_away_has_not_gone(
    office: Office, cable: Cable, there: bool
) -> None:
    """Else everybody's offers are withdrawn the moment it is back, though their consoles were open all the time."""
    await office.presences.alive(OLGA)
    cable.cut = True
    for _ in range(5):
        office.clock.move(seconds=15)
        with pytest.raises(StoreUnavailable):
            await office.presences.alive(OLGA)
    cable.cut = False
    await office.settle()
    assert await presence_of_olga(office) == "online"
    office.clock.move(seconds=15)
    if there:
        await office.presences.alive(OLGA)
    office.clock.move(seconds=6)
    await office.settle()
    assert await presence_of_olga(office) == ("online" if there else "offline")


async def presence_of_olga(office: Office) -> str:
    """As everybody sees it."""
    found = await office.store.read(lambda uow: uow.operators.presence(OLGA))
    assert found is not None
    return found.state
