"""How much one visitor or one address may do: counted by name, refused by name with the time to wait, never silently dropped.

Counters live in this process or, for several nodes, in Redis. May talk to: domain.errors. docs/reference/widget-protocol.md.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Protocol

from limits import RateLimitItem, parse
from limits.aio.strategies import FixedWindowRateLimiter

from gateway.domain.errors import TooMany
from gateway.web.limits import Outage, hidden, redis_counters

RATES: Mapping[str, str] = {
    "session": "120/minute", "session.key": "6000/minute", "connect": "120/minute", "message": "20/10second",
    "message.address": "300/10second", "typing": "20/10second", "move": "60/10second", "sync": "60/10second",
    "file": "20/minute", "file.day": "100/day", "file.mib": "400/day", "file.address": "4000/day",
    "form": "10/minute", "form.day": "200/day",
}  # fmt: skip
PRUNE_EVERY = 4096


class Floods:
    """`url` is memory:// or redis://…; `rates` replaces single rates, e.g. {"connect": "10000/minute"} behind one proxy."""

    def __init__(self, url: str = "memory://", *, rates: Mapping[str, str] | None = None) -> None:
        self._windows: Windows = Here() if url.startswith("memory") else Shared(url)
        self._items: dict[str, RateLimitItem] = {name: parse(rate) for name, rate in (dict(RATES) | dict(rates or {})).items()}

    async def admit(self, what: str, who: str, *, cost: int = 1) -> None:
        """Count it. Raises TooMany with retry_after in seconds."""
        wait = await self._windows.hit(self._items[what], what, who, cost=cost)
        if wait:
            raise TooMany("That was too much at once; wait a moment.", retry_after=wait)

    async def close(self) -> None:
        """Let go of Redis."""
        await self._windows.close()


class Windows(Protocol):
    """Counts within fixed windows of time."""

    async def hit(self, item: RateLimitItem, what: str, who: str, *, cost: int) -> float:
        """0 if there was room, else the seconds until there is."""
        ...

    async def close(self) -> None: ...


class Here:
    """In this process. The library's own memory walks through every key at each hit, and every message hits twice."""

    def __init__(self) -> None:
        self._windows: dict[tuple[str, str], tuple[float, int]] = {}
        self._hits = 0

    async def hit(self, item: RateLimitItem, what: str, who: str, *, cost: int) -> float:
        """See Windows."""
        now, key = time.time(), (what, who)
        self._hits += 1
        if self._hits % PRUNE_EVERY == 0:
            self._windows = {kept: window for kept, window in self._windows.items() if window[0] > now}
        until, count = self._windows.get(key, (0.0, 0))
        if until <= now:
            until, count = now + item.get_expiry(), 0
        self._windows[key] = (until, count + cost)
        return _seconds(until, now) if count + cost > item.amount else 0.0

    async def close(self) -> None:
        """Memory needs no closing."""


class Shared:
    """In Redis, so that several processes count together. If it cannot be reached, everybody passes."""

    def __init__(self, url: str) -> None:
        storage, self._close = redis_counters(url)
        self._limiter, self._outage = FixedWindowRateLimiter(storage), Outage()

    async def hit(self, item: RateLimitItem, what: str, who: str, *, cost: int) -> float:
        """See Windows."""
        if self._outage.lasts():
            return 0.0
        key = (what, *hidden([who]))
        try:
            free = await self._limiter.hit(item, *key, cost=cost)
            self._outage.over()
            if free:
                return 0.0
            stats = await self._limiter.get_window_stats(item, *key)
        except Exception as error:  # noqa: BLE001 - whatever a lost counter raises
            self._outage.begins(error)
            return 0.0
        return _seconds(stats.reset_time, time.time())

    async def close(self) -> None:
        """Let go of the connections."""
        await self._close()


def _seconds(until: float, now: float) -> float:
    return max(1.0, round(until - now, 1))
