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

from gateway.domain.errors import ConfigError, NotFound, StoreUnavailable
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
ROLLBACK_SECONDS, COMMIT_SECONDS = 3.0, 5.0  # how long a server that has gone quiet is waited for on the way out
COLLISIONS = (
    asyncpg.UniqueViolationError, asyncpg.SerializationError, asyncpg.DeadlockDetectedError, asyncpg.LockNotAvailableError,
    asyncpg.InvalidCachedStatementError,  # a newer program has just migrated the tables; the driver prepares anew
)  # fmt: skip
AWAY = (
    OSError, asyncio.TimeoutError, asyncpg.PostgresConnectionError, asyncpg.InterfaceError, asyncpg.OperatorInterventionError,
    asyncpg.InsufficientResourcesError, asyncpg.InternalClientError, asyncpg.PostgresSystemError,
    asyncpg.ReadOnlySQLTransactionError, asyncpg.IdleInTransactionSessionTimeoutError,
)  # fmt: skip


async def open_pool(url: str, *, size: int) -> asyncpg.Pool:
    """Connections to the database of `url` (postgresql://user:password@host/name). Raises ConfigError, StoreUnavailable."""
    try:
        with connecting():
            return await asyncpg.create_pool(
                url, min_size=1, max_size=size, statement_cache_size=512, max_cached_statement_lifetime=0,
                command_timeout=STATEMENT_SECONDS, timeout=ACQUIRE_SECONDS, server_settings=SERVER,
                reset=_as_it_is,
            )  # fmt: skip
    except (ValueError, OverflowError):  # what it says may quote the password
        raise ConfigError("store.url is no address of a database; write postgresql://user:password@host:port/name.") from None


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


@contextmanager
def connecting() -> Iterator[None]:
    """Whatever keeps us from getting a connection: the password, the name, a server that lets nobody in now."""
    with translated():
        try:
            yield
        except asyncpg.PostgresError as error:
            raise StoreUnavailable(f"The database lets nobody in ({type(error).__name__}: {error}).") from error


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
        async with acquired(self._pool) as raw:
            try:
                await _execute(raw, "BEGIN")
                result, events = await work(PostgresConnection(raw))
            except BaseException:
                await _roll_back(raw)
                raise
            await self._commit(raw, events)
        return result

    async def _commit(self, raw: Any, events: Sequence[Event]) -> None:
        ticket = self._heard.expect(events) if events else None
        committing = asyncio.ensure_future(_execute(raw, "COMMIT"))
        committing.add_done_callback(_went_well)  # looked at, also when nobody waits for it any more
        try:
            await asyncio.shield(committing)
        except asyncio.CancelledError:
            await _outcome(committing, raw)
            raise
        except StoreUnavailable:
            _give_up(raw)
            raise
        finally:
            if ticket:
                self._heard.settle(ticket, committed=_went_well(committing))

    async def look(self, work: Callable[[PostgresConnection], Awaitable[T]]) -> T:
        """Read-only, at one snapshot."""
        try:
            return await self._look(work)
        except Collision:  # nothing was written, so it can only be the tables that are others now
            return await self._look(work)

    async def _look(self, work: Callable[[PostgresConnection], Awaitable[T]]) -> T:
        async with acquired(self._pool) as raw:
            try:
                await _execute(raw, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
                return await work(PostgresConnection(raw, locks=False))
            finally:
                await _roll_back(raw)


class acquired:  # noqa: N801 - reads as a participle
    """A connection of the pool while the block runs. Raises StoreUnavailable."""

    def __init__(self, pool: Any) -> None:
        self._pool = pool
        self._raw: Any = None

    async def __aenter__(self) -> Any:
        with connecting():
            self._raw = await self._pool.acquire(timeout=ACQUIRE_SECONDS)
        return self._raw

    async def __aexit__(self, *_: object) -> None:
        with suppress(*AWAY):  # the driver ends what it cannot clean up; what the transaction came to stands
            await self._pool.release(self._raw)


async def _execute(raw: Any, text: str) -> None:
    with translated():
        await raw.execute(text)


async def _outcome(committing: asyncio.Future[None], raw: Any) -> None:
    """Half a commit is no outcome, so it is waited for; but not for ever, and not by whoever is told to go twice."""
    try:
        await asyncio.wait([committing], timeout=COMMIT_SECONDS)
    finally:
        if not _went_well(committing):
            _give_up(raw)


def _went_well(task: asyncio.Future[None]) -> bool:
    return task.done() and not task.cancelled() and task.exception() is None


async def _roll_back(raw: Any) -> None:
    """A server that has gone quiet would hold up who is told to go for as long as a statement may take."""
    try:
        async with asyncio.timeout(ROLLBACK_SECONDS):
            await raw.execute("ROLLBACK")
    except (*AWAY, asyncpg.PostgresError):
        _give_up(raw)
    except asyncio.CancelledError:
        _give_up(raw)
        raise


def _give_up(raw: Any) -> None:
    """End a connection: the pool replaces it, the server rolls back by itself."""
    with suppress(asyncpg.InterfaceError):  # lost meanwhile, so the pool has taken it back already
        raw.terminate()
