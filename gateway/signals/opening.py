"""Which signals: `memory://` (or empty) for one process, `redis://host:port/0` for several."""

from __future__ import annotations

from gateway.domain.errors import ConfigError
from gateway.ports.live import Leases, Signals
from gateway.signals.memory import MemoryLeases, MemorySignals


def open_signals(url: str) -> tuple[Signals, Leases]:
    """Raises ConfigError. Closing the signals closes the leases' connection too."""
    if url in ("", "memory://"):
        return MemorySignals(), MemoryLeases()
    if url.startswith(("redis://", "rediss://", "unix://")):
        from gateway.signals.redis import open_redis
        from gateway.signals.redis_leases import RedisLeases

        signals = open_redis(url)
        return signals, RedisLeases(signals.client)
    raise ConfigError(f"“{url}” is no address for signals; write redis://host:6379/0, or leave it empty for one process.")
