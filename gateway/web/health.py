"""Is it alive, is it ready, and figures: /healthz, /readyz, /metrics. Names of checks only, never addresses or errors.

May talk to: cases.core, cases.checks, web.metrics.
"""

from __future__ import annotations

import asyncio
import hmac
from collections.abc import Awaitable, Callable

import structlog
from aiohttp import web

from gateway.domain.errors import Forbidden
from gateway.domain.storable import storable
from gateway.web.address import came_through_a_proxy, is_loopback
from gateway.web.marks import ADDRESS
from gateway.web.site import SITE, Site
from gateway.web.wire import respond

log = structlog.get_logger(__name__)
CHECK_SECONDS = 3.0


def attach(site: Site) -> None:
    """Add the routes."""
    site.app.router.add_get("/healthz", alive)
    site.app.router.add_get("/readyz", ready)
    site.app.router.add_get("/metrics", figures)


async def alive(_: web.Request) -> web.Response:
    """The process answers."""
    return respond({"status": "ok"})


async def ready(request: web.Request) -> web.Response:
    """200 if work may be sent here, 503 while something it needs is missing or it is about to stop."""
    site = request.app[SITE]
    checks: dict[str, Callable[[], Awaitable[object]]] = {
        "store": site.cases.core.store.head, "blobs": site.cases.core.blobs.check, **site.cases.checks,
    }  # fmt: skip
    names = list(checks)
    results = dict(zip(names, await asyncio.gather(*(_check(name, checks[name]) for name in names)), strict=True))
    good = all(results.values()) and not site.traffic.draining
    shown = {name: "ok" if fine else "failing" for name, fine in results.items()}
    body = {"status": "ready" if good else "not_ready", "draining": site.traffic.draining, "checks": shown}
    return respond(body, status=200 if good else 503)


async def figures(request: web.Request) -> web.Response:
    """For Prometheus: with the configured bearer token, or from this machine if there is none."""
    site = request.app[SITE]
    token = site.config.metrics_token
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    local = is_loopback(request[ADDRESS]) and not came_through_a_proxy(request)
    if not (hmac.compare_digest(storable(given).encode(), token.encode()) if token else local):
        raise Forbidden
    return web.Response(body=site.metrics.text(), headers={"Content-Type": "text/plain; version=0.0.4; charset=utf-8"})


async def _check(name: str, check: Callable[[], Awaitable[object]]) -> bool:
    try:
        async with asyncio.timeout(CHECK_SECONDS):
            await check()
    except Exception as error:  # noqa: BLE001 - whatever fails is not ready
        log.warning("ready.failing", check=name, error=type(error).__name__)
        return False
    return True
