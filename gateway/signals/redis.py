"""Signals over Redis pub/sub. Implements ports.live.Signals; Redis is disposable: without it waits fall back to their timeouts.

A nudge wakes this process at once; one task tells the others, so that a Redis that does not answer holds up nobody. A process
ignores its own echo. Another task listens, reconnects with growing pauses, and says once that Redis is lost and once that it is
back. See https://redis.readthedocs.io/ (asyncio).
"""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
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
DUE_LIMIT = 1000  # hints not told yet; the oldest goes


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
        self._tasks: list[asyncio.Task[None]] = []
        self._due: dict[bytes, None] = {}  # in order; saying the same twice is saying it once, later
        self._more, self._told = asyncio.Event(), asyncio.Event()
        self._told.set()
        self._connected = asyncio.Event()
        self._lost = False

    async def nudge(self, topic: str, payload: Mapping[str, Any] | None = None) -> None:
        """Wake everyone who waits for the topic, in this process at once, in the others soon."""
        self._start()
        self._here.wake(topic, payload or {})
        hint = orjson.dumps([self._me, topic, dict(payload or {})])
        self._due.pop(hint, None)
        self._due[hint] = None
        if len(self._due) > DUE_LIMIT:
            del self._due[next(iter(self._due))]
        self._told.clear()
        self._more.set()

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
        """Tell what is due, stop listening and hang up."""
        with suppress(TimeoutError):
            async with asyncio.timeout(SEND_SECONDS):
                await self._told.wait()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.client.aclose()

    def _start(self) -> None:
        if not self._tasks:
            self._tasks = [
                asyncio.create_task(self._keep_listening(), name="signals-listen"),
                asyncio.create_task(self._keep_telling(), name="signals-tell"),
            ]

    async def _keep_telling(self) -> None:
        while True:
            await self._more.wait()
            self._more.clear()
            while self._due:
                hints, self._due = self._due, {}
                try:
                    async with asyncio.timeout(SEND_SECONDS):
                        await self._tell(hints)
                except Exception as error:  # noqa: BLE001 - hints are lost, and cost seconds; whoever tells them must go on
                    self._say_lost(error)
            self._told.set()

    async def _tell(self, hints: Iterable[bytes]) -> None:
        async with self.client.pipeline(transaction=False) as pipe:
            for hint in hints:
                _ = pipe.publish(CHANNEL, hint)  # asked by execute
            await pipe.execute()
        if self._connected.is_set():
            self._say_found()

    async def _keep_listening(self) -> None:
        pause = FIRST_PAUSE
        while True:
            try:
                await self._listen()
            except Exception as error:  # noqa: BLE001 - a process that listens no more would never notice
                pause = FIRST_PAUSE if self._connected.is_set() else min(pause * 2, LONGEST_PAUSE)
                self._connected.clear()
                self._say_lost(error)
            await asyncio.sleep(pause)

    async def _listen(self) -> None:
        async with self.client.pubsub() as channel:
            async with asyncio.timeout(CONNECT_SECONDS + SEND_SECONDS):
                await channel.subscribe(CHANNEL)
            silent = False
            while True:
                message = await channel.get_message(timeout=PING_SECONDS)
                if silent and message is None:
                    raise ConnectionError("Redis does not answer any more.")
                if silent := message is None:
                    await channel.ping()
                elif message["type"] == "subscribe":
                    self._say_found()
                elif message["type"] == "message":
                    self._hear(message["data"])

    def _hear(self, data: bytes) -> None:
        try:
            sender, topic, payload = orjson.loads(data)
            topic, payload = str(topic), dict(payload)
        except (ValueError, TypeError):
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
