"""One installation per file and kind of house; every story brings its own line, channels and people."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import aiohttp
import pytest

from tests.eventually import eventually
from tests.flows.doors.console import Console
from tests.flows.doors.house import House
from tests.flows.doors.visitor import Visitor

if TYPE_CHECKING:
    from tests.servers.postgres import Postgres
    from tests.servers.redis import Redis

SMALL, LARGE = "one process on SQLite", "two processes on PostgreSQL and Redis"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A story with a process of its own takes its time."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.slow)
            item.add_marker(pytest.mark.timeout(180))


@pytest.fixture(scope="module", params=[SMALL, LARGE])
def house(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A running product that was begun in an empty folder."""
    folder = tmp_path_factory.mktemp("house")
    settings = {} if request.param == SMALL else _large(request)
    built = House(folder, settings)
    built.start()
    try:
        yield built
    finally:
        assert built.stop() == 0, built.tail()


def _large(request: pytest.FixtureRequest) -> dict[str, str]:
    postgres: Postgres = request.getfixturevalue("postgres_server")
    redis: Redis = request.getfixturevalue("redis_server")
    redis.clear()
    return {"store.url": postgres.new_database(), "signals.url": redis.url, "server.processes": "2"}


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    """Connections are not kept: each request meets whichever process takes it."""
    connector = aiohttp.TCPConnector(force_close=True)
    timeout = aiohttp.ClientTimeout(total=30)
    async with aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar(), timeout=timeout) as session:
        yield session


@pytest.fixture
async def olga(house: House, http: aiohttp.ClientSession, request: pytest.FixtureRequest) -> AsyncIterator[Console]:
    """Olga at work on a line of this story's own."""
    console = Console(house, http)
    await console.come_to_work(f"Line of {request.node.originalname}"[:120])
    yield console
    await console.go_home()


@pytest.fixture
async def ann(olga: Console, house: House, http: aiohttp.ClientSession) -> AsyncIterator[Visitor]:
    """Ann, with the chat of this story's line open."""
    site = await olga.connect("webchat", {"site_name": "Larka Cycles"})
    visitor = Visitor(house, http, key=site["key"])
    await eventually(visitor.finds_the_chat)  # the other process hears of a new channel a moment later
    await visitor.connects()
    yield visitor
    await visitor.leaves()
