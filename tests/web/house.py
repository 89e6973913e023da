"""The web side around a real store and the real use cases, and browsers to knock with.

Olga answers on the line Sales, Ivan on the line Service. Ann writes to Sales. Roles are given per test.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

from aiohttp import ClientResponse, CookieJar
from aiohttp.test_utils import TestClient, TestServer
from argon2 import PasswordHasher

from gateway.domain.conversation import Conversation
from gateway.domain.errors import ConfigError, Unauthenticated
from gateway.domain.ids import LineId, OperatorId
from gateway.domain.inbound import Raw
from gateway.domain.line import Line
from gateway.domain.operator import Role
from gateway.ports.channel import HookRequest
from gateway.ports.core import Core
from gateway.services.accounts import Accounts
from gateway.services.contacts import Contacts
from gateway.services.leads import Leads
from gateway.services.passwords import Passwords
from gateway.services.raws import Quarantine
from gateway.services.setup import Setup
from gateway.services.setup_channels import ChannelSetup
from gateway.services.uploads import Media
from gateway.signals.memory import MemorySignals
from gateway.store.opening import open_store
from gateway.web.cases import Cases
from gateway.web.config import WebConfig
from gateway.web.server import build
from gateway.web.site import SITE, Site
from tests.fakes.adapters import HandAdapters, HandChannel
from tests.fakes.blobs import DictBlobs
from tests.fakes.clock import CountedIds, HandClock
from tests.fakes.views import SlowViews
from tests.flows.office import BOT, IVAN, LINE, OLGA, PBX, Office

URL = "http://gateway.test"
PASSWORD = "a long enough secret"
SERVICE = LineId("lin_service")
CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
EMAILS = {OLGA: "olga@example.com", IVAN: "ivan@example.com"}


class HookChannel(HandChannel):
    """A PBX whose hook wants the header X-Sign: right."""

    def verify(self, request: HookRequest) -> Raw | None:
        if request.headers.get("x-sign") != "right":
            raise Unauthenticated
        if not request.body:
            return None
        return Raw(PBX, request.query.get("id", "1"), "lane", request.body, HandClock().now())

    def answer(self) -> tuple[int, Mapping[str, Any]]:
        return 200, {"status": "ok"}


class Kinds(HandAdapters):
    """Two kinds with secrets."""

    def kinds(self) -> Mapping[str, Mapping[str, Any]]:
        schema = {"type": "object"}
        return {"telegram": {"schema": schema, "secrets": ["token"]}, "pbx": {"schema": schema, "secrets": ["api.key"]}}

    def validate(self, kind: str, settings: Mapping[str, Any]) -> Mapping[str, Any]:
        if settings.get("token") == "wrong":
            raise ConfigError("The token is not right; ask @BotFather for it.")
        return settings


class Browser:
    """One signed-in (or not) browser: its own cookies, its own CSRF token."""

    def __init__(self, client: TestClient[Any, Any]) -> None:
        self.client = client
        self.csrf = ""
        self.me: dict[str, Any] = {}

    async def sign_in(self, who: OperatorId, password: str = PASSWORD) -> ClientResponse:
        """With a password."""
        response = await self.post("/api/v1/session", {"email": EMAILS[who], "password": password})
        if response.status == 200:
            self.me = await response.json()
            self.csrf = self.me["csrf"]
        return response

    async def ask(self, method: str, path: str, body: Any = None, **more: Any) -> ClientResponse:
        """One request as the console makes it."""
        headers = {"X-CSRF-Token": self.csrf, "Origin": URL} | more.pop("headers", {})
        if body is not None:
            more["json"] = body
        return await self.client.request(method, path, headers=headers, **more)

    async def get(self, path: str, **more: Any) -> ClientResponse:
        """GET."""
        return await self.ask("GET", path, **more)

    async def post(self, path: str, body: Any = None, **more: Any) -> ClientResponse:
        """POST."""
        return await self.ask("POST", path, body, **more)

    async def ticket(self) -> str:
        """For the socket."""
        response = await self.post("/api/v1/session/ticket")
        return str((await response.json())["ticket"])


class House:
    """Everything a web test needs."""

    def __init__(self, office: Office, site: Site, server: TestServer) -> None:
        self.office, self.site, self.server = office, site, server
        self._clients: list[TestClient[Any, Any]] = []

    async def browser(self, who: OperatorId | None = None, *, role: Role | None = None) -> Browser:
        """A new browser, signed in as `who` with this role."""
        if who and role:
            await self.give_role(who, role)
        client: TestClient[Any, Any] = TestClient(self.server, cookie_jar=CookieJar(unsafe=True))
        self._clients.append(client)
        browser = Browser(client)
        if who:
            assert (await browser.sign_in(who)).status == 200
        return browser

    async def change(self, who: OperatorId, **fields: Any) -> None:
        """Change an operator behind the web's back."""

        async def work(uow: Any) -> None:
            await uow.operators.save(replace(await uow.operators.get(who), **fields))

        await self.office.store.run(work)
        await self.office.directory.refresh()

    async def give_role(self, who: OperatorId, role: Role) -> None:
        """One role."""
        await self.change(who, roles=(role,))

    async def ann_writes(self, text: str = "Hello", **more: Any) -> Conversation:
        """A conversation on Sales."""
        accepted = await self.office.write("Ann", text, **more)
        return await self.office.conversation(accepted)

    async def close(self) -> None:
        """Close the browsers."""
        for client in self._clients:
            await client.session.close()


