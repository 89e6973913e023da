"""What counters of limits must do: in memory for one process, in Redis for all of them; a lost Redis locks nobody out."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import AsyncIterator

import pytest
import redis as redis_client
from limits import parse

from gateway.domain.errors import TooMany
from gateway.web.floods import Floods
from gateway.web.limits import REDIS_SECONDS, Limits
from tests.eventually import eventually
from tests.servers.redis import Redis

THREE = parse("3 per minute")
RATES = {"message": "3/minute", "file.mib": "10/day"}
ANN, BORIS = "ann@example.com", "198.51.100.7"


class Counting:
    """Counters of one process after another, closed at the end."""

    def __init__(self) -> None:
        self._open: list[Limits | Floods] = []

    def limits(self, url: str) -> Limits:
        """For sign-in, hooks and uploads."""
        made = Limits(url)
        self._open.append(made)
        return made

    def floods(self, url: str) -> Floods:
        """For visitors."""
        made = Floods(url, rates=RATES)
        self._open.append(made)
        return made

    async def close(self) -> None:
        """All of them."""
        for one in self._open:
            await one.close()


@pytest.fixture
async def counting() -> AsyncIterator[Counting]:
    """Makes them."""
    found = Counting()
    yield found
    await found.close()


@pytest.fixture(params=["memory", "redis"])
def url(request: pytest.FixtureRequest) -> str:
    """Where counters live."""
    return "memory://" if request.param == "memory" else str(request.getfixturevalue("redis_url"))


async def test_what_is_over_the_limit_is_told_how_long_to_wait(counting: Counting, url: str) -> None:
    limits = counting.limits(url)
    for _ in range(3):
        await limits.hit(THREE, "sign-in", ANN)
    with pytest.raises(TooMany) as caught:
        await limits.hit(THREE, "sign-in", ANN)
    assert 1 <= caught.value.retry_after <= 60
    await limits.hit(THREE, "sign-in", BORIS)


async def test_what_turned_out_well_is_forgotten(counting: Counting, url: str) -> None:
    limits = counting.limits(url)
    for _ in range(3):
        await limits.hit(THREE, "sign-in", ANN)
    await limits.forget(THREE, "sign-in", ANN)
    await limits.hit(THREE, "sign-in", ANN)


async def test_a_flood_of_one_visitor_is_stopped_and_nobody_elses(counting: Counting, url: str) -> None:
    floods = counting.floods(url)
    for _ in range(3):
        await floods.admit("message", "vis_ann")
    with pytest.raises(TooMany) as caught:
        await floods.admit("message", "vis_ann")
    assert 1 <= caught.value.retry_after <= 60
    await floods.admit("message", "vis_boris")


async def test_a_large_thing_counts_for_many(counting: Counting, url: str) -> None:
    floods = counting.floods(url)
    await floods.admit("file.mib", "vis_ann", cost=9)
    with pytest.raises(TooMany):
        await floods.admit("file.mib", "vis_ann", cost=2)


async def test_all_processes_count_together_over_redis(counting: Counting, redis_url: str) -> None:
    here, there = counting.limits(redis_url), counting.limits(redis_url)
    for limits in (here, there, here):
        await limits.hit(THREE, "sign-in", ANN)
    with pytest.raises(TooMany):
        await there.hit(THREE, "sign-in", ANN)
    doors = counting.floods(redis_url), counting.floods(redis_url)
    for floods in (*doors, doors[0]):
        await floods.admit("message", "vis_ann")
    with pytest.raises(TooMany):
        await doors[1].admit("message", "vis_ann")


async def test_no_address_stands_in_redis(counting: Counting, redis_url: str) -> None:
    await counting.limits(redis_url).hit(THREE, "sign-in", ANN)
    await counting.floods(redis_url).admit("session", BORIS)
    with redis_client.Redis.from_url(redis_url) as client:
        names = b" ".join(client.keys())
    assert names
    assert ANN.encode() not in names
    assert BORIS.encode() not in names


async def test_a_lost_redis_locks_nobody_out(counting: Counting, redis_server: Redis) -> None:
    redis_server.clear()
    limits, floods = counting.limits(redis_server.url), counting.floods(redis_server.url)
    await floods.admit("message", "vis_ann")
    redis_server.stop()
    try:
        for _ in range(5):
            await limits.hit(THREE, "sign-in", ANN)
            await floods.admit("message", "vis_ann")
    finally:
        redis_server.start()
    await limits.hit(THREE, "sign-in", ANN)
    await floods.admit("message", "vis_ann")


async def test_a_redis_that_has_gone_quiet_slows_one_request_and_not_every_one(
    counting: Counting, redis_server: Redis, redis_url: str
) -> None:
    limits, floods = counting.limits(redis_url), counting.floods(redis_url)
    os.kill(redis_server.pid, signal.SIGSTOP)
    try:
        began = time.monotonic()
        for _ in range(10):
            await limits.hit(THREE, "sign-in", ANN)
            await floods.admit("message", ANN)
        assert time.monotonic() - began < 2 * REDIS_SECONDS + 1
    finally:
        os.kill(redis_server.pid, signal.SIGCONT)

    async def counts_again() -> bool:
        refused = 0
        for count in (lambda: limits.hit(THREE, "sign-in", ANN), lambda: floods.admit("message", ANN)):
            try:
                await count()
            except TooMany:
                refused += 1
        return refused == 2

    assert await eventually(counts_again, within=20)
