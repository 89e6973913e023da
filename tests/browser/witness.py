"""Sees everything that the pages of one browser context ask for, say on their consoles and hear on their sockets.

At the end of a test `faults()` tells what must never happen: a request to another host, an error, a broken policy.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, ConsoleMessage, Error, Page, Request, Response, WebSocket

INSIDE = frozenset({"data", "blob", "about", "chrome-error"})


class Witness:
    """Listens from the first page on. `forgive` names complaints that belong to the story."""

    def __init__(self, context: BrowserContext, *, hosts: set[str]) -> None:
        self._hosts, self._forgiven = hosts, list[str]()
        self.asked: list[str] = []
        self.complaints: list[str] = []
        self.heard: list[str] = []
        self.responses: list[Response] = []
        context.on("request", self._on_request)
        context.on("response", self._on_response)
        context.on("console", self._on_console)
        context.on("weberror", lambda error: self._complain(f"{error.page and error.page.url}: {error.error}"))
        context.on("page", self._on_page)

    def allow(self, url: str) -> None:
        """Another place that the story goes to."""
        self._hosts.add(urlsplit(url).netloc)

    def forgive(self, pattern: str) -> None:
        """Complaints that match are part of the story."""
        self._forgiven.append(pattern)

    def faults(self) -> list[str]:
        """Requests that left the house, and complaints that nobody expected."""
        away = [f"asked elsewhere: {url}" for url in self.asked if not self._is_ours(url)]
        return away + [said for said in self.complaints if not any(re.search(pattern, said) for pattern in self._forgiven)]

    def bodies(self) -> str:
        """All that came over the network and can be read, as one text."""
        return "\n".join([*self.heard, *filter(None, map(_text, self.responses))])

    def _is_ours(self, url: str) -> bool:
        parts = urlsplit(url)
        return parts.scheme in INSIDE or parts.netloc in self._hosts

    def _on_request(self, request: Request) -> None:
        self.asked.append(request.url)

    def _on_response(self, response: Response) -> None:
        self.responses.append(response)

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self._complain(f"{message.location.get('url', '')}: {message.text}")

    def _on_page(self, page: Page) -> None:
        page.on("websocket", self._on_socket)

    def _on_socket(self, socket: WebSocket) -> None:
        self.asked.append(socket.url)
        socket.on(
            "framereceived",
            lambda frame: self.heard.append(frame if isinstance(frame, str) else frame.decode(errors="replace")),
        )

    def _complain(self, what: str) -> None:
        self.complaints.append(what)


def _text(response: Response) -> str:
    """Empty for what has no body: redirects, what was broken off, what the browser no longer keeps."""
    try:
        return response.text()
    except (Error, UnicodeDecodeError):
        return ""
