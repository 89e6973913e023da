"""Every failure as `application/problem+json` (RFC 9457). The one place where errors turn into statuses; nothing else leaks.

May talk to: domain.errors, web.titles.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web
from pydantic import ValidationError

from gateway.domain import errors
from gateway.domain.sentence import said
from gateway.web.marks import REQUEST_ID
from gateway.web.titles import title
from gateway.web.wire import dumps

TYPE = "application/problem+json"
STATUSES: Mapping[type[errors.GatewayError], int] = {
    errors.TooLarge: 413, errors.Unauthenticated: 401, errors.TooMany: 429, errors.Rejected: 422, errors.ConfigError: 422,
    errors.Forbidden: 403, errors.Refused: 409, errors.NotFound: 404, errors.Conflict: 409, errors.StoreUnavailable: 503,
    errors.TooSlow: 408, errors.ChannelPaused: 409, errors.Unreadable: 422, errors.SendError: 502,
}  # fmt: skip
HTTP_CODES = {
    400: "malformed", 401: "unauthenticated", 403: "forbidden", 404: "not_found", 405: "method_not_allowed", 413: "too_large",
    415: "unsupported_type", 416: "rejected", 429: "too_many", 503: "store_unavailable",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Problem:
    """One answer. general: the code whose title is used when `code` is a more exact one."""

    status: int
    code: str
    detail: str = ""
    general: str = ""
    errors: Sequence[Mapping[str, str]] = ()
    more: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)


def problem_of(error: Exception) -> Problem:
    """What to answer. Unforeseen errors say nothing about themselves."""
    match error:
        case errors.GatewayError():
            return _foreseen(error)
        case ValidationError():
            return invalid(error)
        case web.HTTPException():
            return _http(error)
        case TimeoutError():
            return Problem(503, "timeout", headers={"Retry-After": "5"})
        case _:
            return Problem(500, "internal")


def status_of(error: errors.GatewayError) -> int:
    """Of the nearest kind that has one."""
    return next((STATUSES[kind] for kind in type(error).__mro__ if kind in STATUSES), 500)


def invalid(error: ValidationError, *, start: str = "") -> Problem:
    """Each wrong field with a JSON Pointer (RFC 6901). What was sent is not repeated."""
    found = [{"pointer": start + _pointer(e["loc"]), "detail": e["msg"]} for e in error.errors(include_input=False)]
    return Problem(422, "invalid", errors=found)


def answer(problem: Problem, *, request: web.Request) -> web.Response:
    """The response."""
    code = problem.general or problem.code
    body: dict[str, Any] = {
        "type": f"/api/docs#problem-{code}", "title": title(code, accept_language=request.headers.get("Accept-Language", "")),
        "status": problem.status, "code": problem.code, "detail": problem.detail, "request_id": request.get(REQUEST_ID, ""),
    }  # fmt: skip
    if problem.errors:
        body["errors"] = problem.errors
    return web.Response(
        status=problem.status, body=dumps(body | dict(problem.more)), content_type=TYPE, headers=dict(problem.headers)
    )


def _foreseen(error: errors.GatewayError) -> Problem:
    status = status_of(error)
    general = next(kind.code for kind in STATUSES if isinstance(error, kind))
    more: dict[str, Any] = {}
    headers: dict[str, str] = {}
    if isinstance(error, errors.TooMany):
        more["retry_after"] = error.retry_after
        headers["Retry-After"] = str(max(1, round(error.retry_after)))
    if isinstance(error, errors.WrongAddress):
        more["address"] = error.address
    if isinstance(error, errors.StoreUnavailable):
        headers["Retry-After"] = "1"
    if (words := said(error.told)) is not None:
        more["said"] = words
    taken_by, code = getattr(error, "taken_by", None), error.code
    if taken_by is not None:  # a lost race: the protocol has one code for it
        more["taken_by"], code = taken_by, errors.Conflict.code
    return Problem(status, code, error.told, general=general, more=more, headers=headers)


def _http(error: web.HTTPException) -> Problem:
    code = HTTP_CODES.get(error.status, "internal" if error.status >= 500 else "rejected")
    kept = {name: error.headers[name] for name in ("Allow", "Content-Range", "Retry-After") if name in error.headers}
    return Problem(error.status, code, headers=kept)


def _pointer(location: Sequence[int | str]) -> str:
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in location)
