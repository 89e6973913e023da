"""Leases over Redis: SET NX PX, renewed at a third of their time, let go only by their holder (docs/adr/0004).

Implements ports.live.Leases. A holder that cannot renew in time sees so from the yielded function before anybody else can
take over: it counts from before its last successful renewal, by its own monotonic clock. A Redis that has forgotten everything
gives it again to whoever asks first.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

from gateway.ports.live import Held

log = structlog.get_logger(__name__)
PREFIX = "gateway:lease:"
CALL_SECONDS = 2.0
RENEW = "if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('pexpire', KEYS[1], ARGV[2]) else return 0 end"
LET_GO = "if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('del', KEYS[1]) else return 0 end"


class RedisLeases:
    """Implements ports.live.Leases."""

    def __init__(self, client: Redis) -> None:
        self._client = client

    @asynccontextmanager
    async def hold(self, name: str, *, seconds: float) -> AsyncIterator[Held]:
        """Wait until it is ours and keep renewing."""
        lease = _Lease(self._client, PREFIX + name, seconds=seconds)
        await lease.take()
        renewing = asyncio.create_task(lease.keep(), name=f"lease-{name}")
        try:
            yield lease
        finally:
            renewing.cancel()
            await asyncio.gather(renewing, return_exceptions=True)
            await lease.let_go()


class _Lease:
    def __init__(self, client: Redis, key: str, *, seconds: float) -> None:
        self._client, self._key, self._seconds = client, key, seconds
        self._token = uuid.uuid4().hex
        self._until = 0.0
        self._lost = asyncio.Event()

    def __call__(self) -> bool:
        """See ports.live.Held."""
        return time.monotonic() < self._until

    async def lost(self) -> None:
        """See ports.live.Held."""
        await self._lost.wait()

    async def take(self) -> None:
        while not await self._try_to_take():  # noqa: ASYNC110 - the event would be in another process
            await asyncio.sleep(min(1.0, self._seconds / 4))

    async def keep(self) -> None:
        while not self._lost.is_set():
            await asyncio.sleep(self._seconds / 3)
            await self._renew()

    async def let_go(self) -> None:
        self._until = 0.0
        with contextlib.suppress(RedisError, OSError):  # it runs out by itself
            async with asyncio.timeout(CALL_SECONDS):
                await self._client.eval(LET_GO, 1, self._key, self._token)

    async def _try_to_take(self) -> bool:
        asked = time.monotonic()
        try:
            async with asyncio.timeout(CALL_SECONDS):
                taken = await self._client.set(self._key, self._token, nx=True, px=round(self._seconds * 1000))
        except (RedisError, OSError) as error:
            log.warning("lease.unreachable", error=type(error).__name__)
            return False
        if taken:
            self._until = asked + self._seconds
        return bool(taken)

    async def _renew(self) -> None:
        asked = time.monotonic()
        try:
            async with asyncio.timeout(CALL_SECONDS):
                held = await self._client.eval(RENEW, 1, self._key, self._token, round(self._seconds * 1000))
        except (RedisError, OSError) as error:
            log.warning("lease.unreachable", error=type(error).__name__)
            return
        if held:
            self._until = asked + self._seconds
        elif not await self._try_to_take():
            self._until = 0.0
            self._lost.set()
