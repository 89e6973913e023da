"""Limits per account, address and in all, counted in memory or in Redis (library `limits`).

If the counter cannot be reached the request passes: a lost Redis must not lock everybody out (it is logged).
"""

from __future__ import annotations

import hashlib
import time

import structlog
from limits import RateLimitItem, parse
from limits.aio.storage import MemoryStorage, RedisStorage, Storage
from limits.aio.strategies import MovingWindowRateLimiter

from gateway.domain.errors import TooMany

log = structlog.get_logger(__name__)
Rule = RateLimitItem

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
        if not url.startswith("memory"):
            storage = RedisStorage(f"async+{url}", implementation="redispy", wrap_exceptions=True)
        self._window = MovingWindowRateLimiter(storage)

    async def hit(self, rule: Rule, *names: str) -> None:
        """Count one; raises TooMany with the seconds to wait."""
        key = _key(names)
        try:
            if await self._window.hit(rule, *key):
                return
            stats = await self._window.get_window_stats(rule, *key)
        except Exception as error:  # noqa: BLE001 - whatever a lost counter raises
            log.warning("limits.unreachable", error=type(error).__name__)
            return
        raise TooMany(retry_after=max(1.0, round(stats.reset_time - time.time())))

    async def forget(self, rule: Rule, *names: str) -> None:
        """Start counting anew."""
        try:
            await self._window.clear(rule, *_key(names))
        except Exception as error:  # noqa: BLE001
            log.warning("limits.unreachable", error=type(error).__name__)


def _key(names: tuple[str, ...]) -> tuple[str, ...]:
    """Addresses and accounts are not kept in clear outside the database."""
    return tuple(hashlib.sha256(name.encode()).hexdigest()[:32] for name in names)
