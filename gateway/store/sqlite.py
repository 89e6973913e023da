"""SQLite: connections, statements and the translation of its errors (docs/adr/0002).

One writer connection is used on the event-loop thread, where a statement takes microseconds; what may take longer (a commit,
a contended begin, a long list) runs in a thread. Readers have connections of their own. Settings of reference house 6: WAL,
synchronous=FULL, foreign_keys=ON. See https://www.sqlite.org/wal.html and https://www.sqlite.org/pragma.html.
"""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

from gateway.domain.errors import GatewayError, NotFound, StoreUnavailable
from gateway.domain.event import Event
from gateway.store import tables as t
from gateway.store.connection import Collision, Rows
from gateway.store.events import BUMP, COUNTER, event_row, numbered
from gateway.store.statements import Sql, insert_text, update_text
from gateway.store.writes import Write

if TYPE_CHECKING:
    from collections.abc import Iterator

T = TypeVar("T")
MEMORY = ":memory:"
BUSY_SECONDS = 5.0
STATEMENTS_KEPT = 512
# a checkpoint every 16 MB instead of every 4: a tenth more messages a second, and opening after a crash stays a moment
PRAGMAS = (
    "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "cache_size=-16000", "temp_store=MEMORY",
    "wal_autocheckpoint=4000",
)  # fmt: skip


def connect(path: str, *, read_only: bool = False) -> sqlite3.Connection:
    """Open with autocommit: transactions are begun and ended by us alone. Raises StoreUnavailable."""
    with translated():
        connection = sqlite3.connect(
            path, isolation_level=None, check_same_thread=False, cached_statements=STATEMENTS_KEPT, timeout=BUSY_SECONDS
        )
        for pragma in PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")
        connection.execute("PRAGMA busy_timeout=0" if not read_only else "PRAGMA query_only=ON")
    return connection


@contextmanager
def translated() -> Iterator[None]:
    """The driver's errors as the store's."""
    try:
        yield
    except sqlite3.IntegrityError as error:
        if error.sqlite_errorcode == sqlite3.SQLITE_CONSTRAINT_FOREIGNKEY:
            raise NotFound("A row refers to something that does not exist.") from error
        if error.sqlite_errorcode in (sqlite3.SQLITE_CONSTRAINT_UNIQUE, sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY):
            raise Collision(f"It exists already ({error}).") from error
        raise
    except (sqlite3.OperationalError, sqlite3.DatabaseError) as error:
        if getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_ERROR:
            raise  # a statement of ours is wrong: not a passing fault
        raise StoreUnavailable(f"The database cannot answer ({error}).") from error


def is_busy(error: GatewayError) -> bool:
    """Does another process hold the lock?"""
    code = getattr(error.__cause__, "sqlite_errorcode", 0)
    return (code & 0xFF) in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


def begin_patiently(connection: sqlite3.Connection) -> None:
    """Wait for the write lock up to BUSY_SECONDS; for a thread, not for the loop."""
    deadline = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            with translated():
                connection.execute("BEGIN IMMEDIATE")
                return
        except StoreUnavailable as error:
            if not is_busy(error) or time.monotonic() > deadline:
                raise
        time.sleep(0.002)


_TEXTS: dict[tuple[Any, ...], str] = {}


def _text(write: Write) -> str:
    if write.key:
        return update_text(write, engine="sqlite")
    return insert_text(write.table, engine="sqlite", conflict=write.conflict)


class SqliteConnection:
    """Implements store.connection.Connection on the loop's thread."""

    locks = False

    def __init__(self, raw: sqlite3.Connection) -> None:
        self.raw = raw

    async def rows(self, sql: Sql, given: Mapping[str, Any]) -> Rows:
        """All rows of a statement."""
        text, values = sql.bound("sqlite", given)
        with translated():
            return self.raw.execute(text, values).fetchall()

    async def change(self, sql: Sql, given: Mapping[str, Any]) -> int:
        """Run a statement; the number of rows it touched."""
        text, values = sql.bound("sqlite", given)
        with translated():
            return self.raw.execute(text, values).rowcount

    async def repeat(self, sql: Sql, given: Sequence[Mapping[str, Any]]) -> None:
        """Run a statement once for each of these, in order."""
        text = sql.text("sqlite")[0]
        with translated():
            self.raw.executemany(text, [sql.bound("sqlite", one)[1] for one in given])

    async def write(self, writes: Sequence[Write]) -> None:
        """Write all of these in order."""
        for write in writes:
            text = _TEXTS.get(key := write.signature)
            if text is None:
                text = _TEXTS[key] = _text(write)
            with translated():
                cursor = self.raw.executemany(text, write.rows)
            write.must_have_met(cursor.rowcount)

    async def next_number(self, counter: str) -> int:
        """The next of a counter; given back when the transaction is rolled back."""
        return int((await self.rows(BUMP, {"which": counter, "by": 1}))[0][0])

    async def hold(self, name: str) -> None:
        """There is one writer: it is held already."""

    async def number(self, events: Sequence[Event], *, writes: Sequence[Write]) -> Sequence[Event]:
        """Write the rest and store events; the write lock is held, so the counter cannot move meanwhile."""
        await self.write(writes)
        last = int((await self.rows(BUMP, {"which": COUNTER, "by": len(events)}))[0][0])
        first = last - len(events) + 1
        rows = [event_row(event, seq) for seq, event in enumerate(events, first)]
        await self.write([Write(t.event, rows)])
        return numbered(events, rows, first=first)


class ThreadedConnection(SqliteConnection):
    """The same with every statement in a thread: for lists and searches, which may be slow."""

    def __init__(self, raw: sqlite3.Connection, threads: ThreadPoolExecutor) -> None:
        super().__init__(raw)
        self._threads = threads

    async def rows(self, sql: Sql, given: Mapping[str, Any]) -> Rows:
        """All rows of a statement."""
        text, values = sql.bound("sqlite", given)
        return await in_thread(self._threads, lambda: _fetch(self.raw, text, values))


def _fetch(raw: sqlite3.Connection, text: str, values: list[Any]) -> Rows:
    with translated():
        return raw.execute(text, values).fetchall()


async def in_thread(threads: ThreadPoolExecutor, work: Callable[[], T]) -> T:
    """Run in a thread and wait to the end even when cancelled: a connection must not be left in use."""
    running = asyncio.get_running_loop().run_in_executor(threads, work)
    try:
        return await asyncio.shield(running)
    except asyncio.CancelledError:
        await asyncio.wait([running])
        raise
