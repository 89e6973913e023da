"""Pictures of every screen in every language: `make screenshots`. All go to build/screenshots, a choice to docs/screenshots.

ARGS="--docs" takes only the choice, ARGS="--screens lead,call --looks en,fa-390" only some. Starts the product in a folder
of its own and tells it a story (tests/browser/story.py).
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from playwright.async_api import Browser, Page, async_playwright

from tests.browser.story import Story, told
from tests.flows.doors.house import ROOT, House
from tests.servers import chromium

EVERYTHING, CHOICE = ROOT / "build" / "screenshots", ROOT / "docs" / "screenshots"
LOCALES = ("en", "ru", "es", "fa")
SIZES = {1440: 900, 900: 900, 390: 844}
PATIENCE_MS = 15_000
SETTLE_MS = 600  # the last animation

Theme = Literal["light", "dark"]


@dataclass(frozen=True)
class Look:
    """How the screen is looked at."""

    locale: str = "en"
    theme: Theme = "light"
    width: int = 1440

    @property
    def name(self) -> str:
        """The end of the file's name; nothing for the usual look."""
        parts = [
            self.locale * (self.locale != "en"),
            self.theme * (self.theme != "light"),
            str(self.width) * (self.width != 1440),
        ]
        return "".join(f"-{part}" for part in parts if part)


# name in docs/screenshots → screen and look
CHOSEN = {
    "console-inbox": ("inbox", Look()),
    "console-inbox-dark": ("inbox", Look(theme="dark")),
    "console-inbox-fa": ("inbox", Look(locale="fa")),
    "console-mail": ("mail", Look()),
    "console-inbox-900": ("inbox", Look(width=900)),
    "console-inbox-390": ("inbox", Look(width=390)),
    "console-offer": ("waiting", Look()),
    "console-call": ("ringing", Look()),
    "console-lead": ("lead", Look()),
    "console-leads-dark": ("leads", Look(theme="dark")),
    "console-calls": ("call", Look()),
    "console-channels": ("channel", Look()),
    "console-hours": ("hours", Look()),
    "widget": ("widget-chat", Look()),
    "widget-fa-390": ("widget-chat", Look(locale="fa", width=390)),
}


@dataclass(frozen=True)
class Wish:
    """Which pictures are wanted: the choice for the documents, and these screens and looks of it; none named means all."""

    docs: bool = False
    screens: tuple[str, ...] = ()
    looks: tuple[str, ...] = ()

    @property
    def keeps(self) -> bool:
        """Whether the choice in docs/screenshots is renewed: not by a look at a few."""
        return self.docs or not (self.screens or self.looks)

    def __call__(self, screen: str, look: Look) -> bool:
        if self.docs and (screen, look) not in CHOSEN.values():
            return False
        return (not self.screens or screen in self.screens) and (not self.looks or look.name.strip("-") in self.looks)


def looks() -> Iterator[Look]:
    """Each once, ordered so that the console's language changes seldom."""
    for locale in LOCALES:
        for theme in ("light", "dark"):
            yield Look(locale, theme)
        yield from (Look(locale, width=width) for width in (900, 390))


def screens(story: Story) -> dict[str, str]:
    """Name → address in the console."""
    at = story.places
    return {
        "inbox": f"/inbox/mine/{at['chat']}",
        "mail": f"/inbox/mine/{at['mail']}",
        "missed": f"/inbox/mine/{at['missed']}",
        "waiting": "/inbox/waiting",
        "leads": "/leads",
        "lead": f"/leads/{at['lead']}",
        "calls": "/calls",
        "call": f"/calls/{at['call']}",
        "lines": "/settings/lines",
        "hours": f"/settings/lines/{at['line']}/hours",
        "routing": f"/settings/lines/{at['line']}/routing",
        "texts": f"/settings/lines/{at['line']}/texts",
        "channels": "/settings/channels",
        "channel": f"/settings/channels/{at['mailbox']}",
        "pbx": f"/settings/channels/{at['pbx']}",
        "operators": "/settings/operators",
        "canned": "/settings/canned",
        "quarantine": "/settings/quarantine",
        "profile": "/settings/profile",
    }


@dataclass
class Camera:
    """Takes pictures; remembers how many and what the pages complained about."""

    browser: Browser
    house: House
    story: Story
    wants: Wish
    taken: int = 0
    faults: list[str] = field(default_factory=list)

    async def snap(self, page: Page, screen: str, look: Look) -> None:
        """Once the page is still."""
        await page.wait_for_timeout(SETTLE_MS)
        picture = await page.screenshot(animations="disabled")
        (EVERYTHING / f"{screen}{look.name}.png").write_bytes(picture)
        for name, chosen in CHOSEN.items():
            if chosen == (screen, look) and self.wants.keeps:
                (CHOICE / f"{name}.png").write_bytes(picture)
        self.taken += 1

    @asynccontextmanager
    async def page(self, look: Look, *, signed_in: bool) -> AsyncIterator[Page]:
        """A browser of somebody's own, closed afterwards."""
        options: dict[str, Any] = {"locale": look.locale, "color_scheme": look.theme, "reduced_motion": "reduce"}
        context = await self.browser.new_context(viewport={"width": look.width, "height": SIZES[look.width]}, **options)
        context.set_default_timeout(PATIENCE_MS)
        if signed_in:
            name, _, value = self.house.sign_in().cookie.partition("=")
            await context.add_cookies([{"name": name, "value": value, "url": self.house.url}])
        page = await context.new_page()
        page.on("pageerror", lambda error: self.faults.append(f"{page.url}: {error}"))
        try:
            yield page
        finally:
            await context.close()


