"""A PostgreSQL database opened: a pool, brought up to date. Implements store.store.Database."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypeVar

from gateway.domain.errors import StoreUnavailable
from gateway.domain.event import Event
from gateway.store.events import InOrder
from gateway.store.postgres import PostgresConnection, PostgresWriter, acquired, open_pool, translated
from gateway.store.schema import HEAD, creation, older
from gateway.store.statements import Engine

T = TypeVar("T")
SCHEMA_LOCK = 7_230_114  # any number, the same in every process
CLOSE_SECONDS = 5.0


class PostgresDatabase:
    """Implements store.store.Database."""

    engine: Engine = "postgresql"

    def __init__(self, pool: Any) -> None:
        self.heard = InOrder()
        self._pool = pool
        self._writer = PostgresWriter(pool, self.heard)

    async def run(self, work: Callable[[PostgresConnection], Awaitable[tuple[T, Sequence[Event]]]]) -> T:
        """One transaction, durable at return."""
        return await self._writer.run(work)

    async def look(self, work: Callable[[PostgresConnection], Awaitable[T]], *, slow: bool = False) -> T:  # noqa: ARG002
        """One read-only snapshot; nothing here holds up the loop, slow or not."""
        return await self._writer.look(work)

    async def close(self) -> None:
        """Let running statements end, for a while."""
        try:
            async with asyncio.timeout(CLOSE_SECONDS):
                await self._pool.close()
        except TimeoutError:
            self._pool.terminate()


async def open_postgres(url: str, *, size: int) -> PostgresDatabase:
    """Connect, make or migrate. Raises StoreUnavailable; ConfigError if the database is newer than this program."""
    pool = await open_pool(url, size=size)
    try:
        async with acquired(pool) as raw:
            if await _version(raw) != HEAD:
                await _bring_up(raw, url)
    except BaseException:
        pool.terminate()
        raise
    return PostgresDatabase(pool)


async def _bring_up(raw: Any, url: str) -> None:
    """Make the database if it is empty, migrate it if it is old. Several processes may start at once: one does it."""
    with translated():
        await raw.execute("SELECT pg_advisory_lock($1)", SCHEMA_LOCK)
    try:
        version = await _version(raw)
        if version is None:
            with translated():
                async with raw.transaction():
                    await raw.execute(";\n".join(creation("postgresql")))
        elif older(version):
            from gateway.store.migrations import upgrade_postgres

            await upgrade_postgres(url)
    finally:
        with translated():
            await raw.execute("SELECT pg_advisory_unlock($1)", SCHEMA_LOCK)


async def _version(raw: Any) -> str | None:
    with translated():
        if await raw.fetchval("SELECT to_regclass('alembic_version')") is None:
            return None
        found = await raw.fetchval("SELECT version_num FROM alembic_version")
    if found is None:
        raise StoreUnavailable("The database has no version; it was not made by this program.")
    return str(found)
