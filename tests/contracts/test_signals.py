"""What every bus of hints and every kind of lease must do: in memory and over Redis."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator, Mapping
from typing import Any

import pytest

from gateway.domain.errors import StoreUnavailable
from gateway.ports.live import Leases, Signals
from gateway.signals import open_signals
from gateway.signals.redis import RedisSignals
from tests.eventually import eventually
from tests.servers.redis import Redis


@pytest.fixture(params=["memory", "redis"])
async def bus(request: pytest.FixtureRequest) -> AsyncIterator[tuple[Signals, Leases]]:
    """Signals and leases of one process."""
    url = "" if request.param == "memory" else request.getfixturevalue("redis_url")
    signals, leases = open_signals(url)
    yield signals, leases
    await signals.close()


@pytest.fixture
async def two(redis_url: str) -> AsyncIterator[tuple[RedisSignals, RedisSignals]]:
    """Two processes' signals, both listening."""
    ours, theirs = open_signals(redis_url)[0], open_signals(redis_url)[0]
    assert isinstance(ours, RedisSignals)
    assert isinstance(theirs, RedisSignals)
    async with asyncio.timeout(5):
        await asyncio.gather(ours.ready(), theirs.ready())
    yield ours, theirs
    await asyncio.gather(ours.close(), theirs.close())


async def test_a_nudge_wakes_everyone_who_waits(bus: tuple[Signals, Leases]) -> None:
    signals, _ = bus
    waiting = [asyncio.create_task(signals.wait("outbox", timeout=5)) for _ in range(3)]
    other = asyncio.create_task(signals.wait("router", timeout=0.05))
    await asyncio.wait([other], timeout=0.01)
    await signals.nudge("outbox")
    assert await asyncio.gather(*waiting) == [True] * 3
    assert await other is False


async def test_a_nudge_between_two_waits_is_not_lost(bus: tuple[Signals, Leases]) -> None:
    signals, _ = bus
    await signals.nudge("outbox")
    await signals.nudge("outbox")
    assert await signals.wait("outbox", timeout=5)
    assert not await signals.wait("outbox", timeout=0.01)
    idle = asyncio.create_task(signals.wait("outbox", timeout=5))
    await asyncio.wait([idle], timeout=0.01)
    await signals.nudge("outbox")
    assert await idle
    assert await signals.wait("outbox", timeout=5)


async def test_a_listener_hears_until_it_stops_and_its_fault_harms_nobody(bus: tuple[Signals, Leases]) -> None:
    signals, _ = bus
    heard: list[Mapping[str, Any]] = []

    def broken(_: Mapping[str, Any]) -> None:
        raise ValueError

    signals.subscribe("ephemeral", broken)
    stop = signals.subscribe("ephemeral", heard.append)
    await signals.nudge("ephemeral", {"typing": True})
    stop()
    await signals.nudge("ephemeral", {"typing": False})
    assert heard == [{"typing": True}]


async def test_one_holder_at_a_time(bus: tuple[Signals, Leases]) -> None:
    _, leases = bus
    inside, most = 0, 0

    async def work() -> None:
        nonlocal inside, most
        async with leases.hold("mailbox", seconds=5) as held:
            inside += 1
            most = max(most, inside)
            await asyncio.wait([asyncio.create_task(asyncio.Event().wait())], timeout=0.01)
            assert held()
            inside -= 1

    await asyncio.gather(*(work() for _ in range(4)))
    assert most == 1


async def test_a_lease_is_renewed_for_as_long_as_it_is_held(bus: tuple[Signals, Leases]) -> None:
    _, leases = bus
    async with leases.hold("mailbox", seconds=1) as held:
        for _ in range(12):
            await asyncio.wait([asyncio.create_task(asyncio.Event().wait())], timeout=0.2)
            assert held()


