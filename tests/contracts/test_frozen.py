"""A process that freezes in the middle of a transaction (a stopped machine, a lost network) makes nobody wait for ever."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import Any

import pytest

from gateway.domain.errors import StoreUnavailable
from tests.eventually import eventually
from tests.stores import opened


async def test_who_freezes_while_it_decides_loses_its_locks_and_hears_so(postgres_url: str) -> None:
    frozen, thawed = asyncio.Event(), asyncio.Event()

    async def freezes(uow: Any) -> None:
        raw = uow.queue._t.connection.raw
        await uow.queue.hold_router()
        await raw.execute("SET idle_in_transaction_session_timeout = '200ms'")  # the same, without the wait
        frozen.set()
        await thawed.wait()
        await uow.operators.all()

    async with opened(postgres_url) as one, opened(postgres_url) as other:
        stuck = asyncio.ensure_future(one.store.run(freezes))
        await frozen.wait()
        await asyncio.wait_for(other.store.run(lambda uow: uow.queue.hold_router()), 20)
        thawed.set()
        with pytest.raises(StoreUnavailable):
            await stuck
        assert await one.store.read(lambda uow: uow.operators.all()) == []


@pytest.mark.parametrize("noticed", [False, True])
@pytest.mark.parametrize("through", ["run", "read"])
async def test_whose_connection_the_server_ends_hears_that_the_database_is_away(
    postgres_url: str, through: str, noticed: bool
) -> None:
    """Before the driver has noticed and after it, when it has taken the connection back by itself."""

    async def is_ended(uow: Any) -> None:
        raw = uow.operators._t.connection.raw
        await other.store.read(partial(_end, pid=await raw.fetchval("SELECT pg_backend_pid()")))
        if noticed:
            await eventually(partial(_taken_back, raw))
        await uow.operators.all()

    async with opened(postgres_url) as one, opened(postgres_url) as other:
        with pytest.raises(StoreUnavailable):
            await getattr(one.store, through)(is_ended)
        assert await one.store.read(lambda uow: uow.operators.all()) == []


async def _end(uow: Any, *, pid: int) -> None:
    await uow.operators._t.connection.raw.fetchval("SELECT pg_terminate_backend($1)", pid)


def _taken_back(raw: Any) -> bool:
    return raw._con is None or bool(raw.is_closed())


async def test_the_patience_of_the_server_is_stated(postgres_url: str) -> None:
    async with opened(postgres_url) as one:
        asked = await one.store.run(_patience)
    assert asked == "30s"


async def _patience(uow: Any) -> str:
    return str(await uow.queue._t.connection.raw.fetchval("SHOW idle_in_transaction_session_timeout"))
