"""The console's files. Built names carry a hash and never change; index.html is never stored; deep links open index.html.

May talk to: web.site. Built by `console/` into gateway/web/assets/console.
"""

from __future__ import annotations

import mimetypes
from pathlib import Path

from aiohttp import web

from gateway.web.site import SITE

IMMUTABLE = "public, max-age=31536000, immutable"
HASHED = "assets"
TYPES = {".js": "text/javascript", ".mjs": "text/javascript", ".css": "text/css", ".woff2": "font/woff2",
         ".svg": "image/svg+xml",
         ".json": "application/json", ".webmanifest": "application/manifest+json", ".map": "application/json"}  # fmt: skip
NOT_PAGES = ("/api/", "/hooks/", "/socket.io/", "/widget/", "/demo/", "/assets/")
NOT_BUILT = """<!doctype html><html lang="en"><meta charset="utf-8"><title>The console is not built</title>
<body><h1>The console is not built yet</h1><p>The gateway runs, its API answers at <a href="/api/docs">/api/docs</a>.
To build the console run <code>make console</code> in the project's folder and load this page again.</p></body></html>"""


async def console(request: web.Request) -> web.StreamResponse:
    """A file of the console, or index.html for its deep links. Raises 404 for what is neither."""
    root = request.app[SITE].config.assets / "console"
    found = _file(root, request.path)
    if found is not None:
        caching = IMMUTABLE if found.parent.name == HASHED else "public, max-age=300"
        return _serve(found, caching)
    if request.path.startswith(NOT_PAGES) or "." in request.path.rsplit("/", 1)[-1]:
        raise web.HTTPNotFound
    return _index(root)


def is_for_console(request: web.Request) -> bool:
    """No route wanted it, and it could be a page or a file."""
    return request.method in ("GET", "HEAD") and not request.path.startswith(("/api/", "/hooks/", "/socket.io/"))


def _index(root: Path) -> web.StreamResponse:
    page = root / "index.html"
    if not page.is_file():
        return web.Response(text=NOT_BUILT, content_type="text/html", status=503, headers={"Cache-Control": "no-store"})
    return _serve(page, "no-store")


def _serve(path: Path, caching: str) -> web.FileResponse:
    kind = TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    return web.FileResponse(path, headers={"Cache-Control": caching, "Content-Type": kind})


def _file(root: Path, path: str) -> Path | None:
    """Only what really lies inside the folder; `..`, links that lead out and hidden files do not exist."""
    name = path.lstrip("/")
    if not name or "\0" in name or any(part.startswith(".") for part in name.split("/")) or name == "index.html":
        return None
    try:
        found = (root / name).resolve()
        return found if found.is_file() and found.is_relative_to(root.resolve()) else None
    except OSError:  # a name no file can have
        return None
