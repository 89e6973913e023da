"""Signals over Redis pub/sub. Implements ports.live.Signals; Redis is disposable: without it waits fall back to their timeouts.

A nudge wakes this process at once and tells the others; a process ignores its own echo. One task listens, reconnects with
growing pauses, and says once that Redis is lost and once that it is back. See https://redis.readthedocs.io/ (asyncio).
"""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Callable, Mapping
from typing import Any

import orjson
import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

from gateway.domain.errors import StoreUnavailable
from gateway.signals.memory import Listener, MemorySignals

log = structlog.get_logger(__name__)
CHANNEL = "gateway:signals"
CONNECT_SECONDS, SEND_SECONDS = 2.0, 2.0
FIRST_PAUSE, LONGEST_PAUSE = 0.1, 5.0
PING_SECONDS = 10.0


def open_redis(url: str) -> RedisSignals:
    """Nothing is connected until it is used."""
    return RedisSignals(
        Redis.from_url(url, socket_connect_timeout=CONNECT_SECONDS, socket_timeout=None, health_check_interval=15)
    )


class RedisSignals:
    """Starts to listen with the first nudge, wait or subscription."""

    def __init__(self, client: Redis) -> None:
        self.client = client
        self._here = MemorySignals()
        self._me = uuid.uuid4().hex
        self._listening: asyncio.Task[None] | None = None
        self._connected = asyncio.Event()
        self._lost = False

    async def nudge(self, topic: str, payload: Mapping[str, Any] | None = None) -> None:
        """Wake everyone who waits for the topic, in all processes."""
        self._start()
        self._here.wake(topic, payload or {})
        try:
            async with asyncio.timeout(SEND_SECONDS):
                await self.client.publish(CHANNEL, orjson.dumps([self._me, topic, dict(payload or {})]))
        except (RedisError, OSError) as error:
            self._say_lost(error)

    async def wait(self, topic: str, *, timeout: float) -> bool:
        """Sleep until the next nudge or `timeout` seconds."""
        self._start()
        return await self._here.wait(topic, timeout=timeout)

    def subscribe(self, topic: str, listener: Listener) -> Callable[[], None]:
        """Call the listener for each nudge, own process included."""
        return self._here.subscribe(topic, listener)

    async def ready(self) -> None:
        """Until this process hears the others."""
        self._start()
        await self._connected.wait()

    async def check(self) -> None:
        """Raises StoreUnavailable."""
        try:
            async with asyncio.timeout(SEND_SECONDS):
                await self.client.ping()
        except (RedisError, OSError) as error:  # a TimeoutError is an OSError
            raise StoreUnavailable(f"Redis does not answer ({type(error).__name__}); look at signals.url.") from None

    async def close(self) -> None:
        """Stop listening and hang up."""
        if self._listening:
            self._listening.cancel()
            await asyncio.gather(self._listening, return_exceptions=True)
        await self.client.aclose()

    def _start(self) -> None:
        if self._listening is None:
            self._listening = asyncio.create_task(self._keep_listening(), name="signals-listen")

    async def _keep_listening(self) -> None:
        pause = FIRST_PAUSE
        while True:
            try:
                await self._listen()
            except (RedisError, OSError) as error:
                pause = FIRST_PAUSE if self._connected.is_set() else min(pause * 2, LONGEST_PAUSE)
                self._connected.clear()
                self._say_lost(error)
            await asyncio.sleep(pause)

    async def _listen(self) -> None:
        async with self.client.pubsub() as channel:
            await channel.subscribe(CHANNEL)
            while True:
                message = await channel.get_message(timeout=PING_SECONDS)
                if message is None:
                    await channel.ping()
                elif message["type"] == "subscribe":
                    self._say_found()
                elif message["type"] == "message":
                    self._hear(message["data"])

    def _hear(self, data: bytes) -> None:
        try:
            sender, topic, payload = orjson.loads(data)
        except ValueError:
            log.warning("signals.unreadable")
            return
        if sender != self._me:
            self._here.wake(topic, payload)

    def _say_lost(self, error: Exception) -> None:
        if not self._lost:
            self._lost = True
            log.warning("signals.lost", error=type(error).__name__)

    def _say_found(self) -> None:
        self._connected.set()
        if self._lost:
            self._lost = False
            log.info("signals.found")