async def test_another_process_is_woken_and_hears(two: tuple[RedisSignals, RedisSignals]) -> None:
    ours, theirs = two
    heard: list[Mapping[str, Any]] = []
    echoed: list[Mapping[str, Any]] = []
    theirs.subscribe("ephemeral", heard.append)
    ours.subscribe("ephemeral", echoed.append)
    waiting = asyncio.create_task(theirs.wait("outbox", timeout=5))
    await ours.nudge("ephemeral", {"on": 1})
    await ours.nudge("outbox")
    assert await waiting
    assert heard == echoed == [{"on": 1}]


async def test_a_lost_redis_is_survived_and_found_again(two: tuple[RedisSignals, RedisSignals], redis_server: Any) -> None:
    ours, theirs = two
    redis_server.stop()
    await ours.nudge("outbox")
    assert await ours.wait("outbox", timeout=5)
    assert not await theirs.wait("outbox", timeout=0.05)
    redis_server.start()

    async def woken() -> bool:
        await ours.nudge("outbox")
        return await theirs.wait("outbox", timeout=0.1)

    assert await eventually(woken)


async def test_a_lease_that_was_lost_says_so(redis_url: str) -> None:
    from redis.asyncio import Redis as Client

    signals, leases = open_signals(redis_url)
    async with leases.hold("mailbox", seconds=0.3) as held, Client.from_url(redis_url) as thief:
        await thief.set("gateway:lease:mailbox", "somebody else")
        await asyncio.wait_for(held.lost(), 2)
        assert not held()
    await signals.close()


async def test_a_redis_that_forgot_a_lease_gives_it_to_its_holder_again(redis_url: str) -> None:
    from redis.asyncio import Redis as Client

    signals, leases = open_signals(redis_url)
    async with leases.hold("mailbox", seconds=0.3) as held, Client.from_url(redis_url) as redis:
        await redis.flushall()
        await eventually(lambda: redis.get("gateway:lease:mailbox"), within=2)
        assert held()
    await signals.close()


async def test_nobody_who_nudges_waits_for_a_redis_that_has_gone_quiet(
    two: tuple[RedisSignals, RedisSignals], redis_server: Redis
) -> None:
    """What is told after a commit: an answer that waits for it would come too late."""
    ours, theirs = two
    os.kill(redis_server.pid, signal.SIGSTOP)
    try:
        began = time.monotonic()
        for number in range(50):
            await ours.nudge("ephemeral", {"on": number})
        assert time.monotonic() - began < 1
    finally:
        os.kill(redis_server.pid, signal.SIGCONT)

    async def woken() -> bool:
        await ours.nudge("outbox")
        return await theirs.wait("outbox", timeout=0.1)

    assert await eventually(woken, within=15)


@pytest.mark.parametrize("said", [b"5", b"null", b"\xff", b"[1, 2]", b'["a", ["b"], {}]', b'["a", "outbox", 7]'])
async def test_a_hint_that_is_none_deafens_nobody(two: tuple[RedisSignals, RedisSignals], said: bytes) -> None:
    ours, theirs = two
    await ours.client.publish("gateway:signals", said)
    await ours.nudge("outbox")
    assert await theirs.wait("outbox", timeout=5)


async def test_what_was_nudged_last_is_told_before_hanging_up(two: tuple[RedisSignals, RedisSignals], redis_url: str) -> None:
    passing = open_signals(redis_url)[0]
    await passing.nudge("outbox")
    await passing.close()
    assert await two[1].wait("outbox", timeout=5)


async def test_a_redis_that_cannot_be_reached_fails_the_check_and_keeps_its_password() -> None:
    lost, _ = open_signals("redis://olga:pw@127.0.0.1:1/0")
    with pytest.raises(StoreUnavailable) as refused:
        await lost.check()
    assert "pw" not in refused.value.detail
    await lost.close()


async def test_a_bus_that_answers_passes_the_check(redis_url: str) -> None:
    for url in ("", redis_url):
        signals, _ = open_signals(url)
        await signals.check()
        await signals.close()
