"""axe finds nothing serious on any screen that people spend their day with: light and dark, English and Persian."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import People
from tests.browser.office import Office
from tests.browser.stillness import settle

GRAVE = {"serious", "critical"}
PLACES = {"leads": "/leads", "lines": "/settings/lines", "channels": "/settings/channels", "profile": "/settings/profile"}
axe = Axe()


def faults(page: Page) -> list[str]:
    """What axe calls serious or critical, with the places."""
    settle(page)
    found = axe.run(page).response["violations"]
    return [
        f"{each['id']}: {each['help']}\n    "
        + "\n    ".join(f"{node['target']} {node['html'][:160]}" for node in each["nodes"][:4])
        for each in found
        if each["impact"] in GRAVE
    ]


@pytest.fixture(params=["en", "fa"])
def locale(request: pytest.FixtureRequest, office: Office) -> Iterator[str]:
    """Olga's language, and the visitor's."""
    office.ask("PATCH", "/me", {"locale": request.param})
    yield request.param
    office.ask("PATCH", "/me", {"locale": "en"})


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_nothing_serious_on_the_screens_of_the_console(people: People, office: Office, locale: str, theme: str) -> None:
    tongue = {"locale": "fa-IR" if locale == "fa" else "en-GB", "color_scheme": theme}
    found: dict[str, list[str]] = {}
    door = people.stranger(**tongue)
    door.witness.forgive(r"/api/v1/session: .* 401")
    door.opens("/sign-in")
    found["sign-in"] = faults(door.page)
    olga = people.olga(**tongue).opens()
    expect(olga.page.locator("html")).to_have_attribute("lang", locale)
    for text in ("Do you repair wheels?", "Is the Wren in stock?"):
        people.ann().visits().opens().says(text)
        _shown(olga.page.locator("aside.offer").filter(has_text=text))
        if text.startswith("Do"):
            olga.page.keyboard.press("F8")
            olga.row(text).click()
            _shown(olga.page.locator(".flow .msg").first)
            olga.composer.fill("We do.")
            olga.composer.press("Control+Enter")
            _shown(olga.page.locator(".flow .msg.out").filter(has_text="We do."))
    found["inbox with an offer"] = faults(olga.page)
    lead = next(row for row in office.open_conversations() if row["operator_id"])["lead_id"]
    for name, place in (PLACES | {"lead": f"/leads/{lead}"}).items():
        olga.opens(place)
        _shown(olga.page.locator("main h1, main h2").first)
        found[name] = faults(olga.page)
    assert not any(found.values()), _told(found)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("lang", ["en", "fa"])
def test_nothing_serious_in_the_widget(people: People, lang: str, theme: str) -> None:
    ann = people.ann(locale="fa-IR" if lang == "fa" else "en-GB", color_scheme=theme).visits(f"?lang={lang}")
    _shown(ann.launcher)
    found = {"launcher": faults(ann.page)}
    ann.opens()
    found["greeting"] = faults(ann.page)
    ann.says("Do you repair wheels?")
    _shown(ann.log.locator(".g.me .meta"))
    found["queue"] = faults(ann.page)
    assert not any(found.values()), _told(found)


def _shown(what: Locator) -> None:
    expect(what).to_be_visible()


def _told(found: dict[str, list[str]]) -> str:
    return "\n".join(f"== {screen}\n  " + "\n  ".join(lines) for screen, lines in found.items() if lines)
