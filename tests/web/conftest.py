"""Every test of the web side gets a house of its own."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.web.house import House, open_house


@pytest.fixture
async def house() -> AsyncIterator[House]:
    """Sales with Olga, Service with Ivan, Ann about to write."""
    async with open_house() as opened:
        yield opened
