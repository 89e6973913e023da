"""A database that went through all migrations is the same as one made fresh, on both engines."""

from __future__ import annotations

import asyncio
import sqlite3
import subprocess
import sys
from pathlib import Path

import asyncpg

from gateway.store import migrate
from gateway.store.migrations import configuration, upgrade_postgres, upgrade_sqlite
from gateway.store.schema import HEAD

COLUMNS = """
SELECT table_name, column_name, data_type, is_nullable, column_default FROM information_schema.columns
WHERE table_schema = 'public' ORDER BY table_name, ordinal_position"""
INDEXES = "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1, 2"
CONSTRAINTS = """
SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
WHERE connamespace = 'public'::regnamespace ORDER BY 1, 2"""
SEQUENCES = "SELECT sequencename, data_type::text FROM pg_sequences ORDER BY 1"


def test_the_chain_ends_where_the_program_begins() -> None:
    from alembic.script import ScriptDirectory

    assert ScriptDirectory.from_config(configuration()).get_heads() == [HEAD]


async def test_migrations_equal_the_declared_tables_on_sqlite(tmp_path: Path) -> None:
    await migrate(f"sqlite:///{tmp_path}/fresh.db")
    await asyncio.to_thread(upgrade_sqlite, f"{tmp_path}/migrated.db")
    assert _sqlite_shape(tmp_path / "migrated.db") == _sqlite_shape(tmp_path / "fresh.db")


async def test_migrations_equal_the_declared_tables_on_postgresql(postgres_server: object) -> None:
    fresh, migrated = postgres_server.new_database(), postgres_server.new_database()  # type: ignore[attr-defined]
    await migrate(fresh)
    await upgrade_postgres(migrated)
    assert await _postgres_shape(migrated) == await _postgres_shape(fresh)


def test_opening_a_current_database_does_not_import_alembic() -> None:
    script = (
        "import asyncio, sys\nfrom gateway.store import migrate\nasyncio.run(migrate(':memory:'))\n"
        "sys.exit('alembic' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0


def _sqlite_shape(path: Path) -> list[tuple[object, ...]]:
    """Columns in order; the text of everything else, where the order of constraints does not matter."""
    raw = sqlite3.connect(path)
    try:
        found = raw.execute("SELECT type, name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_%' ORDER BY 1, 2").fetchall()
        return [
            (kind, name, _words(sql), raw.execute(f"PRAGMA table_info('{name}')").fetchall())
            for kind, name, sql in found
            if name != "alembic_version"
        ]
    finally:
        raw.close()


def _words(sql: str) -> list[str]:
    return sorted(sql.replace("(", " ( ").replace(")", " ) ").replace(",", " , ").split())


async def _postgres_shape(url: str) -> list[list[tuple[object, ...]]]:
    raw = await asyncpg.connect(url)
    try:
        return [[tuple(row) for row in await raw.fetch(text)] for text in (COLUMNS, INDEXES, CONSTRAINTS, SEQUENCES)]
    finally:
        await raw.close()
