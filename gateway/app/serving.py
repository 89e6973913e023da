"""Serves one process: opens everything, works, answers, and drains on SIGINT or SIGTERM. Several processes share the port."""

from __future__ import annotations

import asyncio
import gc
import signal
import socket
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web

from gateway import logs
from gateway.app import first_start
from gateway.app.alone import alone
from gateway.app.running import Opened, opened, working
from gateway.app.web_parts import accounts_of, application
from gateway.domain.errors import ConfigError
from gateway.settings import Settings
from gateway.web import server

SHUTDOWN_SECONDS = 3.0  # running requests have had their time already; what is left does not answer
BUILD_SECONDS = 30.0
IDLE_SECONDS = 150.0  # longer than proxies keep their own; who connects and asks for nothing goes then as well
FIRST = '             gateway operator add you@example.com --name "Your name" --role admin'
log = logs.get("app")


def serve(settings: Settings) -> None:
    """Until told to stop. With server.processes > 1 this process looks after that many others; see app.processes."""
    if settings.server.processes == 1:
        _run(settings)
        return
    from gateway.app.processes import Processes  # forks: not on every platform

    Processes(lambda parent, first: _run(settings, parent=parent, first=first), count=settings.server.processes).run()


def _run(settings: Settings, *, parent: int | None = None, first: bool = True) -> None:
    try:
        import uvloop
    except ImportError:  # not on every platform
        asyncio.run(_serve(settings, parent, first=first))
    else:
        uvloop.run(_serve(settings, parent, first=first))


def _spare_the_collector() -> None:
    """What was made while starting lives for ever; the collector need not walk through it again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


async def _serve(settings: Settings, parent: int | None, *, first: bool) -> None:
    began = time.monotonic()
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    if parent is not None:
        loop.add_reader(parent, _orphaned, parent, stop)
    async with running(settings, first=first) as gateway:
        _spare_the_collector()
        log.info("gateway.ready", seconds=round(time.monotonic() - began, 2), address=gateway.url)
        await stop.wait()
        began = time.monotonic()
        log.info("gateway.stopping")
        await server.drain(gateway.app)
    log.info("gateway.stopped", seconds=round(time.monotonic() - began, 2))


def _orphaned(parent: int, stop: asyncio.Event) -> None:
    """The parent is gone, in whatever way: nobody would begin us again, or tell us to stop."""
    asyncio.get_running_loop().remove_reader(parent)
    log.warning("gateway.orphaned")
    stop.set()


class Serving:
    """A gateway that answers. url: where; link: the first sign-in, if the store was empty."""

    def __init__(self, gateway: Opened, app: web.Application, url: str) -> None:
        self.opened, self.app, self.url = gateway, app, url


@asynccontextmanager
async def running(settings: Settings, *, first: bool = True) -> AsyncIterator[Serving]:
    """Everything of one process, for `serve` and for tests of the whole product. first: it speaks to people for all."""
    async with opened(settings) as gateway:
        with alone(settings), _bound(settings) as sock:
            async with _answering(gateway, settings, sock, first=first) as serving:
                yield serving


@asynccontextmanager
async def _answering(gateway: Opened, settings: Settings, sock: socket.socket, *, first: bool) -> AsyncIterator[Serving]:
    """The address is ours before anything is made: the link of a first start is shown once, and must not be lost."""
    found = await first_start.prepare(gateway.parts.core, demo=settings.demo.enabled)
    await gateway.parts.directory.refresh()
    app = application(gateway.parts, gateway.views, settings, secret=gateway.secret)
    runner = web.AppRunner(
        app, access_log=None, shutdown_timeout=SHUTDOWN_SECONDS, handler_cancellation=True, keepalive_timeout=IDLE_SECONDS
    )
    await runner.setup()
    try:
        await _take_over(gateway, settings)
        async with working(gateway.parts):
            await _channels_are_built(gateway)
            url = await _listen(runner, sock, settings)
            if found.made:
                token = await accounts_of(gateway.parts).link(found.made)
                outside = settings.public_url if settings.server.public_url or settings.server.port else url
                _welcome(url, link=f"{outside}/sign-in#token={token}", demo=settings.demo.enabled)
            elif settings.server.processes == 1 or (first and found.nobody):
                _welcome(url, demo=settings.demo.enabled, nobody=found.nobody)
            yield Serving(gateway, app, url)
    finally:
        await runner.cleanup()


async def _take_over(gateway: Opened, settings: Settings) -> None:
    """Alone on this store, and alone on the address: what is still leased belonged to a process that was killed."""
    if settings.signals.url.startswith("memory:") and (left := await gateway.take_over()):
        log.warning("gateway.took_over", left=left)


async def _channels_are_built(gateway: Opened) -> None:
    """A hook that met a channel still being built would answer 404, which a PBX may take for good."""
    try:
        async with asyncio.timeout(BUILD_SECONDS):
            await gateway.parts.adapters.built.wait()
    except TimeoutError:
        log.warning("gateway.channels_late")


def _bound(settings: Settings) -> socket.socket:
    """The address, ours before any work begins; several processes share it (SO_REUSEPORT)."""
    family = socket.AF_INET6 if ":" in settings.server.host else socket.AF_INET
    sock = socket.socket(family, socket.SOCK_STREAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if settings.server.processes > 1:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    try:
        sock.bind((settings.server.host, settings.server.port))
    except OSError as error:
        sock.close()
        place = f"{settings.server.host}:{settings.server.port}"
        raise ConfigError(f"{place} cannot be used ({error.strerror}); stop what runs there or choose --port.") from error
    return sock


async def _listen(runner: web.AppRunner, sock: socket.socket, settings: Settings) -> str:
    await web.SockSite(runner, sock, backlog=1024).start()
    return f"http://{settings.server.host}:{sock.getsockname()[1]}"


def _welcome(url: str, *, demo: bool, link: str = "", nobody: bool = False) -> None:
    """Where to go; `link` is for whoever was just made the administrator, `nobody` tells how to make one."""
    lines = ["", "  The gateway is ready.", "", f"  Console    {url}/"]
    lines += [f"  Demo site  {url}/demo/"] if demo else []
    lines += [f"  Sign in    {link}", "             (works once)"] if link else []
    lines += ["  Nobody can sign in yet. The first administrator is made with the same settings by:", FIRST] if nobody else []
    sys.stdout.write("\n".join([*lines, "", ""]))
    sys.stdout.flush()
