"""How a route is declared: one decorator that binds path, query and body to types, asks for the permission, and describes it.

    routes = Routes("conversations")

    @routes.post("/api/v1/conversations/{conversation_id}/close", Permission.ANSWER, returns=Conversation)
    async def close(ask: Ask, conversation_id: str, body: Close) -> Row: ...

Parameters named `query` and `body` are pydantic models (unknown fields refused); the others are path parameters. The same
declaration makes the OpenAPI document (web/openapi) and the authorisation matrix of the tests.
"""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, get_type_hints

from aiohttp import web
from pydantic import BaseModel, ConfigDict, ValidationError

from gateway.domain.errors import NotFound
from gateway.domain.operator import Operator, Permission
from gateway.domain.storable import storable
from gateway.ports.views import Scope
from gateway.services.access import scope_of
from gateway.services.accounts import Signed
from gateway.web.auth import admit, same_site
from gateway.web.bodies import whole
from gateway.web.cases import Cases
from gateway.web.problems import answer, invalid
from gateway.web.site import SITE, Site
from gateway.web.wire import loads, respond, too_deep

Access = Permission | Literal["public", "signed_in"]
Function = Callable[..., Awaitable[Any]]
ID_LIMIT = 80
NO_CONTENT = 204


class Form(BaseModel):
    """Root of every request model: what is not declared is refused (class 27)."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=False, frozen=True)


@dataclass(frozen=True, slots=True)
class Ask:
    """A bound request: who asks, what they may read, and the use cases."""

    request: web.Request
    site: Site
    signed: Signed | None = None

    @property
    def cases(self) -> Cases:
        """The use cases."""
        return self.site.cases

    @property
    def who(self) -> Signed:
        """The session; only on routes that are not public."""
        assert self.signed is not None, "a public route has nobody signed in"  # noqa: S101
        return self.signed

    @property
    def by(self) -> Operator:
        """The operator."""
        return self.who.operator

    @property
    def scope(self) -> Scope:
        """What they may read."""
        return scope_of(self.by, lines=self.cases.directory.now.lines)


@dataclass(frozen=True, slots=True)
class Route:
    """One declared route. seconds: the time limit; streams have their own. produces: content type if not JSON."""

    method: str
    path: str
    access: Access
    function: Function
    tag: str
    returns: Any = None
    status: int = 200
    seconds: float = 30.0
    produces: str = "application/json"
    query: type[BaseModel] | None = None
    body: type[BaseModel] | None = None
    upload: bool = False

    @property
    def summary(self) -> str:
        """The first line of the function's docstring."""
        return (inspect.getdoc(self.function) or "").split("\n")[0]

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """What aiohttp calls."""
        async with asyncio.timeout(self.seconds):
            signed = await self._admit(request)
            try:
                arguments = await self._arguments(request)
            except _Invalid as wrong:
                return answer(invalid(wrong.error, start=wrong.start), request=request)
            result = await self.function(Ask(request, request.app[SITE], signed), **arguments)
        if isinstance(result, web.StreamResponse):
            return result
        if self.status == NO_CONTENT:
            return web.Response(status=NO_CONTENT)
        return respond(result, status=self.status)

    async def _admit(self, request: web.Request) -> Signed | None:
        if self.access == "public":
            if self.method != "GET":
                same_site(request)
            return None
        return await admit(request, permission=self.access if isinstance(self.access, Permission) else None)

    async def _arguments(self, request: web.Request) -> dict[str, Any]:
        arguments: dict[str, Any] = dict(request.match_info)
        if any(len(value) > ID_LIMIT or not value.isprintable() for value in arguments.values()):
            raise NotFound
        if self.query is not None:
            arguments["query"] = _validated(self.query, dict(request.query), start="/query")
        elif request.query:
            _validated(Form, dict(request.query), start="/query")
        if self.body is not None:
            arguments["body"] = _validated(self.body, await _json(request), start="")
        return arguments


@dataclass(slots=True)
class Routes:
    """The routes of one tag."""

    tag: str
    declared: list[Route] = field(default_factory=list)

    def get(self, path: str, access: Access, **more: Any) -> Callable[[Function], Function]:
        """Declare a GET (aiohttp answers HEAD with it)."""
        return self._declare("GET", path, access, more)

    def post(self, path: str, access: Access, **more: Any) -> Callable[[Function], Function]:
        """Declare a POST."""
        return self._declare("POST", path, access, more)

    def patch(self, path: str, access: Access, **more: Any) -> Callable[[Function], Function]:
        """Declare a PATCH."""
        return self._declare("PATCH", path, access, more)

    def put(self, path: str, access: Access, **more: Any) -> Callable[[Function], Function]:
        """Declare a PUT."""
        return self._declare("PUT", path, access, more)

    def delete(self, path: str, access: Access, **more: Any) -> Callable[[Function], Function]:
        """Declare a DELETE."""
        return self._declare("DELETE", path, access, more)

    def _declare(self, method: str, path: str, access: Access, more: Mapping[str, Any]) -> Callable[[Function], Function]:
        def declare(function: Function) -> Function:
            hints = get_type_hints(function)
            models = {name: hints[name] for name in ("query", "body") if name in hints}
            self.declared.append(Route(method, path, access, function, self.tag, **models, **more))
            return function

        return declare


class _Invalid(Exception):
    def __init__(self, error: ValidationError, start: str) -> None:
        super().__init__(start)
        self.error, self.start = error, start


def _validated(model: type[BaseModel], given: Any, *, start: str) -> BaseModel:
    try:
        return model.model_validate(storable(given))
    except ValidationError as error:
        raise _Invalid(error, start) from None


async def _json(request: web.Request) -> Any:
    if not request.can_read_body:
        return {}
    if request.content_type != "application/json":
        raise web.HTTPUnsupportedMediaType
    config = request.app[SITE].config
    body = await whole(request, limit=config.body_bytes, seconds=config.patience.text)
    try:
        given = loads(body)
    except ValueError:
        raise web.HTTPBadRequest from None
    if too_deep(given):
        raise web.HTTPBadRequest
    return given
