"""Answers to pages of other sites: who may read them, and failures as problem+json with the same headers.

May talk to: domain.errors, web.problems. Contract: docs/reference/widget-protocol.md, section 2.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import structlog
from aiohttp import web

from gateway.domain import errors
from gateway.web.marks import STREAMING
from gateway.web.problems import status_of

log = structlog.get_logger(__name__)
PREFLIGHT = {
    "Access-Control-Allow-Methods": "GET, POST", "Access-Control-Allow-Headers": "authorization, content-type",
    "Access-Control-Max-Age": "600",
}  # fmt: skip
Endpoint = Callable[[web.Request], Awaitable[web.StreamResponse]]


def guarded(endpoint: Endpoint) -> Endpoint:
    """The endpoint with its failures answered by name."""

    async def answer(request: web.Request) -> web.StreamResponse:
        try:
            return await endpoint(request)
        except errors.GatewayError as error:
            if request.get(STREAMING):
                raise
            return problem(request, error)

    return answer


def problem(request: web.Request, error: errors.GatewayError) -> web.Response:
    """RFC 9457. A page whose origin was refused may not even read why."""
    status = status_of(error)
    body: dict[str, Any] = {
        "type": f"/api/docs#problem-{error.code}", "title": error.told, "status": status, "code": error.code,
        "detail": error.told,
    }  # fmt: skip
    headers = {}
    if isinstance(error, errors.TooMany):
        body["retry_after"] = error.retry_after
        headers["Retry-After"] = str(max(1, round(error.retry_after)))
    log.info("widget.refused", code=error.code, status=status)
    response = web.json_response(body, status=status, headers=headers, content_type="application/problem+json")
    return private(response) if error.code == "origin_refused" else allow(request, response)


async def preflight(request: web.Request) -> web.Response:
    """What a browser asks first. Whose page it is is judged by the request itself, which names its channel."""
    return allow(request, web.Response(status=204, headers=PREFLIGHT))


def allow(request: web.Request, response: web.Response) -> web.Response:
    """The asking page may read this. Only reached by answers whose origin was checked, and by failures that say nothing."""
    origin = request.headers.get("Origin")
    if origin:
        response.headers["Access-Control-Allow-Origin"] = origin
    return private(response)


def private(response: web.Response) -> web.Response:
    """Nobody in between may keep it."""
    response.headers["Vary"] = "Origin"
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
