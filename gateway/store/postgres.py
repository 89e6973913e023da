"""PostgreSQL through asyncpg: one transaction per use case on a pooled connection (docs/adr/0002).

Bulk writes send one array per column; a single row goes as plain parameters, which is cheaper. asyncpg keeps statements
prepared. See https://magicstack.github.io/asyncpg/current/api/ and https://www.postgresql.org/docs/current/explicit-locking.html.
"""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import Any, TypeVar

import asyncpg

from gateway.domain.errors import NotFound, StoreUnavailable
from gateway.domain.event import Event
from gateway.store.connection import Collision, Rows
from gateway.store.events import InOrder, Row, event_row, numbered
from gateway.store.statements import Sql
from gateway.store.writes import Write
from gateway.store.writing import may_go_together, together

T = TypeVar("T")
ACQUIRE_SECONDS, STATEMENT_SECONDS = 5.0, 30.0
SERVER = {
    "application_name": "gateway",
    "idle_in_transaction_session_timeout": "30s",  # a process that froze gives up its locks, the router's above all
}
COLLISIONS = (
    asyncpg.UniqueViolationError, asyncpg.SerializationError, asyncpg.DeadlockDetectedError, asyncpg.LockNotAvailableError,
)  # fmt: skip
AWAY = (
    OSError, asyncio.TimeoutError, asyncpg.PostgresConnectionError, asyncpg.InterfaceError, asyncpg.OperatorInterventionError,
    asyncpg.InsufficientResourcesError, asyncpg.InternalClientError, asyncpg.PostgresSystemError,
    asyncpg.ReadOnlySQLTransactionError, asyncpg.IdleInTransactionSessionTimeoutError,
)  # fmt: skip


async def open_pool(url: str, *, size: int) -> asyncpg.Pool:
    """Connections to the database of `url` (postgresql://user:password@host/name). Raises StoreUnavailable."""
    with translated():
        return await asyncpg.create_pool(
            url, min_size=1, max_size=size, statement_cache_size=512, max_cached_statement_lifetime=0,
            command_timeout=STATEMENT_SECONDS, timeout=ACQUIRE_SECONDS, server_settings=SERVER,
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
            text = text.replace(" FOR NO KEY UPDATE", "").replace(" SKIP LOCKED", "")
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

    async def write(self, writes: Sequence[Write]) -> None:
        """All of these in one round trip, unless a table is written in two ways."""
        for part in [writes] if may_go_together(writes) else [[write] for write in writes]:
            await self._write(part, ())

    async def next_number(self, counter: str) -> int:
        """From a sequence: it holds no lock, numbers of rolled back transactions are left out."""
        with translated():
            return int(await self.raw.fetchval("SELECT nextval($1::text::regclass)", f"number_of_{counter}s"))

    async def hold(self, name: str) -> None:
        """An advisory lock until the end of the transaction."""
        with translated():
            await self.raw.execute("SELECT pg_advisory_xact_lock($1)", zlib.crc32(name.encode()))

    async def number(self, events: Sequence[Event], *, writes: Sequence[Write]) -> Sequence[Event]:
        """Write the rest, move the counter and store the events in one round trip."""
        if not may_go_together(writes):
            await self.write(writes)
            writes = ()
        rows = [event_row(event, place) for place, event in enumerate(events, 1)]
        last = await self._write(writes, rows)
        return numbered(events, rows, first=last - len(events) + 1)

    async def _write(self, writes: Sequence[Write], events: Sequence[Row]) -> int:
        text, values = together(writes, events)
        with translated():
            answer = await self.raw.fetchrow(text, *values)
        for write, touched in zip(writes, answer, strict=False):
            write.must_have_met(touched)
        return int(answer[-1])


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
            _give_up(raw)
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
        with suppress(*AWAY):  # the driver ends what it cannot clean up; what the transaction came to stands
            await self._pool.release(self._raw)


async def _execute(raw: Any, text: str) -> None:
    with translated():
        await raw.execute(text)


async def _roll_back(raw: Any) -> None:
    try:
        await raw.execute("ROLLBACK")
    except (*AWAY, asyncpg.PostgresError):
        _give_up(raw)


def _give_up(raw: Any) -> None:
    """End a connection: the pool replaces it, the server rolls back by itself."""
    with suppress(asyncpg.InterfaceError):  # lost meanwhile, so the pool has taken it back already
        raw.terminate()
