"""How much one visitor or one address may do: counted by name, refused by name with the time to wait, never silently dropped.

Counters live in this process or, for several nodes, in Redis; if that is lost, everybody passes. May talk to:
domain.errors, web.limits. docs/reference/widget-protocol.md.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from limits import RateLimitItem, parse
from limits.aio.storage import Storage
from limits.aio.strategies import FixedWindowRateLimiter

from gateway.domain.errors import TooMany
from gateway.web.limits import Close, hidden, nothing, redis_counters, unreachable

RATES: Mapping[str, str] = {
    "session": "120/minute", "session.key": "6000/minute", "connect": "120/minute", "message": "20/10second",
    "message.address": "300/10second", "typing": "20/10second", "move": "60/10second", "sync": "60/10second",
    "file": "20/minute", "file.day": "100/day", "file.mib": "400/day", "form": "10/minute", "form.day": "200/day",
}  # fmt: skip
PRUNE_EVERY = 4096


class Floods:
    """`url` is memory:// or redis://…; `rates` replaces single rates, e.g. {"connect": "10000/minute"} behind one proxy."""

    def __init__(self, url: str = "memory://", *, rates: Mapping[str, str] | None = None) -> None:
        self.close: Close = nothing
        storage: Storage = Counters()
        if not url.startswith("memory"):
            storage, self.close = redis_counters(url)
        self._limiter = FixedWindowRateLimiter(storage)
        self._items: dict[str, RateLimitItem] = {name: parse(rate) for name, rate in (dict(RATES) | dict(rates or {})).items()}

    async def admit(self, what: str, who: str, *, cost: int = 1) -> None:
        """Count it. Raises TooMany with retry_after in seconds."""
        item, key = self._items[what], (what, *hidden([who]))
        try:
            if await self._limiter.hit(item, *key, cost=cost):
                return
            stats = await self._limiter.get_window_stats(item, *key)
        except Exception as error:  # noqa: BLE001 - whatever a lost counter raises
            unreachable(error)
            return
        wait = max(1.0, round(stats.reset_time - time.time(), 1))
        raise TooMany("That was too much at once; wait a moment.", retry_after=wait)


class Counters(Storage):
    """Fixed windows in memory. The library's own storage walks through every key at each hit."""

    STORAGE_SCHEME = ["async+counters"]  # noqa: RUF012 - the library's registry wants this very shape

    def __init__(self, uri: str | None = None, wrap_exceptions: bool = False, **options: Any) -> None:
        super().__init__(uri, wrap_exceptions=wrap_exceptions, **options)
        self._windows: dict[str, tuple[float, int]] = {}
        self._hits = 0

    @property
    def base_exceptions(self) -> type[Exception]:
        """Nothing can fail."""
        return ValueError

    async def incr(self, key: str, expiry: float, amount: int = 1) -> int:
        """Count within the running window, or begin one."""
        now = time.time()
        self._hits += 1
        if self._hits % PRUNE_EVERY == 0:
            self._windows = {kept: window for kept, window in self._windows.items() if window[0] > now}
        until, count = self._windows.get(key, (0.0, 0))
        if until <= now:
            until, count = now + expiry, 0
        self._windows[key] = (until, count + amount)
        return count + amount

    async def get(self, key: str) -> int:
        """The count of the running window."""
        until, count = self._windows.get(key, (0.0, 0))
        return count if until > time.time() else 0

    async def get_expiry(self, key: str) -> float:
        """When the running window ends."""
        return self._windows.get(key, (time.time(), 0))[0]

    async def check(self) -> bool:
        """Memory is there."""
        return True

    async def reset(self) -> int | None:
        """Forget everything."""
        count = len(self._windows)
        self._windows.clear()
        return count

    async def clear(self, key: str) -> None:
        """Forget one."""
        self._windows.pop(key, None)
