"""The real console and widget in a real Chromium, before a product that runs in a process of its own.

One product, one browser for all files; every person gets a context of their own, and at the end its witness is asked:
no request left the house, nobody complained (tests/browser/witness.py).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, StorageState, expect, sync_playwright

from tests.browser.chat import Chat
from tests.browser.desk import Desk
from tests.browser.office import Office
from tests.browser.shop import Shop
from tests.browser.witness import Witness
from tests.flows.doors.house import LINK, ROOT, House

PATIENCE_MS = 20_000
WIDE = {"width": 1440, "height": 900}
NEXT_DOOR = "office.lan"  # this machine under a name that browsers do not trust as they trust the loopback
BUILT = ("console/index.html", "widget/loader.js", "demo/index.html")
expect.set_options(timeout=PATIENCE_MS)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything here drives a browser."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.timeout(90))


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """The product, begun in an empty folder."""
    missing = [name for name in BUILT if not (ROOT / "gateway/web/assets" / name).exists()]
    assert not missing, f"not built: {missing}; run `make setup`"
    built = House(tmp_path_factory.mktemp("house"))
    built.start()
    yield built
    assert built.stop() == 0, built.tail()


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """The driver."""
    with sync_playwright() as driver:
        yield driver


@pytest.fixture(scope="session")
def browser(playwright: Playwright, chromium: Path) -> Iterator[Browser]:
    """One Chromium."""
    names = f"--host-resolver-rules=MAP {NEXT_DOOR} 127.0.0.1"
    launched = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-dev-shm-usage", names])
    yield launched
    launched.close()


@pytest.fixture(scope="session")
def signed_in(browser: Browser, house: House) -> StorageState:
    """Olga has followed the link that the first start printed; what her browser keeps since then."""
    link = LINK.search(house.output.read_text())
    assert link, house.tail()
    context = browser.new_context(locale="en-GB", viewport=WIDE)
    page = context.new_page()
    page.goto(f"{house.url}/sign-in#token={link[1]}")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Olga")
    assert "token" not in page.url, "the token stays in the address"
    page.get_by_role("button", name="Later").click()
    expect(page).to_have_url(f"{house.url}/inbox/mine")
    state = context.storage_state()
    context.close()
    return state


@pytest.fixture(scope="session")
def office(playwright: Playwright, signed_in: StorageState, house: House) -> Iterator[Office]:
    """The administrator's side."""
    door = playwright.request.new_context(storage_state=signed_in)
    yield Office(door, house.url)
    door.dispose()


@pytest.fixture(scope="session")
def ivan_signed_in(browser: Browser, office: Office, house: House, playwright: Playwright) -> StorageState:
    """Ivan has followed the link that Olga made for him, and gone again: signing in is coming to work."""
    context = browser.new_context(locale="en-GB", viewport=WIDE)
    page = context.new_page()
    page.goto(office.link_for(office.ivan))
    page.get_by_role("button", name="Later").click()
    expect(page).to_have_url(f"{house.url}/inbox/mine")
    state = context.storage_state()
    context.close()
    door = playwright.request.new_context(storage_state=state)
    Office(door, house.url).is_at_work(online=False)
    door.dispose()
    return state


@pytest.fixture
def ivan(people: People, playwright: Playwright, ivan_signed_in: StorageState, house: House) -> Iterator[Desk]:
    """Ivan at his inbox, for this story only."""
    door = playwright.request.new_context(storage_state=ivan_signed_in)
    own = Office(door, house.url)
    own.is_at_work()
    page, witness = people.tab(storage_state=ivan_signed_in)
    yield Desk(page, house.url, witness).opens()
    own.is_at_work(online=False)
    door.dispose()


@pytest.fixture(scope="session")
def shop(house: House) -> Iterator[Shop]:
    """Another site, at another origin."""
    with Shop(house.url) as opened:
        yield opened


@dataclass
class People:
    """Who takes part. Each call opens a browser of somebody's own."""

    browser: Browser
    house: House
    signed_in: StorageState
    opened: list[tuple[BrowserContext, Witness]] = field(default_factory=list)

    def tab(self, **options: Any) -> tuple[Page, Witness]:
        """A fresh browser with one tab, watched."""
        context = self.browser.new_context(**({"locale": "en-GB", "viewport": WIDE} | options))
        context.set_default_timeout(PATIENCE_MS)
        witness = Witness(context, hosts={urlsplit(self.house.url).netloc})
        self.opened.append((context, witness))
        return context.new_page(), witness

    def olga(self, **options: Any) -> Desk:
        """At the console, signed in."""
        page, witness = self.tab(storage_state=self.signed_in, **options)
        return Desk(page, self.house.url, witness)

    def stranger(self, **options: Any) -> Desk:
        """At the console's door."""
        page, witness = self.tab(**options)
        return Desk(page, self.house.url, witness)

    def ann(self, site: str = "", **options: Any) -> Chat:
        """A visitor of the demo site, or of another one."""
        page, witness = self.tab(**options)
        witness.allow(site or self.house.url)
        return Chat(page, site or f"{self.house.url}/demo/", witness)

    def leave(self) -> list[str]:
        """Close every browser; what their witnesses saw."""
        faults = [fault for _, witness in self.opened for fault in witness.faults()]
        for context, _ in self.opened:
            context.close()
        return faults


@pytest.fixture
def people(browser: Browser, house: House, signed_in: StorageState, office: Office) -> Iterator[People]:
    """Nobody is there yet. Afterwards all conversations are finished and the witnesses are heard."""
    office.is_at_work()
    those = People(browser, house, signed_in)
    yield those
    faults = those.leave()
    office.tidy()
    assert not faults, "\n".join(faults)


@pytest.fixture
def olga(people: People) -> Desk:
    """Olga at her inbox."""
    return people.olga().opens()


@pytest.fixture
def ann(people: People) -> Chat:
    """Ann on the demo site with the chat open."""
    return people.ann().visits().opens()


@pytest.fixture
def talking(olga: Desk, ann: Chat) -> tuple[Desk, Chat]:
    """Ann has asked, Olga has accepted; both have the conversation open."""
    ann.says("Do you repair wheels?")
    olga.accepts("Do you repair wheels?")
    return olga, ann
