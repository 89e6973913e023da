"""A database that an older program made is brought up to date at the start, and serves; a newer one is refused by name."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from gateway.domain.delivery import Delivery
from gateway.domain.errors import ConfigError
from gateway.domain.ids import DeliveryId, MessageId
from gateway.ports.store import UnitOfWork
from gateway.store import migrate
from gateway.store.migrations import upgrade_postgres, upgrade_sqlite
from gateway.store.schema import HEAD
from tests.contracts.people import MAIL, OLGA, Enquiry, enquire, inbound, outbound, settle_in
from tests.house.tree import ROOT
from tests.stores import MONDAY, TestStore, opened

FIRST = "0001"
STARTS = 4
Rows = Mapping[str, Sequence[Mapping[str, Any]]]


class OldSqlite:
    """A file that was made by the first program."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "old.db"
        self.url = f"sqlite:///{self._path}"

    async def make(self, rows: Rows) -> None:
        """At the first migration, with these rows."""
        await asyncio.to_thread(upgrade_sqlite, str(self._path), to=FIRST)
        with sqlite3.connect(self._path) as raw:
            raw.execute("DELETE FROM counter")
            for table, found in rows.items():
                known = [column[1] for column in raw.execute(f"PRAGMA table_info('{table}')")]
                for row in found:
                    raw.execute(*_insert(table, row, known, mark="?"))
        raw.close()

    async def version(self, new: str | None = None) -> str:
        """What stands in the database, or shall."""
        with sqlite3.connect(self._path) as raw:
            if new:
                raw.execute("UPDATE alembic_version SET version_num = ?", (new,))
            found = str(raw.execute("SELECT version_num FROM alembic_version").fetchone()[0])
        raw.close()
        return found


class OldPostgres:
    """The same in PostgreSQL."""

    def __init__(self, url: str) -> None:
        self.url = url

    async def make(self, rows: Rows) -> None:
        """At the first migration, with these rows; owners before what they own."""
        await upgrade_postgres(self.url, to=FIRST)
        raw = await asyncpg.connect(self.url)
        try:
            await raw.execute("SET session_replication_role = replica")
            await raw.execute("DELETE FROM counter")
            for table, found in rows.items():
                columns = "SELECT column_name FROM information_schema.columns WHERE table_name = $1"
                known = [row[0] for row in await raw.fetch(columns, table)]
                for row in found:
                    statement, values = _insert(table, row, known, mark="$")
                    await raw.execute(statement, *values)
            await raw.execute("SELECT setval('number_of_conversations', 100)")
        finally:
            await raw.close()

    async def version(self, new: str | None = None) -> str:
        """What stands in the database, or shall."""
        raw = await asyncpg.connect(self.url)
        try:
            if new:
                await raw.execute("UPDATE alembic_version SET version_num = $1", new)
            return str(await raw.fetchval("SELECT version_num FROM alembic_version"))
        finally:
            await raw.close()


Old = OldSqlite | OldPostgres


@pytest.fixture(params=["sqlite", "postgresql"])
def old(request: pytest.FixtureRequest, tmp_path: Path) -> Old:
    """An empty place on each engine."""
    return OldSqlite(tmp_path) if request.param == "sqlite" else OldPostgres(request.getfixturevalue("postgres_url"))


