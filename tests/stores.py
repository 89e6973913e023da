"""A store of a test's own: `async with memory_store() as s: await s.store.run(...)`. Opens in milliseconds, leaves nothing.

Times and ids are `Clock` and `Ids` below, moved by hand and growing one by one.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from gateway.ports.store import Store
from gateway.ports.views import Views
from gateway.store import open_store

MONDAY = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)


class Clock:
    """Stands still until moved."""

    def __init__(self, at: datetime = MONDAY) -> None:
        self._at = at

    def now(self) -> datetime:
        """The moment it was set to."""
        return self._at

    def pass_(self, **span: float) -> datetime:
        """Move on by e.g. minutes=5."""
        self._at += timedelta(**span)
        return self._at


class Ids:
    """Ids that count up."""

    def __init__(self, first: int = 1) -> None:
        self._next = first

    def new(self, prefix: str) -> str:
        """`cnv_00…01`, `msg_00…02`."""
        self._next += 1
        return f"{prefix}_{self._next - 1:026d}"


@dataclass(frozen=True, slots=True)
class TestStore:
    """An open store and what it was opened with."""

    __test__ = False

    store: Store
    views: Views
    clock: Clock
    ids: Ids
    url: str


@asynccontextmanager
async def opened(url: str, *, clock: Clock | None = None, ids: Ids | None = None) -> AsyncIterator[TestStore]:
    """The store at an address, with a clock and ids that are moved by hand."""
    clock, ids = clock or Clock(), ids or Ids()
    async with open_store(url, clock=clock, ids=ids) as found:
        yield TestStore(store=found.store, views=found.views, clock=clock, ids=ids, url=url)


@asynccontextmanager
async def memory_store() -> AsyncIterator[TestStore]:
    """A store that is gone at the end of the test."""
    async with opened(":memory:") as found:
        yield found
