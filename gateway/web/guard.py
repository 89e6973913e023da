"""What every request passes: a request id, one log line without secrets, figures, security headers, errors as problems.

Paths are logged as route templates: `/hooks/{key}` never shows a key. May talk to: web.problems, web.site.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Awaitable, Callable, Mapping

import structlog
from aiohttp import web

from gateway.web.address import client_address, crowd_of
from gateway.web.marks import ADDRESS, CROWD, REQUEST_ID, STREAMING
from gateway.web.problems import answer, problem_of
from gateway.web.site import SITE, signed_of

log = structlog.get_logger(__name__)
Next = Callable[[web.Request], Awaitable[web.StreamResponse]]

CONSOLE_CSP = (
    "default-src 'self'; img-src 'self' blob: data:; media-src 'self' blob:; style-src 'self' 'unsafe-inline'; "
    "script-src 'self'; connect-src 'self'; frame-src 'self' blob:; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'"
)
HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": CONSOLE_CSP,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "geolocation=(), camera=(), payment=()",
    "Cache-Control": "no-store",
}
HSTS = "max-age=31536000"
SOCKETS = "/socket.io/"  # open for hours: neither running work nor a slow answer
QUIET = frozenset({"/healthz", "/readyz", "/metrics", SOCKETS})


@web.middleware
async def observe(request: web.Request, handler: Next) -> web.StreamResponse:
    """Outermost: names the request, counts it, tells about it."""
    site, began = request.app[SITE], time.perf_counter()
    request[REQUEST_ID] = secrets.token_hex(8)
    request[ADDRESS] = client_address(request, trusted=site.config.trusted_proxies)
    request[CROWD] = crowd_of(request[ADDRESS])
    counted = route_name(request) != SOCKETS
    site.traffic.running += counted
    status = 499
    try:
        with structlog.contextvars.bound_contextvars(request_id=request[REQUEST_ID]):
            response = await handler(request)
            status = response.status
            return response
    finally:
        site.traffic.running -= counted
        _tell(request, status, time.perf_counter() - began)


@web.middleware
async def explain(request: web.Request, handler: Next) -> web.StreamResponse:
    """Turns every failure into a problem. In the middle of a stream it cuts: no truncated file looks whole."""
    try:
        return await handler(request)
    except Exception as error:
        if isinstance(error, web.HTTPException) and error.status < 400:
            raise
        if request.get(STREAMING):
            log.warning("request.stream_broken", route=route_name(request), error=type(error).__name__)
            if request.transport is not None:
                request.transport.abort()
            raise
        problem = problem_of(error)
        if problem.status == 500:
            log.exception("request.failed", route=route_name(request), method=request.method)
        return answer(problem, request=request)


async def dress(request: web.Request, response: web.StreamResponse) -> None:
    """Security headers on every response; what a route set itself stays (widget, files and mail views have their own)."""
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if request.app[SITE].config.secure:
        response.headers.setdefault("Strict-Transport-Security", HSTS)
    response.headers["X-Request-ID"] = request.get(REQUEST_ID, "")
    response.headers.popall("Server", None)


def route_name(request: web.Request) -> str:
    """The template of the route, or "unknown": bounded and free of secrets."""
    resource = request.match_info.route.resource
    return resource.canonical if resource is not None else "unknown"


def _tell(request: web.Request, status: int, seconds: float) -> None:
    name, site, signed = route_name(request), request.app[SITE], signed_of(request)
    site.metrics.requests.labels(name, request.method, str(status)).inc()
    if name != SOCKETS:
        site.metrics.seconds.labels(name).observe(seconds)
    if name in QUIET and status < 400:
        return
    log.info(
        "request.answered", method=request.method, route=name, status=status, millis=round(seconds * 1000, 1),
        operator_id=signed.operator.id if signed else None, request_id=request[REQUEST_ID],
    )  # fmt: skip
