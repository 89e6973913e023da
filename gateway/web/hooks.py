"""Where machines knock: `/hooks/{key}` in any method. Verify, keep the raw request, commit, and only then answer 2xx.

The key is a secret in the path because many PBXs know only this (reliability class 11): it is never logged, answers are
no-store, and a wrong key and a wrong channel look the same. May talk to: ports.channel, services.directory.
"""

from __future__ import annotations

import asyncio
import hmac

import structlog
from aiohttp import web

from gateway.domain.channel import Channel
from gateway.domain.errors import NotFound
from gateway.ports.channel import HookParser, HookRequest
from gateway.web import limits
from gateway.web.bodies import whole
from gateway.web.marks import ADDRESS, CROWD
from gateway.web.site import SITE, Site
from gateway.web.wire import respond

log = structlog.get_logger(__name__)
CLOSED = frozenset({"HEAD", "OPTIONS", "TRACE", "CONNECT"})


def attach(site: Site) -> None:
    """Add the routes."""
    for path in ("/hooks/{key}", "/hooks/{key}/{rest:.*}"):
        site.app.router.add_route("*", path, receive)


async def receive(request: web.Request) -> web.StreamResponse:
    """One hook request. Raises NotFound, Rejected and its kin, StoreUnavailable, TimeoutError: no promise."""
    site = request.app[SITE]
    if request.method in CLOSED:
        raise web.HTTPMethodNotAllowed(request.method, ["GET", "POST", "PUT"])
    channel = await _channel(site, request)
    await site.limits.hit(limits.HOOK, "hook", channel.id)
    adapter: object = site.cases.adapters.get(channel.id)
    if adapter is None:
        raise TimeoutError  # just made, or its settings are being mended: 503 asks to come again, 404 would be believed
    if not isinstance(adapter, HookParser):
        raise NotFound
    try:
        asked = await _hook_request(request, site)
        async with asyncio.timeout(site.config.hook_seconds):
            kept = await _keep(site, asked, adapter)
    except BaseException as error:
        site.metrics.hooks.labels(channel.kind, type(error).__name__).inc()
        raise
    site.metrics.hooks.labels(channel.kind, kept).inc()
    log.info("hook.answered", channel_id=channel.id, outcome=kept)
    status, body = adapter.answer()
    return respond(dict(body), status=status)


async def _channel(site: Site, request: web.Request) -> Channel:
    """In constant time over all keys. A stranger who tries keys is slowed down."""
    wanted = request.match_info["key"].encode()
    found = [c for c in site.cases.directory.now.channels.values() if hmac.compare_digest(c.key.encode(), wanted)]
    if not found or not found[0].enabled:
        await site.limits.hit(limits.HOOK_STRANGER, "stranger", request[CROWD])
        raise NotFound
    return found[0]


async def _keep(site: Site, asked: HookRequest, adapter: HookParser) -> str:
    raw = adapter.verify(asked)
    if raw is None:
        return "ping"
    accepted = await site.cases.inbox.keep(raw)
    return "kept" if accepted.new else "repeated"


async def _hook_request(request: web.Request, site: Site) -> HookRequest:
    body = await whole(request, limit=site.config.hook_bytes, seconds=site.config.hook_seconds)
    return HookRequest(
        method=request.method, path=request.match_info.get("rest", ""), query=dict(request.query), body=body,
        headers={name.lower(): value for name, value in request.headers.items()}, remote=request[ADDRESS],
    )  # fmt: skip
