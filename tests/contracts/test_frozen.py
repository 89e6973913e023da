"""A process that freezes in the middle of a transaction (a stopped machine, a lost network) makes nobody wait for ever."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from functools import partial
from typing import Any

import pytest

from gateway.domain.errors import ConfigError, StoreUnavailable
from tests.eventually import eventually
from tests.servers.postgres import Postgres
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


@pytest.mark.parametrize("through", ["run", "read", "commit"])
async def test_who_is_told_to_go_is_not_held_up_by_a_server_that_has_gone_quiet(postgres_url: str, through: str) -> None:
    """Otherwise /readyz, a hook's time limit and the end of the process last as long as a statement may."""
    quiet, pids = asyncio.Event(), []

    async def falls_silent(uow: Any) -> None:
        pids.append(await uow.operators._t.connection.raw.fetchval("SELECT pg_backend_pid()"))
        os.kill(pids[0], signal.SIGSTOP)
        quiet.set()
        if through != "commit":
            await uow.operators.all()

    async with opened(postgres_url) as one:
        task = asyncio.create_task(getattr(one.store, "read" if through == "read" else "run")(falls_silent))
        await quiet.wait()
        try:
            began = time.monotonic()
            task.cancel()
            await asyncio.wait([task], timeout=20)
            assert (task.cancelled(), time.monotonic() - began < 10) == (True, True)
            assert await one.store.read(lambda uow: uow.operators.all()) == []
        finally:
            os.kill(pids[0], signal.SIGCONT)


async def test_a_read_that_was_given_up_leaves_its_connection_in_order(postgres_url: str) -> None:
    complaints: list[str] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, found: complaints.append(found["message"]))
    async with opened(postgres_url) as one:
        for turns in range(30):
            reading = asyncio.create_task(one.store.read(lambda uow: uow.operators.all()))
            for _ in range(turns):
                await asyncio.sleep(0)
            reading.cancel()
            await asyncio.wait([reading])
    assert complaints == []


@pytest.mark.parametrize("wrong", ["/{}", "nobody@{}"])
async def test_a_database_that_lets_nobody_in_is_away(postgres_url: str, wrong: str) -> None:
    server, _, name = postgres_url.rpartition("/")
    url = f"{server}/not_{name}" if wrong == "/{}" else postgres_url.replace("postgres@", "nobody@")
    with pytest.raises(StoreUnavailable):
        async with opened(url):
            pass


async def test_a_database_that_lets_nobody_in_any_more_is_away_for_who_works_already(
    postgres_server: Postgres, postgres_url: str
) -> None:
    name = postgres_url.rpartition("/")[2]
    async with opened(postgres_url) as one:
        postgres_server.sql(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
        postgres_server.sql(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")
        for _ in range(3):
            with pytest.raises(StoreUnavailable):
                await one.store.run(lambda uow: uow.operators.all())


@pytest.mark.parametrize("url", ["postgresql://ann:secret-word@[::/gateway", "postgresql://ann:secret-word@127.0.0.1:99999/g"])
async def test_what_is_no_address_is_a_wrong_setting_and_not_repeated(url: str) -> None:
    with pytest.raises(ConfigError) as refused:
        async with opened(url):
            pass
    assert "secret-word" not in refused.value.detail


@pytest.mark.parametrize("through", ["run", "read"])
async def test_tables_that_were_changed_underneath_are_read_again(postgres_url: str, through: str) -> None:
    """A newer program has migrated them while this one runs: its prepared statements no longer fit."""
    async with opened(postgres_url) as one, opened(postgres_url) as other:
        assert await getattr(one.store, through)(lambda uow: uow.operators.all()) == []
        await other.store.run(_changed)
        assert await getattr(one.store, through)(lambda uow: uow.operators.all()) == []


async def _changed(uow: Any) -> None:
    await uow.operators._t.connection.raw.execute("ALTER TABLE operator ALTER COLUMN name TYPE varchar(900)")


async def test_the_patience_of_the_server_is_stated(postgres_url: str) -> None:
    async with opened(postgres_url) as one:
        asked = await one.store.run(_patience)
    assert asked == "30s"


async def _patience(uow: Any) -> str:
    return str(await uow.queue._t.connection.raw.fetchval("SHOW idle_in_transaction_session_timeout"))
