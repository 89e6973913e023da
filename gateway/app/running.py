"""Opens what a process stands on (store, signals, files) and runs its workers, each kept alive on its own."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass

from gateway import logs
from gateway.app.kinds import Tools
from gateway.app.parts import Parts, assemble
from gateway.ports.core import Core
from gateway.ports.views import Views
from gateway.settings import Settings, secret
from gateway.signals.opening import open_signals
from gateway.store.blobs import open_blobs
from gateway.store.opening import open_store
from gateway.system import SystemClock, SystemIds

RESTART_SECONDS = 1.0
log = logs.get("app")


@dataclass(frozen=True, slots=True)
class Opened:
    """A process that is ready to work: nothing runs yet. take_over: see store.opening; for a process that is alone."""

    parts: Parts
    views: Views
    secret: bytes
    take_over: Callable[[], Awaitable[int]]


@asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[Opened]:
    """Open, migrate, wire; close at the end. Raises ConfigError or StoreUnavailable with the remedy."""
    clock, ids = SystemClock(), SystemIds()
    key = secret.read_or_create(settings.secret_file)
    signals, leases = open_signals(settings.signals.url)
    blobs = open_blobs(settings.blobs.url)
    async with open_store(settings.store.url, clock=clock, ids=ids) as store:
        core = Core(store.store, clock, ids, signals, blobs)
        tools = Tools(clock, blobs.get, key, settings.public_url, settings.limits.file_bytes)
        parts = assemble(core, tools, leases)
        await parts.directory.refresh()
        try:
            yield Opened(parts, store.views, key, store.take_over)
        finally:
            await signals.close()


@asynccontextmanager
async def working(parts: Parts) -> AsyncIterator[None]:
    """The workers run while the block does."""
    roles: Mapping[str, Callable[[], Awaitable[None]]] = {
        "directory": parts.directory.keep_fresh,
        "adapters": lambda: parts.adapters.run(parts.intake),
        "router": parts.router.run,
        "hours": parts.hours.run,
        "deliveries": lambda: _with_adapters(parts, parts.carrier.run),
        "outbox": lambda: _with_adapters(parts, parts.outbox.run),
    }
    tasks = [asyncio.create_task(_kept_alive(name, role), name=name) for name, role in roles.items()]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.gather(*tasks, return_exceptions=True)


async def _with_adapters(parts: Parts, role: Callable[[], Awaitable[None]]) -> None:
    """After a start, what waits for a channel must not meet a channel that is still being built: it would be put off."""
    await parts.adapters.built.wait()
    await role()


async def _kept_alive(name: str, role: Callable[[], Awaitable[None]]) -> None:
    while True:
        try:
            await role()
        except Exception as error:
            log.exception("worker.failed", worker=name, error=type(error).__name__)
        await asyncio.sleep(RESTART_SECONDS)
