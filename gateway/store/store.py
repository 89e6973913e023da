"""The Store: runs use cases on whichever engine, again when two processes met, and reads events back.

Implements ports.Store. Talks to an engine (store.sqlite, store.postgres) through Engine.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Protocol, TypeVar, cast

import structlog

from gateway.domain.event import Event
from gateway.ports.clock import NewId
from gateway.ports.store import UnitOfWork
from gateway.store.connection import Collision, Connection
from gateway.store.events import AFTER, COUNTER, HEAD, InOrder, load_event
from gateway.store.repositories import REPOSITORIES
from gateway.store.statements import Engine
from gateway.store.unit_of_work import SqlUnitOfWork, Transaction

T = TypeVar("T")
TRIES = 5
log = structlog.get_logger(__name__)


class Database(Protocol):
    """An engine with its connections open."""

    engine: Engine
    heard: InOrder

    async def run(self, work: Callable[[Any], Awaitable[tuple[T, Sequence[Event]]]]) -> T:
        """One transaction, durable at return."""
        ...

    async def look(self, work: Callable[[Any], Awaitable[T]], *, slow: bool = False) -> T:
        """One read-only snapshot; slow ones must not hold up the loop."""
        ...

    async def close(self) -> None:
        """Finish what is open and close every connection."""
        ...


class SqlStore:
    """One per process."""

    def __init__(self, database: Database, *, ids: NewId) -> None:
        self._database, self._ids = database, ids
        self._nouns: Mapping[str, Any] = REPOSITORIES

    async def run(self, work: Callable[[UnitOfWork], Awaitable[T]]) -> T:
        """Run a use case in one transaction; return only after the commit is durable."""

        async def once(connection: Connection) -> tuple[T, Sequence[Event]]:
            transaction = Transaction(connection, self._ids)
            result = await work(self._unit(transaction))
            return result, await transaction.finish()

        for tried in range(1, TRIES):
            try:
                return await self._database.run(once)
            except Collision as met:
                log.info("store.collision", tried=tried, reason=type(met.__cause__).__name__)
                await asyncio.sleep(0.001 * tried * tried)
        return await self._database.run(once)

    async def read(self, work: Callable[[UnitOfWork], Awaitable[T]]) -> T:
        """Run read-only work on another connection, at a consistent snapshot."""
        return await self._database.look(lambda connection: work(self._unit(Transaction(connection, self._ids))))

    def on_commit(self, listener: Callable[[Sequence[Event]], None]) -> None:
        """Called in the loop after each commit with its numbered events, in the order of their numbers."""
        self._database.heard.listen(listener)

    async def events(self, *, after: int, limit: int) -> Sequence[Event]:
        """Committed events after a number, in order."""

        async def read(connection: Connection) -> Sequence[Event]:
            return [load_event(row) for row in await connection.rows(AFTER, {"after": after, "limit": limit})]

        return await self._database.look(read)

    async def head(self) -> int:
        """The number of the newest event."""

        async def read(connection: Connection) -> int:
            return int((await connection.rows(HEAD, {"name": COUNTER}))[0][0])

        return await self._database.look(read)

    def _unit(self, transaction: Transaction) -> UnitOfWork:
        return cast("UnitOfWork", SqlUnitOfWork(transaction, self._nouns))
