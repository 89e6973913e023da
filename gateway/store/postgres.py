"""PostgreSQL through asyncpg: one transaction per use case on a pooled connection (docs/adr/0002).

Bulk writes send one array per column; a single row goes as plain parameters, which is cheaper. asyncpg keeps statements
prepared. See https://magicstack.github.io/asyncpg/current/api/ and https://www.postgresql.org/docs/current/explicit-locking.html.
"""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

import asyncpg
from sqlalchemy import Table

from gateway.domain.errors import NotFound, StoreUnavailable
from gateway.domain.event import Event
from gateway.store import tables as t
from gateway.store.connection import Collision, Rows
from gateway.store.events import InOrder, event_row, numbered
from gateway.store.statements import Sql, insert_many_text, insert_text, update_many_text, update_text

T = TypeVar("T")
ACQUIRE_SECONDS, STATEMENT_SECONDS = 5.0, 30.0
COLLISIONS = (
    asyncpg.UniqueViolationError, asyncpg.SerializationError, asyncpg.DeadlockDetectedError, asyncpg.LockNotAvailableError,
)  # fmt: skip
AWAY = (
    OSError, asyncio.TimeoutError, asyncpg.PostgresConnectionError, asyncpg.InterfaceError, asyncpg.OperatorInterventionError,
    asyncpg.InsufficientResourcesError, asyncpg.InternalClientError, asyncpg.PostgresSystemError,
    asyncpg.ReadOnlySQLTransactionError,
)  # fmt: skip


async def open_pool(url: str, *, size: int) -> asyncpg.Pool:
    """Connections to the database of `url` (postgresql://user:password@host/name). Raises StoreUnavailable."""
    with translated():
        return await asyncpg.create_pool(
            url, min_size=1, max_size=size, statement_cache_size=512, max_cached_statement_lifetime=0,
            command_timeout=STATEMENT_SECONDS, timeout=ACQUIRE_SECONDS, server_settings={"application_name": "gateway"},
            reset=_as_it_is,
        )  # fmt: skip


async def _as_it_is(_: Any) -> None:
    """Every transaction of ours ends itself; asyncpg's own reset would cost a round trip per use case."""


@contextmanager
def translated() -> Iterator[None]:
    """The driver's errors as the store's."""
    try:
        yield
    except COLLISIONS as error:
        raise Collision(f"Somebody was faster ({error}).") from error
    except asyncpg.ForeignKeyViolationError as error:
        raise NotFound("A row refers to something that does not exist.") from error
    except AWAY as error:
        raise StoreUnavailable(f"The database cannot answer ({type(error).__name__}: {error}).") from error


class PostgresConnection:
    """Implements store.connection.Connection inside one transaction; one that only reads takes no locks."""

    def __init__(self, raw: Any, *, locks: bool = True) -> None:
        self.raw, self.locks = raw, locks

    async def rows(self, sql: Sql, given: Mapping[str, Any]) -> Rows:
        """All rows of a statement."""
        text, values = sql.bound("postgresql", given)
        if not self.locks:
            text = text.replace(" FOR NO KEY UPDATE", "")
        with translated():
            found: Rows = await self.raw.fetch(text, *values)
        return found

    async def change(self, sql: Sql, given: Mapping[str, Any]) -> int:
        """Run a statement; the number of rows it touched."""
        text, values = sql.bound("postgresql", given)
        with translated():
            return _touched(await self.raw.execute(text, *values))

    async def repeat(self, sql: Sql, given: Sequence[Mapping[str, Any]]) -> None:
        """Run a statement once for each of these, in order; the driver sends them together."""
        text = sql.text("postgresql")[0]
        with translated():
            await self.raw.executemany(text, [sql.bound("postgresql", one)[1] for one in given])

    async def insert(self, table: Table, rows: Rows, *, conflict: Sequence[str] = ()) -> None:
        """Insert many rows, replacing on conflict."""
        text, values = _insert(table, rows, tuple(conflict))
        with translated():
            await self.raw.execute(text, *values)

    async def update(self, table: Table, rows: Rows, *, key: str) -> int:
        """Set many rows; the number that existed."""
        text, values = _update(table, rows, key)
        with translated():
            return _touched(await self.raw.execute(text, *values))

    async def next_number(self, counter: str) -> int:
        """From a sequence: it holds no lock, numbers of rolled back transactions are left out."""
        with translated():
            return int(await self.raw.fetchval("SELECT nextval($1::text::regclass)", f"number_of_{counter}s"))

    async def hold(self, name: str) -> None:
        """An advisory lock until the end of the transaction."""
        with translated():
            await self.raw.execute("SELECT pg_advisory_xact_lock($1)", zlib.crc32(name.encode()))

    async def number(self, events: Sequence[Event]) -> Sequence[Event]:
        """Move the counter and store the events in one round trip."""
        columns = list(zip(*(event_row(event, place) for place, event in enumerate(events, 1)), strict=True))
        with translated():
            last = int(await self.raw.fetchval(_NUMBER, len(events), *columns))
        return numbered(events, first=last - len(events) + 1)


