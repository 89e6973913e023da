"""PostgreSQL or Redis goes away while calls are reported: nothing is acknowledged that is not kept, nothing stays down."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import aiohttp
import pytest

from tests.eventually import eventually
from tests.flows.doors.console import Console
from tests.flows.doors.house import House
from tests.flows.doors.pbx import Pbx
from tests.servers.postgres import Postgres
from tests.servers.redis import Redis

pytestmark = [pytest.mark.slow, pytest.mark.timeout(330)]
AGAIN_SECONDS = 30  # what was in hand when the database went is taken up again well within this


@pytest.fixture
def house(tmp_path: Path, postgres_server: Postgres, redis_server: Redis) -> Iterator[House]:
    """Two processes."""
    redis_server.clear()
    settings = {"store.url": postgres_server.new_database(), "signals.url": redis_server.url, "server.processes": "2"}
    built = House(tmp_path, settings)
    built.start()
    yield built
    built.stop()


class Caller:
    """Reports one call after the other and remembers what was acknowledged."""

    def __init__(self, pbx: Pbx) -> None:
        self.pbx, self.over = pbx, False
        self.acknowledged: list[str] = []
        self.refused = 0

    async def go_on(self) -> None:
        """Until told that it is over."""
        number = 0
        while not self.over:
            number += 1
            remote = f"+44207183{number:04d}"
            try:
                status = await self.pbx.reports("offered", f"c-{number}", **{"from": remote})
            except (aiohttp.ClientError, TimeoutError):
                status = 0
            if status == 200:
                self.acknowledged.append(remote)
            else:
                self.refused += 1

    async def more(self, count: int = 10) -> None:
        """Until so many more have been acknowledged."""
        goal = len(self.acknowledged) + count
        await eventually(lambda: len(self.acknowledged) >= goal, within=60)


@pytest.fixture
async def olga(house: House) -> AsyncIterator[Console]:
    """The administrator."""
    async with aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(force_close=True), timeout=aiohttp.ClientTimeout(total=20)
    ) as http:
        console = Console(house, http)
        console.line = (await console.ask("POST", "/lines", {"name": "Calls", "region": "GB"}))["id"]
        yield console


async def shown(olga: Console) -> list[str]:
    """All callers, by the API."""
    found: list[str] = []
    query: dict[str, str] = {}
    while True:
        page = await olga.ask("GET", "/calls", limit=200, **query)
        found += [call["remote"] for call in page["items"]]
        if not page["next_cursor"]:
            return found
        query = {"cursor": page["next_cursor"]}


async def all_there(olga: Console, caller: Caller) -> None:
    """What was acknowledged is shown once; nothing is shown twice."""

    async def probe() -> bool:
        found = await shown(olga)
        lost = sorted(set(caller.acknowledged) - set(found))
        assert not lost, f"{len(lost)} acknowledged calls are not there, like {lost[:3]}"
        assert len(found) == len(set(found)), "a call is there twice"
        return True

    await eventually(probe, within=AGAIN_SECONDS, every=0.5)


async def test_while_postgresql_is_away_nothing_is_acknowledged_and_afterwards_all_goes_on(
    olga: Console, postgres_server: Postgres
) -> None:
    async with Pbx(olga.http) as pbx:
        caller, feeding = await begun(olga, pbx)
        await caller.more()
        await asyncio.to_thread(postgres_server.stop)
        before, refused = len(caller.acknowledged), caller.refused
        await eventually(lambda: caller.refused >= refused + 5, within=60)
        assert len(caller.acknowledged) <= before + 1, "acknowledged without a database"
        await asyncio.to_thread(postgres_server.start)
        await caller.more()
        caller.over = True
        await feeding
        await all_there(olga, caller)


async def test_while_redis_is_away_calls_are_still_kept_and_shown(olga: Console, redis_server: Redis) -> None:
    async with Pbx(olga.http) as pbx:
        caller, feeding = await begun(olga, pbx)
        await caller.more()
        await asyncio.to_thread(redis_server.stop)
        await caller.more(5)
        await asyncio.to_thread(redis_server.start)
        await caller.more()
        caller.over = True
        await feeding
        await all_there(olga, caller)


async def begun(olga: Console, pbx: Pbx) -> tuple[Caller, asyncio.Task[None]]:
    """A PBX that has begun to report."""
    pbx.hook_url = (await olga.connect("pbx", pbx.settings))["install"]["hook_url"]
    caller = Caller(pbx)
    return caller, asyncio.create_task(caller.go_on())