async def console(camera: Camera, look: Look) -> None:
    """Every screen behind the sign-in."""
    async with camera.page(look, signed_in=True) as page:
        for screen, path in screens(camera.story).items():
            if camera.wants(screen, look):
                await _open(page, camera.house.url + path)
                await _listen(page)
                await camera.snap(page, screen, look)
        if camera.wants("ringing", look):
            await _open(page, f"{camera.house.url}/inbox/mine/{camera.story.places['chat']}")
            await camera.story.ring()
            await page.wait_for_timeout(2 * SETTLE_MS)
            await camera.snap(page, "ringing", look)
            await camera.story.hang_up()


async def widget(camera: Camera, look: Look) -> None:
    """The demo site with the chat closed, opened, and after the first message."""
    if not any(camera.wants(state, look) for state in OTHERS[1:]):
        return
    async with camera.page(look, signed_in=False) as page:
        await _open(page, f"{camera.house.url}/demo/")
        await page.locator(f".langs button[lang={look.locale}]").first.click()
        await camera.snap(page, "widget-closed", look)
        await page.locator("gateway-chat button").last.click()
        box = page.locator("gateway-chat textarea, gateway-chat [contenteditable=true]").first
        await box.wait_for()
        await camera.snap(page, "widget-open", look)
        await box.fill(QUESTION[look.locale])
        await box.press("Enter")
        await page.wait_for_timeout(4 * SETTLE_MS)
        await camera.snap(page, "widget-queue", look)
        await camera.story.answer(QUESTION[look.locale], ANSWER[look.locale])
        await camera.snap(page, "widget-chat", look)


OTHERS = ("ringing", "widget-closed", "widget-open", "widget-queue", "widget-chat")
QUESTION = {
    "en": "Can you look at my brakes today?",
    "ru": "Вы сможете сегодня посмотреть тормоза?",
    "es": "¿Podéis mirar mis frenos hoy?",
    "fa": "امروز می‌توانید ترمزهای دوچرخه‌ام را ببینید؟",
}
ANSWER = {
    "en": "Yes. Bring it in by noon and it is ready at six.",
    "ru": "Да. Привезите до полудня, к шести всё будет готово.",
    "es": "Sí. Tráela antes del mediodía y estará lista a las seis.",
    "fa": "بله. تا ظهر بیاورید، ساعت شش آماده است.",
}


async def _listen(page: Page) -> None:
    """A recording on the page is played for a moment, which draws it."""
    play = page.locator(".player .play")
    if await play.count():
        await play.click()
        await page.locator(".player .wave").wait_for()
        await page.wait_for_timeout(4 * SETTLE_MS)
        await play.click()


async def _open(page: Page, url: str) -> None:
    await page.goto(url, wait_until="networkidle")


async def take(wish: Wish) -> int:
    """All pictures; the number of complaints of the pages."""
    for folder in (EVERYTHING, CHOICE):
        folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        house = House(Path(name))
        house.start()
        try:
            async with told(house, Path(name)) as story, async_playwright() as driver:
                arguments = ["--no-sandbox", "--disable-dev-shm-usage"]
                browser = await driver.chromium.launch(executable_path=chromium.path(), args=arguments)
                camera = Camera(browser, house, story, wish)
                await _all(camera)
                await browser.close()
        finally:
            house.stop()
    print(f"{camera.taken} pictures in {EVERYTHING.relative_to(ROOT)}")
    print("\n".join(camera.faults))
    return len(camera.faults)


async def _all(camera: Camera) -> None:
    chosen = [look for look in looks() if any(camera.wants(screen, look) for screen in (*screens(camera.story), *OTHERS))]
    for look in chosen:
        await camera.story.speak(look.locale)
        await console(camera, look)
    for look in chosen:
        await widget(camera, look)


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--docs", action="store_true", help="only what docs/screenshots shows")
    parser.add_argument("--screens", default="", help="only these, by name, with commas")
    parser.add_argument("--looks", default="", help="only these: en, dark, fa, fa-dark, 900, fa-390 …")
    asked = parser.parse_args()
    some, ways = (tuple(filter(None, text.split(","))) for text in (asked.screens, asked.looks))
    return min(1, asyncio.run(take(Wish(asked.docs, some, tuple("" if way == "en" else way for way in ways)))))


if __name__ == "__main__":
    raise SystemExit(main())
