"""Builds the web application out of the use cases: middlewares, routes, sockets, background tasks, and a graceful end.

The composition root calls `build`, hands further parts (the widget) over as `attach` functions, and calls `drain` before it
stops the runner. May talk to: everything in web.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence

import structlog
from aiohttp import web

from gateway.web import docs, health, hooks, static
from gateway.web.api import all_routes
from gateway.web.cases import Cases
from gateway.web.config import WebConfig
from gateway.web.guard import Next, dress, explain, observe
from gateway.web.limits import Limits
from gateway.web.live import Live
from gateway.web.metrics import Metrics
from gateway.web.relay import Relay
from gateway.web.site import SITE, Attach, Site

log = structlog.get_logger(__name__)
SWEEP_SESSIONS_SECONDS = 3600.0
RESTART_SECONDS = 1.0


def build(cases: Cases, config: WebConfig, *, relay: Relay | None = None, attach: Sequence[Attach] = ()) -> web.Application:
    """The application, ready for an AppRunner. Each of `attach` gets the Site and may add routes, namespaces and tasks."""
    app = web.Application(middlewares=[observe, explain, pages], client_max_size=config.body_bytes)
    metrics, relay = Metrics(), relay or Relay(cases.core.store, cases.core.signals)
    live = Live(cases, config, relay=relay, metrics=metrics)
    site = Site(app, cases, config, Limits(config.limits_url), metrics, relay, live)
    app[SITE] = site
    app.on_response_prepare.append(dress)
    routes = all_routes()
    for route in routes:
        app.router.add_route(route.method, route.path, route.handle)
        if route.method == "GET":
            app.router.add_route("HEAD", route.path, route.handle)
    docs.attach(site, routes)
    hooks.attach(site)
    health.attach(site)
    live.attach(app)
    app.cleanup_ctx.append(_background)
    app.on_shutdown.append(_hang_up)
    for part in attach:
        part(site)
    return app


async def drain(app: web.Application) -> None:
    """Say goodbye: not ready any more, sockets told to come back later, running requests finished (within drain_seconds)."""
    site = app[SITE]
    site.traffic.draining = True
    log.info("web.draining", running=site.traffic.running)
    await site.live.drain(site.config.drain_seconds)
    try:
        async with asyncio.timeout(site.config.drain_seconds):
            while site.traffic.running:  # noqa: ASYNC110 - once, at the end
                await asyncio.sleep(0.05)
    except TimeoutError:
        log.warning("web.drain_cut", running=site.traffic.running)


@web.middleware
async def pages(request: web.Request, handler: Next) -> web.StreamResponse:
    """What no route wanted is the console's: a file, or one of its deep links."""
    error = request.match_info.http_exception
    if error is not None and error.status == 404 and static.is_for_console(request):
        return await static.console(request)
    return await handler(request)


async def _hang_up(app: web.Application) -> None:
    await app[SITE].live.hang_up()


async def _background(app: web.Application) -> AsyncIterator[None]:
    """The relay tells from the first request on."""
    site = app[SITE]
    await site.relay.start()
    loops: dict[str, Callable[[], Awaitable[None]]] = {
        "relay": site.relay.run, "live": site.live.run, "sessions": lambda: _sweep_sessions(site),
    }  # fmt: skip
    tasks = [asyncio.create_task(_keep_running(name, run), name=f"web.{name}") for name, run in loops.items()]
    yield
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await site.live.shut()
    await site.limits.close()


async def _keep_running(name: str, run: Callable[[], Awaitable[None]]) -> None:
    while True:
        try:
            await run()
        except Exception:
            log.exception("web.task_failed", task=name)
        await asyncio.sleep(RESTART_SECONDS)


async def _sweep_sessions(site: Site) -> None:
    while True:
        await site.cases.accounts.sweep()
        await asyncio.sleep(SWEEP_SESSIONS_SECONDS)
