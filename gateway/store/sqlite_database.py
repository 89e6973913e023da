"""An SQLite database opened: one writer, a few readers, brought up to date. Implements store.store.Database."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

from gateway.domain.errors import ConfigError, StoreUnavailable
from gateway.domain.event import Event
from gateway.store.events import InOrder
from gateway.store.schema import HEAD, creation, older
from gateway.store.sqlite import MEMORY, SqliteConnection, ThreadedConnection, begin_patiently, connect, translated
from gateway.store.sqlite_writer import SqliteWriter
from gateway.store.statements import Engine

T = TypeVar("T")
READERS = 4


class SqliteDatabase:
    """Implements store.store.Database. A memory database has no readers: looks take turns with the writer."""

    engine: Engine = "sqlite"

    def __init__(self, path: str, raw: sqlite3.Connection) -> None:
        self.heard = InOrder()
        self._path = path
        self._writer = SqliteWriter(raw, self.heard, in_loop=path == MEMORY)
        self._idle: list[sqlite3.Connection] = []
        self._free = asyncio.Semaphore(READERS)
        self._threads = ThreadPoolExecutor(READERS, thread_name_prefix="store-reader")

    async def run(self, work: Callable[[SqliteConnection], Awaitable[tuple[T, Sequence[Event]]]]) -> T:
        """One transaction, durable at return."""
        return await self._writer.run(work)

    async def look(self, work: Callable[[SqliteConnection], Awaitable[T]], *, slow: bool = False) -> T:
        """One read-only snapshot."""
        if self._path == MEMORY:
            return await self._writer.look(work)
        async with self._free:
            raw = self._idle.pop() if self._idle else connect(self._path, read_only=True)
            try:
                with translated():
                    raw.execute("BEGIN")
                return await work(ThreadedConnection(raw, self._threads) if slow else SqliteConnection(raw))
            finally:
                self._put_back(raw)

    def _put_back(self, raw: sqlite3.Connection) -> None:
        try:
            if raw.in_transaction:
                raw.execute("ROLLBACK")
        except sqlite3.Error:
            raw.close()  # the next reader opens a connection of its own
        else:
            self._idle.append(raw)

    async def close(self) -> None:
        """Finish what is open and close every connection."""
        await self._writer.close()
        self._threads.shutdown(wait=True)
        for raw in self._idle:
            raw.close()
        self._idle.clear()


async def open_sqlite(path: str) -> SqliteDatabase:
    """Open, make or migrate. Raises StoreUnavailable; ConfigError if the database is newer than this program."""
    if path != MEMORY:
        _make_room(Path(path))
    raw = connect(path)
    try:
        if _version(raw) != HEAD:
            _bring_up(path, raw) if path == MEMORY else await asyncio.to_thread(_bring_up, path, raw)
    except BaseException:
        raw.close()
        raise
    return SqliteDatabase(path, raw)


def _make_room(path: Path) -> None:
    """Names, addresses, passwords of mailboxes: a new file is for our own user alone."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigError(f"The folder for the database {path} cannot be made: {error.strerror}.") from error
    with suppress(OSError):  # whatever is wrong with the place, the database says it better
        path.touch(mode=0o600)


def _bring_up(path: str, raw: sqlite3.Connection) -> None:
    begin_patiently(raw)
    version = _version(raw)
    with translated():
        if version is None:
            for statement in creation("sqlite"):
                raw.execute(statement)
        raw.execute("COMMIT")
    if older(version):
        from gateway.store.migrations import upgrade_sqlite

        upgrade_sqlite(path)


def _version(raw: sqlite3.Connection) -> str | None:
    with translated():
        if not raw.execute("SELECT 1 FROM sqlite_master WHERE name = 'alembic_version'").fetchone():
            return None
        found = raw.execute("SELECT version_num FROM alembic_version").fetchone()
    if not found:
        raise StoreUnavailable("The database has no version; it was not made by this program.")
    return str(found[0])
