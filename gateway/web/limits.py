"""Limits per account, address and in all, counted in memory or in Redis (library `limits`).

If the counter cannot be reached the request passes: a lost Redis must not lock everybody out (it is logged).
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import structlog
from limits import RateLimitItem, parse
from limits.aio.storage import MemoryStorage, RedisStorage, Storage
from limits.aio.strategies import MovingWindowRateLimiter

from gateway.domain.errors import TooMany

log = structlog.get_logger(__name__)
Rule = RateLimitItem
Close = Callable[[], Awaitable[None]]
REDIS_SECONDS = 2.0
OUTAGE_SECONDS = 5.0

SIGN_IN_PAIR = parse("5 per 5 minutes")
SIGN_IN_ACCOUNT = parse("40 per hour")
SIGN_IN_ADDRESS = parse("60 per 5 minutes")
SIGN_IN_ALL = parse("600 per minute")
HOOK = parse("600 per 10 seconds")
HOOK_STRANGER = parse("60 per minute")
UPLOAD = parse("60 per minute")


class Limits:
    """`hit` before the work, `forget` after it turned out well."""

    def __init__(self, url: str = "memory://") -> None:
        storage: Storage = MemoryStorage()
        self.close: Close = nothing
        if not url.startswith("memory"):
            storage, self.close = redis_counters(url)
        self._window, self._outage = MovingWindowRateLimiter(storage), Outage()

    async def hit(self, rule: Rule, *names: str) -> None:
        """Count one; raises TooMany with the seconds to wait."""
        if self._outage.lasts():
            return
        key = hidden(names)
        try:
            free = await self._window.hit(rule, *key)
            self._outage.over()
            if free:
                return
            stats = await self._window.get_window_stats(rule, *key)
        except Exception as error:  # noqa: BLE001 - whatever a lost counter raises
            self._outage.begins(error)
            return
        raise TooMany(retry_after=max(1.0, round(stats.reset_time - time.time())))

    async def forget(self, rule: Rule, *names: str) -> None:
        """Start counting anew."""
        if self._outage.lasts():
            return
        try:
            await self._window.clear(rule, *hidden(names))
        except Exception as error:  # noqa: BLE001
            self._outage.begins(error)


class Outage:
    """A counter that does not answer costs every request REDIS_SECONDS: while it is away, one asks now and then, all pass."""

    def __init__(self) -> None:
        self._again_at: float | None = None

    def lasts(self) -> bool:
        """Shall this one pass without asking?"""
        now = time.monotonic()
        if self._again_at is None or now < self._again_at:
            return self._again_at is not None
        self._again_at = now + OUTAGE_SECONDS
        return False

    def begins(self, error: Exception) -> None:
        """It did not answer; somebody should know."""
        self._again_at = time.monotonic() + OUTAGE_SECONDS
        log.warning("limits.unreachable", error=type(error).__name__)

    def over(self) -> None:
        """It answered."""
        self._again_at = None


async def nothing() -> None:
    """Memory needs no closing."""


def redis_counters(url: str) -> tuple[Storage, Close]:
    """Counters that all processes share, and the way to close them."""
    from redis.asyncio import ConnectionPool

    pool: Any = ConnectionPool.from_url(url, socket_connect_timeout=REDIS_SECONDS, socket_timeout=REDIS_SECONDS)
    storage = RedisStorage(f"async+{url}", implementation="redispy", wrap_exceptions=True, connection_pool=pool)
    return storage, pool.disconnect


def hidden(names: Sequence[str]) -> tuple[str, ...]:
    """Addresses and accounts are not kept in clear outside the database."""
    return tuple(hashlib.sha256(name.encode()).hexdigest()[:32] for name in names)
