"""Bringing a database up to date at start: made whole if it is empty, migrated if it is old, left alone if it is current.

Alembic is imported only when there is something to migrate; that a migrated database equals a fresh one is tested on both
engines (docs/adr/0002). Talks to an engine through a plain function that runs SQL text.
"""

from __future__ import annotations

from sqlalchemy.schema import CreateIndex, CreateSequence, CreateTable

from gateway.domain.errors import ConfigError
from gateway.store.statements import DIALECTS, Engine
from gateway.store.tables import COUNTERS, metadata

HEAD = "0005"
VERSION_TABLE = (
    "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL, CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num))"
)


def older(version: str | None) -> bool:
    """Is there something to migrate? Raises ConfigError for a database that a newer program, or another one, has made."""
    if version in (None, HEAD):
        return False
    if not (version.isdigit() and version < HEAD):
        raise ConfigError(
            f"The database has version {version}; this program knows versions up to {HEAD}. It was made by a newer program: "
            "start that one, or bring back the backup from before the upgrade."
        )
    return True


def creation(engine: Engine) -> list[str]:
    """Every statement that makes an empty database into a current one."""
    dialect = DIALECTS[engine]
    made = [str(CreateSequence(one).compile(dialect=dialect)) for one in COUNTERS.values()] if engine == "postgresql" else []
    for table in metadata.sorted_tables:
        made.append(str(CreateTable(table).compile(dialect=dialect)))
        made += [str(CreateIndex(one).compile(dialect=dialect)) for one in sorted(table.indexes, key=lambda one: str(one.name))]
    counters = ", ".join(f"('{name}', 0)" for name in ("event", *COUNTERS))
    return [
        *made,
        f"INSERT INTO counter (name, value) VALUES {counters}",
        VERSION_TABLE,
        f"INSERT INTO alembic_version (version_num) VALUES ('{HEAD}')",
    ]
