"""/api/v1/openapi.json, and /api/docs: a small viewer of it, served from here, without anything from elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from aiohttp import web

from gateway.web.openapi import document
from gateway.web.routes import Route
from gateway.web.site import Site
from gateway.web.wire import respond

VIEWER = Path(__file__).parent / "viewer"
FILES = {
    "": ("viewer.html", "text/html"),
    "/viewer.js": ("viewer.js", "text/javascript"),
    "/viewer.css": ("viewer.css", "text/css"),
}


def attach(site: Site, routes: Sequence[Route]) -> None:
    """Add the routes. The document is made once."""
    made = document(routes, config=site.config)

    async def openapi(_: web.Request) -> web.Response:
        return respond(made)

    site.app.router.add_get("/api/v1/openapi.json", openapi)
    for path in FILES:
        site.app.router.add_get(f"/api/docs{path}", viewer)


async def viewer(request: web.Request) -> web.FileResponse:
    """A file of the viewer."""
    name, kind = FILES[request.path.removeprefix("/api/docs")]
    return web.FileResponse(VIEWER / name, headers={"Content-Type": f"{kind}; charset=utf-8"})
