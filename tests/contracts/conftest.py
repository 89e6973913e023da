"""The store on every engine: a contract test that asks for `store` runs once on each."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.stores import TestStore, opened


@pytest.fixture(params=["sqlite", "postgresql", "memory"])
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database of this test's own."""
    match request.param:
        case "sqlite":
            return f"sqlite:///{tmp_path}/gateway.db"
        case "postgresql":
            return str(request.getfixturevalue("postgres_url"))
    return ":memory:"


@pytest.fixture
async def store(store_url: str) -> AsyncIterator[TestStore]:
    """An open store."""
    async with opened(store_url) as found:
        yield found
