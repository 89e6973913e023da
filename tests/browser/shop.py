"""A site of somebody else at an origin of its own: a strict page with the widget on it, and a counter of what was fetched."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self
from urllib.parse import parse_qs, urlsplit

PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Another shop</title></head><body><h1>Another shop</h1><p><a href="#end">To the end</a></p>
<script async src="{gateway}/widget/v1/loader.js" data-key="{key}"></script></body></html>"""
POLICY = (
    "default-src 'none'; script-src {gateway}; connect-src {gateway} {socket}; "
    "require-trusted-types-for 'script'; trusted-types 'none'"
)
PIXEL = bytes.fromhex("47494638396101000100800000000000ffffff21f90401000000002c00000000010001000002024401003b")


class Shop:
    """`site(key)` is the page's address; `fetched` are the paths of everything else that somebody asked for."""

    def __init__(self, gateway: str) -> None:
        self.fetched: list[str] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._pages(gateway))
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True)

    @property
    def url(self) -> str:
        """Another name than the gateway's, so that it is another site and not only another port."""
        return f"http://localhost:{self._server.server_port}"

    def site(self, key: str) -> str:
        """The page that carries the chat of this key."""
        return f"{self.url}/?key={key}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _pages(self, gateway: str) -> type[BaseHTTPRequestHandler]:
        shop = self

        class Pages(BaseHTTPRequestHandler):
            """The site's pages."""

            def do_GET(self) -> None:
                path = urlsplit(self.path)
                if path.path != "/":
                    shop.fetched.append(path.path)
                    return self._answer("image/gif", PIXEL)
                key = parse_qs(path.query).get("key", ["demo"])[0]
                return self._answer("text/html", PAGE.format(gateway=gateway, key=key).encode())

            def log_message(self, format: str, *args: object) -> None:
                """Say nothing."""

            def _answer(self, kind: str, body: bytes) -> None:
                self.send_response(200)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                if kind == "text/html":
                    policy = POLICY.format(gateway=gateway, socket=gateway.replace("http", "ws", 1))
                    self.send_header("Content-Security-Policy", policy)
                self.end_headers()
                self.wfile.write(body)

        return Pages
