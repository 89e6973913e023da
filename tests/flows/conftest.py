"""Every story gets an office of its own on a real store: SQLite in memory; PostgreSQL has the contract and the doors."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from gateway.store.opening import open_store
from tests.fakes.blobs import DictBlobs
from tests.fakes.clock import CountedIds, HandClock
from tests.fakes.signals import SilentSignals
from tests.flows.office import Office, open_office


@pytest.fixture
def clock() -> HandClock:
    """Monday 5 January 2026, 09:00 UTC."""
    return HandClock()


@pytest.fixture
async def office(clock: HandClock) -> AsyncIterator[Office]:
    """Sales: Olga and Ivan, always open."""
    async with open_store(":memory:", clock=clock, ids=CountedIds()) as opened:
        yield await open_office(opened.store, SilentSignals(), DictBlobs(), clock)
