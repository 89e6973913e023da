"""Ann in front of the shop's page: what the widget does, over HTTP and Socket.IO."""

from __future__ import annotations

from typing import Any

import aiohttp
import socketio

from tests.flows.doors.house import House

SHOP = "https://shop.example"
PAGE = {"url": f"{SHOP}/bikes/kestrel?utm_source=mail", "title": "Kestrel", "referrer": "https://search.example/"}


class Visitor:
    """One browser. The token is what it keeps in its storage; sockets come and go."""

    def __init__(self, house: House, http: aiohttp.ClientSession, *, key: str) -> None:
        self._house, self._http, self._key = house, http, key
        self.token: str | None = None
        self.session: dict[str, Any] = {}
        self.messages: dict[str, dict[str, Any]] = {}
        self.goodbyes: list[dict[str, Any]] = []
        self.socket = socketio.AsyncClient(reconnection=False)
        self._tab: aiohttp.ClientSession | None = None

    async def opens_the_page(self) -> None:
        """The widget asks for a session."""
        assert await self.finds_the_chat(), "there is no such chat"

    async def finds_the_chat(self) -> bool:
        """Whether the process that was met knows this chat."""
        body = {"key": self._key, "token": self.token, "locale": "en", "page": PAGE}
        url = f"{self._house.url}/api/v1/widget/session"
        async with self._http.post(url, json=body, headers={"Origin": SHOP}) as answer:
            if answer.status == 404:
                return False
            assert answer.status == 200, await answer.text()
            self.session = await answer.json()
            self.token = self.session["token"]
            return True

    async def connects(self, *, transport: str = "websocket") -> None:
        """Open a socket and ask for everything after what is known."""
        self._tab = aiohttp.ClientSession()
        self.socket = socketio.AsyncClient(reconnection=False, http_session=self._tab)
        self.socket.on("message", self._hear, namespace="/widget")
        self.socket.on("drain", self._hear_goodbye, namespace="/widget")
        self.socket.on("message.updated", self._hear, namespace="/widget")
        await self.socket.connect(
            self._house.url, namespaces=["/widget"], transports=[transport], auth={"token": self.token, "page": PAGE},
            headers={"Origin": SHOP}, wait_timeout=15,
        )  # fmt: skip
        await self.syncs()

    async def syncs(self) -> dict[str, Any]:
        """Everything after the last message this browser has."""
        answer = await self.asks("sync", {"after": max((m["seq"] for m in self.messages.values()), default=0)})
        for message in answer["messages"]:
            await self._hear(message)
        return answer

    async def leaves(self) -> None:
        """The tab is closed; the storage stays."""
        if self._tab is not None:
            await self._tab.close()  # first, as a browser does: the library would wait for the end of a long poll
        if self.socket.connected:
            await self.socket.disconnect()
        if (last := self.socket.eio.http) is not None:
            await last.close()  # the library opens one more to say goodbye

    async def asks(self, event: str, payload: Any) -> dict[str, Any]:
        """Send and wait for the acknowledgement."""
        answer: dict[str, Any] = await self.socket.call(event, payload, namespace="/widget", timeout=15)
        return answer

    async def says(self, text: str, *, client_id: str, files: tuple[str, ...] = (), name: str = "") -> dict[str, Any]:
        """message.send, with the pre-chat form's name if given."""
        form = {"form": {"kind": "prechat", "fields": {"name": name}}} if name else {}
        payload = {"client_id": client_id, "text": text, "files": list(files)} | form
        answer = await self.asks("message.send", payload)
        assert answer["ok"], answer
        await self.syncs()
        return answer

    async def uploads(self, name: str, content: bytes, *, kind: str) -> str:
        """A file to be named in the next message."""
        form = aiohttp.FormData()
        form.add_field("file", content, filename=name, content_type=kind)
        headers = {"Origin": SHOP, "Authorization": f"Bearer {self.token}"}
        async with self._http.post(f"{self._house.url}/api/v1/widget/files", data=form, headers=headers) as answer:
            assert answer.status == 201, await answer.text()
            return str((await answer.json())["id"])

    async def downloads(self, url: str) -> bytes:
        """What the page loads when Ann clicks a file."""
        async with self._http.get(self._house.url + url, headers={"Origin": SHOP}) as answer:
            assert answer.status == 200, await answer.text()
            return await answer.read()

    def sees(self, *, of: str = "operator") -> list[str]:
        """Texts on the screen, in the order of their numbers."""
        shown = sorted(self.messages.values(), key=lambda message: message["seq"])
        return [message["text"] for message in shown if message["from"] == of]

    async def _hear(self, message: dict[str, Any]) -> None:
        self.messages[message["id"]] = message

    async def _hear_goodbye(self, payload: dict[str, Any]) -> None:
        self.goodbyes.append(payload)
