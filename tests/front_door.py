"""The visitors' side of an office, behind a real server on a free port: HTTP, Socket.IO and forms, as a browser meets them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from typing import Any

import aiohttp
import socketio
from aiohttp import web

from gateway.channels.webchat import read_settings
from gateway.services.pace import Pace
from gateway.services.site import Sites
from gateway.services.site_forms import SiteForms
from gateway.services.storefront import Storefront
from gateway.services.uploads import Media
from gateway.services.visitor_moves import VisitorMoves
from gateway.services.visitor_seals import Seals
from gateway.services.visitors import Reception, Visitors
from gateway.signals.memory import MemorySignals
from gateway.store.opening import open_store
from gateway.web import forms, widget
from gateway.web.bodies import Patience
from gateway.web.floods import Floods
from gateway.web.live_widget import Doors, WidgetNamespace
from tests.fakes.blobs import DictBlobs
from tests.fakes.clock import CountedIds, HandClock
from tests.flows.office import SITE, Office, open_office

SECRET = b"a secret of at least thirty-two bytes"
KEY = "key-webchat"
SHOP = "https://shop.example"
HOME = "https://gateway.example"


def reception_of(office: Office) -> Reception:
    """The collaborators of everything that serves visitors of this office."""
    storefront = Storefront(office.core, office.directory, Pace())
    sites = Sites(office.directory, read_settings, own={HOME})
    return Reception(office.core, office.directory, office.intake, Seals(SECRET), sites, storefront, office.departures)


@dataclass
class FrontDoor:
    """`url` answers; `office` is the house behind it."""

    office: Office
    reception: Reception
    visitors: Visitors
    moves: VisitorMoves
    namespace: WidgetNamespace
    http: aiohttp.ClientSession
    url: str = ""
    browsers: list[Browser] = field(default_factory=list)

    async def set_up_site(self, **settings: Any) -> None:
        """The administrator changes the web chat's settings."""
        channel = replace(self.office.directory.channel(SITE), settings=settings)
        await self.office.store.run(lambda uow: uow.channels.save(channel))
        await self.office.directory.refresh()

    async def session(self, *, token: str | None = None, origin: str = SHOP, **more: Any) -> dict[str, Any]:
        """A page of the shop opens the chat."""
        body = {"key": KEY, "token": token, "locale": "en", "page": {"url": f"{SHOP}/bikes?utm_source=mail"}} | more
        async with self.http.post(f"{self.url}/api/v1/widget/session", json=body, headers={"Origin": origin}) as answer:
            found: dict[str, Any] = await answer.json(content_type=None)
            return found | {"status": answer.status}

    async def browser(self, *, token: str | None = None, transport: str = "websocket", origin: str = SHOP) -> Browser:
        """A browser with an open socket."""
        token = token or (await self.session())["token"]
        browser = Browser(socketio.AsyncClient(reconnection=False), token)
        page = {"url": f"{SHOP}/bikes/kestrel?utm_source=mail", "title": "Kestrel", "referrer": "https://search.example/"}
        self.browsers.append(browser)
        await browser.client.connect(
            self.url, namespaces=["/widget"], transports=[transport], auth={"token": token, "page": page},
            headers={"Origin": origin}, wait_timeout=20,
        )  # fmt: skip
        return browser


class Browser:
    """What one tab knows."""

    def __init__(self, client: socketio.AsyncClient, token: str) -> None:
        self.client, self.token = client, token
        self.heard: list[tuple[str, Any]] = []
        client.on("*", self._hear, namespace="/widget")

    async def _hear(self, kind: str, payload: Any = None) -> None:
        self.heard.append((kind, payload))

    def of(self, kind: str) -> list[Any]:
        """What was pushed under this name, in order."""
        return [payload for name, payload in self.heard if name == kind]

    async def ask(self, event: str, payload: Any = None) -> dict[str, Any]:
        """Send and wait for the acknowledgement."""
        answer: dict[str, Any] = await self.client.call(event, payload, namespace="/widget", timeout=20)
        return answer

    async def say(self, text: str, *, client_id: str, **more: Any) -> dict[str, Any]:
        """message.send."""
        return await self.ask("message.send", {"client_id": client_id, "text": text, "files": []} | more)


@asynccontextmanager
async def front_door(
    *, rates: Mapping[str, str] | None = None, per_address: int = 50, patience: Patience | None = None, **line: Any
) -> AsyncIterator[FrontDoor]:
    """An office with its visitors' side open."""
    clock = HandClock()
    async with open_store(":memory:", clock=clock, ids=CountedIds()) as opened, aiohttp.ClientSession() as http:
        office = await open_office(opened.store, MemorySignals(), DictBlobs(), clock, **line)
        reception = reception_of(office)
        visitors, moves = Visitors(reception), VisitorMoves(reception)
        doors = Doors(
            Floods(rates=rates),
            lambda request: request.headers.get("X-Test-Address", request.remote or ""),
            per_address,
            patience or Patience(),
        )
        namespace = WidgetNamespace(reception, visitors, moves, doors=doors)
        office.store.on_commit(lambda events: [namespace.hear(event) for event in events] and None)
        server = socketio.AsyncServer(
            async_mode="aiohttp", cors_allowed_origins="*", max_http_buffer_size=100_000, ping_interval=1, ping_timeout=1
        )
        server.register_namespace(namespace)
        app = web.Application()
        server.attach(app)
        app.router.add_routes(widget.routes(reception, visitors, Media(office.core), doors=doors))
        app.router.add_routes(forms.routes(SiteForms(reception), doors=doors))
        runner = web.AppRunner(app, shutdown_timeout=0.2)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        running = asyncio.create_task(namespace.run())
        door = FrontDoor(office, reception, visitors, moves, namespace, http, f"http://127.0.0.1:{runner.addresses[0][1]}")
        try:
            yield door
        finally:
            for browser in door.browsers:
                await browser.client.disconnect()
            running.cancel()
            with suppress(asyncio.CancelledError):
                await running
            await server.shutdown()
            await runner.cleanup()