_TEXTS: dict[tuple[str, str, tuple[str, ...]], str] = {}
_EVENT_COLUMNS = ", ".join(f'"{column.name}"' for column in t.event.columns)
_EVENT_ARRAYS = ", ".join(
    f"${place}::{'BIGINT' if column.name in ('seq', 'at') else 'TEXT'}[]" for place, column in enumerate(t.event.columns, 2)
)
_NUMBER = (
    "WITH counted AS (UPDATE counter SET value = value + $1::BIGINT WHERE name = 'event' RETURNING value), "
    f"stored AS (INSERT INTO event ({_EVENT_COLUMNS}) SELECT counted.value - $1::BIGINT + u.seq, "
    + ", ".join(f'u."{column.name}"' for column in list(t.event.columns)[1:])
    + f" FROM counted, UNNEST({_EVENT_ARRAYS}) AS u ({_EVENT_COLUMNS})) SELECT value FROM counted"
)


def _insert(table: Table, rows: Rows, conflict: tuple[str, ...]) -> tuple[str, Sequence[Any]]:
    one = len(rows) == 1
    key = (table.name, "insert" if one else "insert many", conflict)
    if (text := _TEXTS.get(key)) is None:
        make = insert_text(table, engine="postgresql", conflict=conflict) if one else insert_many_text(table, conflict=conflict)
        text = _TEXTS[key] = make
    return text, rows[0] if one else list(zip(*rows, strict=True))


def _update(table: Table, rows: Rows, key_name: str) -> tuple[str, Sequence[Any]]:
    one = len(rows) == 1
    key = (table.name, "update" if one else "update many", (key_name,))
    if (text := _TEXTS.get(key)) is None:
        make = update_text(table, engine="postgresql", key=key_name) if one else update_many_text(table, key=key_name)
        text = _TEXTS[key] = make
    place = [column.name for column in table.columns].index(key_name)
    turned = [[*row[:place], *row[place + 1 :], row[place]] for row in rows]
    return text, turned[0] if one else list(zip(*turned, strict=True))


def _touched(status: str) -> int:
    return int(status.rsplit(" ", 1)[1])


class PostgresWriter:
    """Transactions on the pool; several at a time."""

    def __init__(self, pool: Any, heard: InOrder) -> None:
        self._pool, self._heard = pool, heard

    async def run(self, work: Callable[[PostgresConnection], Awaitable[tuple[T, Sequence[Event]]]]) -> T:
        """One use case in its transaction; returns when it is durable."""
        async with _acquired(self._pool) as raw:
            await _execute(raw, "BEGIN")
            try:
                result, events = await work(PostgresConnection(raw))
            except BaseException:
                await _roll_back(raw)
                raise
            await self._commit(raw, events)
        return result

    async def _commit(self, raw: Any, events: Sequence[Event]) -> None:
        ticket = self._heard.expect(events) if events else None
        committing = asyncio.ensure_future(_execute(raw, "COMMIT"))
        try:
            await asyncio.shield(committing)
        except asyncio.CancelledError:
            await asyncio.wait([committing])  # half a commit is no outcome
            raise
        except StoreUnavailable:
            raw.terminate()
            raise
        finally:
            if ticket:
                done = committing.done() and not committing.cancelled() and committing.exception() is None
                self._heard.settle(ticket, committed=done)

    async def look(self, work: Callable[[PostgresConnection], Awaitable[T]]) -> T:
        """Read-only, at one snapshot."""
        async with _acquired(self._pool) as raw:
            await _execute(raw, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
            try:
                return await work(PostgresConnection(raw, locks=False))
            finally:
                await _roll_back(raw)


class _acquired:  # noqa: N801 - reads as a participle
    def __init__(self, pool: Any) -> None:
        self._pool = pool
        self._raw: Any = None

    async def __aenter__(self) -> Any:
        with translated():
            self._raw = await self._pool.acquire(timeout=ACQUIRE_SECONDS)
        return self._raw

    async def __aexit__(self, *_: object) -> None:
        await self._pool.release(self._raw)


async def _execute(raw: Any, text: str) -> None:
    with translated():
        await raw.execute(text)


async def _roll_back(raw: Any) -> None:
    if raw.is_closed():
        return
    try:
        await raw.execute("ROLLBACK")
    except (*AWAY, asyncpg.PostgresError):
        raw.terminate()  # the pool replaces it; the server rolls back by itself
