"""Serves the widget's files to other sites and the demo site that carries it.

The loader changes and is kept for five minutes; everything with a hash in its name never changes. Files are compressed once
and kept. May talk to: nobody. Contract: docs/reference/widget-protocol.md, section 1.
"""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import mimetypes
import re
from collections.abc import Callable
from dataclasses import dataclass
from html import escape
from pathlib import Path
from urllib.parse import quote

from aiohttp import web

NAME = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,120}")
HASHED = re.compile(r"[.-][A-Za-z0-9_-]{8,}\.[a-z0-9]+$")
PACKABLE = ("text/", "application/json", "image/svg", "application/javascript")
SMALL = 512
TYPES = {".js": "text/javascript", ".mjs": "text/javascript", ".map": "application/json", ".woff2": "font/woff2"}
NOT_BUILT = """<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Not built yet</title><body style="font:1rem/1.5 system-ui;max-width:40rem;margin:4rem auto;padding:0 1rem">
<h1>Not built yet</h1><p>{what}</p><pre>make assets</pre></body></html>"""


@dataclass(frozen=True, slots=True)
class Served:
    """One file in memory: plain and compressed. stamp tells when it has changed on disk."""

    stamp: tuple[int, int]
    type: str
    etag: str
    plain: bytes
    packed: bytes | None
    brotli: bytes | None


def routes(assets: Path, *, demo_key: Callable[[str | None], str | None]) -> list[web.RouteDef]:
    """For web.server. assets holds `widget/` and `demo/`; demo_key: whose chat to show, given `?key=`."""
    site = _Site(assets, demo_key)
    return [
        web.get("/widget/v1/{name}", site.widget), web.get("/demo", _to_demo), web.get("/demo/", site.demo),
        web.get("/demo/{name}", site.demo_file),
    ]  # fmt: skip


class _Site:
    def __init__(self, assets: Path, demo_key: Callable[[str | None], str | None]) -> None:
        self._assets, self._demo_key = assets, demo_key
        self._kept: dict[Path, Served] = {}

    async def widget(self, request: web.Request) -> web.Response:
        """A file of the widget, readable by every site (integrity and module imports need it)."""
        name = request.match_info["name"]
        lasting = "public, max-age=31536000, immutable" if HASHED.search(name) else "public, max-age=300"
        headers = {"Cache-Control": lasting, "Access-Control-Allow-Origin": "*", "Cross-Origin-Resource-Policy": "cross-origin"}
        served = await self._file("widget", name)
        if served is None:
            headers["Cache-Control"] = "no-store"
            body = NOT_BUILT.format(what="The chat widget's files are made once, with Node, by:")
            return web.Response(status=404, text=body, content_type="text/html", headers=headers | _safe())
        return _answer(request, served, headers | _safe())

    async def demo(self, request: web.Request) -> web.Response:
        """The demo site's first page."""
        return await self._page("index.html", wanted=request.query.get("key"))

    async def demo_file(self, request: web.Request) -> web.Response:
        """Another page of it, or a file beside them."""
        name = request.match_info["name"]
        served = await self._file("demo", name)
        if name == "index.html" or (served is not None and name.endswith(".html")):
            return await self._page(name, wanted=request.query.get("key"))
        if served is None:
            raise web.HTTPNotFound
        return _answer(request, served, {"Cache-Control": "no-store"} | _safe())

    async def _page(self, name: str, *, wanted: str | None) -> web.Response:
        """A page of the demo site with the key of a chat in it; its links keep the one that was asked for."""
        served, key = await self._file("demo", name), self._demo_key(wanted)
        if served is None:
            body = NOT_BUILT.format(what="The demo site is made together with the chat widget by:")
        elif key is None:
            body = NOT_BUILT.replace("Not built yet", "No web chat yet").replace("<pre>make assets</pre>", "")
            body = body.format(what="Add a channel of the kind “web chat” in the console; then this page carries it.")
        else:
            body = served.plain.decode().replace("__SITE_KEY__", escape(key, quote=True))
            body = body.replace('.html"', f'.html?key={quote(key)}"') if wanted else body
        status = 200 if served is not None and key is not None else 404
        return web.Response(status=status, text=body, content_type="text/html", headers={"Cache-Control": "no-store"} | _safe())

    async def _file(self, folder: str, name: str) -> Served | None:
        if not NAME.fullmatch(name):
            return None
        path = self._assets / folder / name
        try:
            stat = path.stat()
        except OSError:
            return None
        kept = self._kept.get(path)
        if kept is None or kept.stamp != (stat.st_mtime_ns, stat.st_size):
            kept = self._kept[path] = await asyncio.to_thread(_read, path, (stat.st_mtime_ns, stat.st_size))
        return kept


async def _to_demo(_: web.Request) -> web.Response:
    raise web.HTTPFound("/demo/")


def _read(path: Path, stamp: tuple[int, int]) -> Served:
    plain = path.read_bytes()
    kind = TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    packed, brotli = _beside(path, ".gz"), _beside(path, ".br")
    if packed is None and kind.startswith(PACKABLE) and len(plain) > SMALL:
        packed = gzip.compress(plain, 9, mtime=0)
    return Served(stamp, kind, f'"{hashlib.sha256(plain).hexdigest()[:20]}"', plain, packed, brotli)


def _beside(path: Path, suffix: str) -> bytes | None:
    other = path.with_name(path.name + suffix)
    return other.read_bytes() if other.is_file() else None


def _answer(request: web.Request, served: Served, headers: dict[str, str]) -> web.Response:
    headers |= {"ETag": served.etag, "Vary": "Accept-Encoding"}
    if request.headers.get("If-None-Match") == served.etag:
        return web.Response(status=304, headers=headers)
    accepted = request.headers.get("Accept-Encoding", "")
    body = served.plain
    for coding, packed in (("br", served.brotli), ("gzip", served.packed)):
        if packed is not None and coding in accepted:
            body, headers["Content-Encoding"] = packed, coding
            break
    charset = "utf-8" if served.type.startswith("text/") else None
    return web.Response(body=body, headers=headers, content_type=served.type, charset=charset)


def _safe() -> dict[str, str]:
    return {"X-Content-Type-Options": "nosniff", "Referrer-Policy": "strict-origin-when-cross-origin"}
