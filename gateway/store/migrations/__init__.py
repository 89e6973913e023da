"""Migrations: one chain for both engines, run only on a database that is older than the program (docs/adr/0002).

A new one: change tables.py, raise schema.HEAD, add versions/NNNN_what.py; tests compare the result with a fresh database.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, create_engine, event
from sqlalchemy.exc import DBAPIError, ProgrammingError
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from gateway.domain.errors import StoreUnavailable

HERE = Path(__file__).parent


def configuration(connection: Connection | None = None) -> Config:
    """Alembic's settings; there is no alembic.ini."""
    config = Config()
    config.set_main_option("script_location", os.fspath(HERE))
    config.attributes["connection"] = connection
    return config


def upgrade_sqlite(path: str, *, to: str = "head") -> None:
    """Bring an SQLite file up to date. Slow: for a thread."""
    engine = create_engine(f"sqlite:///{path}", poolclass=NullPool)
    event.listen(engine, "connect", _begin_ourselves)
    event.listen(engine, "begin", _begin_immediate)
    with _translated(), engine.begin() as connection:
        command.upgrade(configuration(connection), to)


async def upgrade_postgres(url: str, *, to: str = "head") -> None:
    """Bring a PostgreSQL database up to date; the caller sees to it that only one process does."""
    address = "postgresql+asyncpg://" + url.split("://", 1)[1]
    engine = create_async_engine(address, poolclass=NullPool)
    try:
        with _translated():
            async with engine.begin() as connection:
                await connection.run_sync(lambda sync: command.upgrade(configuration(sync), to))
    finally:
        await engine.dispose()


@contextmanager
def _translated() -> Iterator[None]:
    """A database that goes away or is full in the middle is away, not wrong: the next start goes on from the old version."""
    try:
        yield
    except ProgrammingError:
        raise  # a statement of ours is wrong
    except (DBAPIError, OSError) as error:
        said = error.orig if isinstance(error, DBAPIError) else error
        raise StoreUnavailable(f"The database could not be brought up to date ({type(error).__name__}: {said}).") from error


def _begin_ourselves(raw: Any, _: Any) -> None:
    raw.isolation_level = None
    raw.execute("PRAGMA busy_timeout=30000")


def _begin_immediate(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")
