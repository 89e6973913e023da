"""Opening the store by its URL. Talks to both engines, each imported only when asked for.

`sqlite:///relative/path.db`, `sqlite:////absolute/path.db`, `sqlite://` or `:memory:` (gone when closed),
`postgresql://user:password@host:port/name`.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from gateway.domain.errors import ConfigError
from gateway.ports.clock import Clock, NewId
from gateway.ports.store import Store
from gateway.ports.views import Views
from gateway.store.leases import release
from gateway.store.store import Database, SqlStore
from gateway.store.views import SqlViews

POSTGRES = ("postgresql://", "postgres://")
SQLITE = "sqlite://"


@dataclass(frozen=True, slots=True)
class OpenStore:
    """What the composition root hands out."""

    store: Store
    views: Views
    database: Database

    async def take_over(self) -> int:
        """Free what a dead predecessor had in hand; only for a process that is alone. Returns how much it was."""
        return await self.database.run(release)


@asynccontextmanager
async def open_store(url: str, *, clock: Clock, ids: NewId, size: int = 10) -> AsyncIterator[OpenStore]:
    """Open, bring up to date, close at the end. Raises ConfigError, StoreUnavailable. size: connections to PostgreSQL."""
    database = await _open(url, size=size)
    try:
        yield OpenStore(store=SqlStore(database, ids=ids), views=SqlViews(database, clock=clock), database=database)
    finally:
        await database.close()


async def migrate(url: str) -> None:
    """Bring the database up to date: made if empty, migrated if old, at once if current."""
    database = await _open(url, size=1)
    await database.close()


async def _open(url: str, *, size: int) -> Database:
    if url.startswith(POSTGRES):
        from gateway.store.postgres_database import open_postgres

        return await open_postgres(url, size=size)
    from gateway.store.sqlite_database import open_sqlite

    return await open_sqlite(sqlite_path(url))


def sqlite_path(url: str) -> str:
    """The path in an SQLite URL. Raises ConfigError."""
    if url in (":memory:", SQLITE, "sqlite:///:memory:"):
        return ":memory:"
    if url.startswith("sqlite:///") and len(url) > len("sqlite:///"):
        return url.removeprefix("sqlite:///")
    raise ConfigError(f"“{url}” is no address of a database; write sqlite:///var/gateway.db or postgresql://user@host/name.")
