"""Olga at her console, and the administrator's side of it: REST and one socket, nothing that a browser could not do."""

from __future__ import annotations

import uuid
from typing import Any

import aiohttp
import socketio

from tests.eventually import eventually
from tests.flows.doors.house import House

CALL_SECONDS = 20.0


class Refused(Exception):
    """The gateway answered with a problem: `status`, and its `code`."""

    def __init__(self, status: int, problem: dict[str, Any]) -> None:
        super().__init__(f"{status} {problem}")
        self.status, self.code, self.problem = status, problem.get("code", ""), problem


class Console:
    """Signed in as Olga. `line` is the line of this story, fed by the channels that `connect` made."""

    def __init__(self, house: House, http: aiohttp.ClientSession) -> None:
        self.house, self.http, self.line = house, http, ""
        self.me: dict[str, Any] = {}
        self.heard: list[dict[str, Any]] = []
        self.connected: list[str] = []
        self.socket = socketio.AsyncClient(reconnection=False)
        self.socket.on("events", self._hear, namespace="/console")

    async def ask(self, method: str, path: str, body: Any = None, **query: Any) -> Any:
        """One request to /api/v1. Raises Refused."""
        async with self.http.request(method, self._url(path), json=body, params=query, headers=self._headers()) as answer:
            if answer.status >= 400:
                raise Refused(answer.status, await answer.json(content_type=None))
            return await answer.json() if answer.status != 204 else None

    async def read(self, path: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
        """Status, headers and bytes of something that is no JSON."""
        url = path if path.startswith("/api/") else f"/api/v1{path}"
        async with self.http.get(self.house.url + url, headers=self._headers() | headers) as answer:
            return answer.status, dict(answer.headers), await answer.read()

    async def upload(self, name: str, content: bytes, *, kind: str) -> str:
        """A file to send with the next reply; its id."""
        form = aiohttp.FormData()
        form.add_field("file", content, filename=name, content_type=kind)
        async with self.http.post(self._url("/files"), data=form, headers=self._headers()) as answer:
            assert answer.status == 201, await answer.text()
            return str((await answer.json())["id"])

    async def come_to_work(self, line: str, **more: Any) -> None:
        """Online at a new line of her own, with an open socket."""
        self.me = (await self.ask("GET", "/session"))["operator"]
        await self.ask("PATCH", f"/operators/{self.me['id']}", {"limit": 500, "devices": ["101"]})
        made = {"name": line, "members": [self.me["id"]], "limit": 500, "offer_seconds": 600, "region": "GB"} | more
        self.line = (await self.ask("POST", "/lines", made))["id"]
        await self.ask("PUT", "/me/presence", {"state": "online"})
        await self.listen()

    async def listen(self) -> None:
        """Open the socket."""
        ticket = (await self.ask("POST", "/session/ticket"))["ticket"]
        await self.socket.connect(
            self.house.url, namespaces=["/console"], transports=["websocket"], auth={"ticket": ticket},
            headers={"Origin": self.house.url}, wait_timeout=CALL_SECONDS,
        )  # fmt: skip

    async def connect(self, kind: str, settings: dict[str, Any], *, name: str = "") -> dict[str, Any]:
        """Add a channel to the line, as the administrator."""
        body = {"kind": kind, "line_id": self.line, "name": name or f"{kind} of {self.line[-6:]}", "settings": settings}
        channel: dict[str, Any] = await self.ask("POST", "/channels", body)
        self.connected.append(channel["id"])
        return channel

    async def channel(self, id: str) -> dict[str, Any]:
        """As it is now, with its health."""
        found: dict[str, Any] = await self.ask("GET", f"/channels/{id}")
        return found

    async def wait_for_health(self, id: str, health: str = "ok", *, within: float = 45.0) -> dict[str, Any]:
        """The channel once its health is this."""

        async def probe() -> dict[str, Any]:
            found = await self.channel(id)
            assert found["health"] == health, found
            return found

        return await eventually(probe, within=within, every=0.1)

    async def conversations(self, tab: str = "all") -> list[dict[str, Any]]:
        """Rows of this line."""
        found: list[dict[str, Any]] = (await self.ask("GET", "/conversations", tab=tab, line_id=self.line, limit=200))["items"]
        return found

    async def offered(self, *, who: str | None = None) -> dict[str, Any]:
        """The offer that Olga's console has heard of and that still waits, by the contact's name."""

        def probe() -> dict[str, Any] | None:
            offers = [event["data"]["offer"] for event in self.heard if event["type"] == "offer.made"]
            mine = [o for o in offers if o["operator_id"] == self.me["id"] and o["conversation"]["line_id"] == self.line]
            return next((o for o in mine if who is None or o["conversation"]["contact_name"] == who), None)

        return await eventually(probe)

    async def accept(self, offer: dict[str, Any]) -> dict[str, Any]:
        """Take what is offered; the whole conversation."""
        answer = {"offer_id": offer["id"], "epoch": offer["epoch"]}
        taken: dict[str, Any] = await self.ask("POST", f"/conversations/{offer['conversation_id']}/accept", answer)
        return taken

    async def accept_next(self, *, who: str | None = None) -> dict[str, Any]:
        """Wait for an offer and take it."""
        return await self.accept(await self.offered(who=who))

    async def write(self, conversation: str, text: str, *, type: str = "reply", **more: Any) -> dict[str, Any]:
        """A reply or a note."""
        body = {"client_id": uuid.uuid4().hex, "type": type, "text": text} | more
        written: dict[str, Any] = await self.ask("POST", f"/conversations/{conversation}/messages", body)
        return written

    async def thread(self, conversation: str) -> list[dict[str, Any]]:
        """All messages of the dialogue, in order."""
        found: list[dict[str, Any]] = (await self.ask("GET", f"/conversations/{conversation}/messages", limit=200))["items"]
        return found

    async def said(self, conversation: str, type: str = "inbound") -> list[str]:
        """The texts of one type, in order."""
        return [message["text"] for message in await self.thread(conversation) if message["type"] == type]

    async def state_of(self, conversation: str, message: str) -> str:
        """What became of the delivery of a message."""
        found = next(m for m in await self.thread(conversation) if m["id"] == message)
        return str(found["delivery"]["state"])

    async def delivered_as(self, conversation: str, message: str, state: str, *, within: float = 30.0) -> None:
        """Wait until the delivery is in this state."""

        async def probe() -> bool:
            found = await self.state_of(conversation, message)
            assert found == state, found
            return True

        await eventually(probe, within=within, every=0.1)

    async def go_home(self) -> None:
        """Switch off what this story connected, and close the socket."""
        for id in self.connected:
            await self.ask("PATCH", f"/channels/{id}", {"enabled": False})
        if self.socket.connected:
            await self.socket.disconnect()

    def events(self, type: str) -> list[dict[str, Any]]:
        """What the socket told under this name."""
        return [event for event in self.heard if event["type"] == type]

    async def _hear(self, events: list[dict[str, Any]]) -> None:
        self.heard += events

    def _url(self, path: str) -> str:
        return f"{self.house.url}/api/v1{path}"

    def _headers(self) -> dict[str, str]:
        key = self.house.sign_in()
        return {"Cookie": key.cookie, "X-CSRF-Token": key.csrf, "Origin": self.house.url}