@asynccontextmanager
async def open_house(**config: Any) -> AsyncIterator[House]:
    """Sales with Olga, Service with Ivan, both with a password."""
    clock, ids = HandClock(), CountedIds()
    async with open_store(":memory:", clock=clock, ids=ids) as opened:
        core = Core(opened.store, clock, ids, MemorySignals(), DictBlobs())
        office = Office(core, clock)
        office.adapters = Kinds()
        office.carrier._adapters = office.adapters
        office.reader._adapters = office.adapters
        await office.furnish(members=(OLGA,))
        await _settle(office)
        views: Any = opened.views
        if not hasattr(views, "contact"):
            views.contact = SlowViews(opened.store).contact
        app = build(_cases(office, views), WebConfig(**{"public_url": URL, "sweep_seconds": 0.1} | config))
        server = TestServer(app)
        await server.start_server()
        house = House(office, app[SITE], server)
        try:
            yield house
        finally:
            await house.close()
            await server.close()


async def _settle(office: Office) -> None:
    async def work(uow: Any) -> None:
        await uow.lines.add(Line(SERVICE, "Service", members=(IVAN,)))
        for who in (OLGA, IVAN):
            await uow.operators.save(replace(await uow.operators.get(who), password_hash=CHEAP.hash(PASSWORD)))

    await office.store.run(work)
    await office.directory.refresh()
    office.adapters.by_id[PBX] = HookChannel()


def _cases(office: Office, views: Any) -> Cases:
    core, directory = office.core, office.directory
    return Cases(
        core=core, directory=directory, views=views, accounts=Accounts(core, passwords=Passwords(CHEAP)), setup=Setup(core),
        channels=ChannelSetup(core, adapters=office.adapters, public_url=URL), adapters=office.adapters, inbox=office.intake,
        replies=office.replies, desk=office.desk, offers=office.offers, carrier=office.carrier, leads=Leads(core, directory),
        contacts=Contacts(core, directory), presences=office.presences, media=Media(core), quarantine=Quarantine(core),
        sanitise=lambda html, *, images, cid: html.replace("<script>", ""),
    )  # fmt: skip


__all__ = ["BOT", "IVAN", "LINE", "OLGA", "PBX", "SERVICE", "URL", "Browser", "House", "open_house"]
