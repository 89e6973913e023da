"""SQLite's one writer: what a failing commit, a second process and a sudden death do."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from gateway.domain.errors import StoreUnavailable
from gateway.domain.event import Event
from gateway.ports.store import UnitOfWork
from gateway.store.events import InOrder
from gateway.store.sqlite import SqliteConnection
from gateway.store.sqlite_writer import SqliteWriter
from tests.contracts.people import heard
from tests.stores import opened

ROOT = Path(__file__).parents[2]


def fault(kind: type[sqlite3.Error], code: int) -> sqlite3.Error:
    """As the driver raises it."""
    error = kind("the commit failed")
    error.sqlite_errorcode = code
    return error


class FullDisk(sqlite3.Connection):
    """Refuses to commit while `full`."""

    full = True
    fault = fault(sqlite3.OperationalError, sqlite3.SQLITE_FULL)

    def execute(self, sql: str, *args: Any) -> sqlite3.Cursor:
        """As ever, except for COMMIT."""
        if sql == "COMMIT" and self.full:
            raise self.fault
        return super().execute(sql, *args)


async def put(connection: SqliteConnection) -> tuple[None, Sequence[Event]]:
    """One row."""
    connection.raw.execute("INSERT INTO thing VALUES (1)")
    return None, ()


@pytest.mark.parametrize("error", [
    FullDisk.fault,
    fault(sqlite3.OperationalError, sqlite3.SQLITE_ERROR),
    fault(sqlite3.IntegrityError, sqlite3.SQLITE_CONSTRAINT_FOREIGNKEY),
])  # fmt: skip
async def test_a_failing_commit_fails_its_whole_group_and_the_next_one_works(tmp_path: Path, error: sqlite3.Error) -> None:
    raw = sqlite3.connect(tmp_path / "x.db", isolation_level=None, check_same_thread=False, factory=FullDisk)
    raw.execute("CREATE TABLE thing (n)")
    raw.fault = error
    writer = SqliteWriter(raw, InOrder(), in_loop=False)
    async with asyncio.timeout(5):
        outcomes = await asyncio.gather(*(writer.run(put) for _ in range(5)), return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [StoreUnavailable] * 5
    raw.full = False
    await writer.run(put)
    assert raw.execute("SELECT count(*) FROM thing").fetchone() == (1,)
    await writer.close()


async def test_a_transaction_that_sqlite_gave_up_by_itself_fails_its_group_by_name_and_the_next_one_works(
    tmp_path: Path,
) -> None:
    """Also where the use case has swallowed what it met: nothing of it may be taken for kept."""
    raw = sqlite3.connect(tmp_path / "x.db", isolation_level=None, check_same_thread=False)
    raw.execute("CREATE TABLE thing (n)")
    writer = SqliteWriter(raw, InOrder(), in_loop=False)

    async def met_a_full_disk(connection: SqliteConnection) -> tuple[None, Sequence[Event]]:
        connection.raw.execute("ROLLBACK")
        return None, ()

    outcomes = await asyncio.gather(writer.run(put), writer.run(met_a_full_disk), writer.run(put), return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [StoreUnavailable, StoreUnavailable, type(None)]
    assert raw.execute("SELECT count(*) FROM thing").fetchone() == (1,)
    await writer.close()


async def test_a_disk_that_is_full_in_the_middle_fails_by_name_and_takes_more_when_there_is_room(tmp_path: Path) -> None:
    async with opened(f"sqlite:///{tmp_path}/gateway.db") as store:
        raw = store.store._database._writer._raw  # type: ignore[attr-defined]
        raw.execute(f"PRAGMA max_page_count={raw.execute('PRAGMA page_count').fetchone()[0] + 8}")

        async def keep(key: str, size: int) -> None:
            await store.store.run(lambda uow: uow.outbox.put("k", key, due_at=store.clock.now(), payload={"text": "x" * size}))

        writing = [keep(f"small-{number}", 10) for number in range(4)] + [keep("large", 200_000)]
        outcomes = await asyncio.gather(*writing, return_exceptions=True)
        assert isinstance(outcomes[-1], StoreUnavailable)
        kept = [key for key, outcome in zip(range(4), outcomes, strict=False) if outcome is None]
        assert {type(outcome) for outcome in outcomes} <= {StoreUnavailable, type(None)}
        assert raw.execute("SELECT count(*) FROM outbox").fetchone() == (len(kept),)
        raw.execute("PRAGMA max_page_count=1000000")
        await keep("large", 200_000)


async def test_nobody_waits_for_a_lock_longer_than_the_first_in_the_queue(tmp_path: Path) -> None:
    path = tmp_path / "gateway.db"
    async with opened(f"sqlite:///{path}") as store:
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        began = time.monotonic()
        outcomes = await asyncio.gather(
            *(store.store.run(lambda uow: uow.lines.all()) for _ in range(4)), return_exceptions=True
        )
        assert ([type(outcome) for outcome in outcomes], time.monotonic() - began < 8) == ([StoreUnavailable] * 4, True)
        other.execute("COMMIT")
        other.close()
        assert await store.store.run(lambda uow: uow.lines.all()) == []


async def test_all_that_arrive_together_share_one_commit(tmp_path: Path) -> None:
    commits = []
    raw = sqlite3.connect(tmp_path / "x.db", isolation_level=None, check_same_thread=False)
    raw.execute("CREATE TABLE thing (n)")
    raw.set_trace_callback(lambda sql: commits.append(sql) if sql == "COMMIT" else None)
    writer = SqliteWriter(raw, InOrder(), in_loop=False)
    await asyncio.gather(*(writer.run(put) for _ in range(50)))
    assert len(commits) == 1
    await writer.close()


async def test_a_lock_held_by_another_process_is_waited_for_without_holding_up_the_loop(tmp_path: Path) -> None:
    path = tmp_path / "gateway.db"
    async with opened(f"sqlite:///{path}") as store:
        other = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        other.execute("BEGIN IMMEDIATE")

        async def work(uow: UnitOfWork) -> None:
            uow.emit(heard("at last"))

        waiting = asyncio.create_task(store.store.run(work))
        ticks = 0
        release = threading.Timer(0.3, other.execute, ("ROLLBACK",))
        release.start()
        while not waiting.done():
            await asyncio.wait([waiting], timeout=0.01)
            ticks += 1
        await waiting
        assert ticks > 5
        assert await store.store.head() == 1
        other.close()


@pytest.mark.parametrize("acknowledged", [40, 200])
def test_what_was_acknowledged_survives_a_kill(tmp_path: Path, acknowledged: int) -> None:
    url = f"sqlite:///{tmp_path}/gateway.db"
    command = [sys.executable, "-m", "tests.store.writes_until_killed", url]
    child = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT, env={**os.environ, "PYTHONPATH": "."})
    assert child.stdout is not None
    said = [child.stdout.readline().strip() for _ in range(acknowledged)]
    child.kill()
    said += child.stdout.read().split()
    child.stdout.close()
    child.wait()

    async def look() -> tuple[list[int], set[str]]:
        async with opened(url) as store:
            events = await store.store.events(after=0, limit=1_000_000)
            return [event.seq for event in events], {event.data["what"] for event in events}

    numbers, stored = asyncio.run(look())
    assert set(said) <= stored
    assert numbers == list(range(1, len(numbers) + 1))


async def test_readers_see_one_moment_while_the_writer_goes_on(tmp_path: Path) -> None:
    async with opened(f"sqlite:///{tmp_path}/gateway.db") as store:

        async def emit(uow: UnitOfWork) -> None:
            uow.emit(heard("one more"))

        async def look(uow: UnitOfWork) -> int:
            before = await uow.operators.all()
            await store.store.run(emit)
            assert await uow.operators.all() == before
            return len(before)

        assert await store.store.read(look) == 0
        assert await store.store.head() == 1