async def ann_asked_and_olga_answered(folder: Path) -> Rows:
    """The rows of a small office, as they lie in the tables."""
    path = folder / "today.db"
    async with opened(f"sqlite:///{path}") as store:
        await settle_in(store)
        await store.store.run(lambda uow: _talk(uow, store))
    raw = sqlite3.connect(path)
    raw.row_factory = sqlite3.Row
    tables = [row[0] for row in raw.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    found = {table: [dict(row) for row in raw.execute(f'SELECT * FROM "{table}"')] for table in tables}
    raw.close()
    return {table: rows for table, rows in found.items() if table not in ("alembic_version", "sqlite_sequence")}


async def _talk(uow: UnitOfWork, store: TestStore) -> Enquiry:
    ann = await enquire(uow, store)
    await uow.messages.add(inbound(store, ann, seq=1, text="Is it ready?"))
    answer = outbound(store, ann, seq=2)
    await uow.messages.add(answer)
    await uow.deliveries.add(
        Delivery(DeliveryId("dlv_1"), answer.id, ann.dialogue.id, MAIL, "failed", MONDAY, MONDAY, error="No.")
    )
    return ann


def _insert(table: str, row: Mapping[str, Any], known: Sequence[str], *, mark: str) -> tuple[str, list[Any]]:
    names = [name for name in row if name in known]
    places = ", ".join("?" if mark == "?" else f"${n + 1}" for n in range(len(names)))
    quoted = ", ".join(f'"{name}"' for name in names)
    return f'INSERT INTO "{table}" ({quoted}) VALUES ({places})', [row[name] for name in names]


async def test_what_was_there_is_there_after_the_upgrade_and_work_goes_on(old: Old, tmp_path: Path) -> None:
    await old.make(await ann_asked_and_olga_answered(tmp_path))
    assert await old.version() == FIRST != HEAD
    async with opened(old.url) as store:
        delivery = await store.store.read(lambda uow: uow.deliveries.get(DeliveryId("dlv_1")))
        assert (delivery.state, delivery.error, delivery.said) == ("failed", "No.", None)
        assert (await store.store.read(lambda uow: uow.channels.get(MAIL))).said is None
        assert (await store.store.read(lambda uow: uow.operators.get(OLGA))).name == "Olga"
        line = (await store.store.read(lambda uow: uow.lines.all()))[0]
        assert (line.first_response_seconds, line.next_response_seconds) == ({}, {})
        letter = await store.store.read(lambda uow: uow.deliveries.letter(delivery))
        assert letter.quotation is not None
        assert letter.quotation.text == "Is it ready?"

        async def next_enquiry(uow: UnitOfWork) -> MessageId:
            boris = await enquire(uow, store, key="boris", name="Boris", id="cnv_boris")
            said = inbound(store, boris, text="And mine?")
            await uow.messages.add(said)
            return said.id

        store.ids._next = 500  # the ids of the old rows are taken
        message = await store.store.run(next_enquiry)
        assert (await store.store.read(lambda uow: uow.messages.get(message))).text == "And mine?"
    assert await old.version() == HEAD
    async with opened(old.url) as store:
        assert (await store.store.read(lambda uow: uow.messages.get(message))).text == "And mine?"


async def test_several_processes_that_start_at_once_upgrade_once(old: Old, tmp_path: Path) -> None:
    await old.make(await ann_asked_and_olga_answered(tmp_path))
    command = [
        sys.executable,
        "-c",
        "import asyncio, sys\nfrom gateway.store import migrate\nasyncio.run(migrate(sys.argv[1]))",
    ]
    started = [await asyncio.create_subprocess_exec(*command, old.url, stderr=subprocess.PIPE) for _ in range(STARTS)]
    ends = await asyncio.gather(*(process.communicate() for process in started))
    assert [process.returncode for process in started] == [0] * STARTS, ends
    assert await old.version() == HEAD


async def test_upgrades_of_one_postgresql_database_wait_for_one_another(postgres_url: str, tmp_path: Path) -> None:
    old = OldPostgres(postgres_url)
    await old.make(await ann_asked_and_olga_answered(tmp_path))
    await asyncio.gather(*(migrate(old.url) for _ in range(STARTS)))
    assert await old.version() == HEAD


@pytest.mark.parametrize("version", ["0999", "abcdef123456"])
async def test_a_newer_database_is_refused_by_name_and_left_alone(old: Old, version: str) -> None:
    await migrate(old.url)
    await old.version(version)
    with pytest.raises(ConfigError, match=f"{version}.*up to {HEAD}.*newer program.*backup"):
        await migrate(old.url)
    assert await old.version() == version


async def test_the_command_line_says_it_in_one_sentence(tmp_path: Path) -> None:
    old = OldSqlite(tmp_path)
    await migrate(old.url)
    await old.version("0999")
    command = [sys.executable, "-m", "gateway", "check", "--set", f"store.url={old.url}"]
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = await asyncio.to_thread(subprocess.run, command, cwd=tmp_path, env=env, capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert "The database has version 0999" in (said := " ".join((done.stderr + done.stdout).split()))
    assert "Traceback" not in said
