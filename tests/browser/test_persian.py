"""In Persian the console and the widget run from right to left, count in Persian digits and date by the Jalali calendar."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.browser.chat import Chat
from tests.browser.conftest import People
from tests.browser.desk import Desk
from tests.browser.office import Office

LATIN, PERSIAN = re.compile("[0-9]"), re.compile("[۰-۹]")
TODAY = "new Date().toLocaleDateString('fa-IR-u-ca-persian', {day: 'numeric', month: 'long'})"


@pytest.fixture
def in_persian(office: Office) -> Iterator[None]:
    """Olga reads Persian today."""
    office.ask("PATCH", "/me", {"locale": "fa"})
    yield
    office.ask("PATCH", "/me", {"locale": "en"})


@pytest.mark.usefixtures("in_persian")
def test_the_console_in_persian(people: People) -> None:
    olga, ann = people.olga(locale="fa-IR").opens(), people.ann(locale="fa-IR").visits("?lang=fa").opens()
    html = olga.page.locator("html")
    expect(html).to_have_attribute("dir", "rtl")
    expect(html).to_have_attribute("lang", "fa")
    ann.says("چرخ Kestrel را تعمیر می‌کنید؟")
    card = olga.page.locator("aside.offer")
    expect(card.locator(".clock")).to_have_text(PERSIAN)
    olga.page.keyboard.press("F8")
    olga.row("Kestrel").click()
    day = olga.page.locator(".flow .day").first
    expect(day).to_be_visible()
    date = str(olga.page.evaluate(TODAY))
    for part in date.split():
        expect(day).to_contain_text(part)
    expect(day).not_to_have_text(LATIN)
    expect(olga.page.locator(".seg .n").first).to_have_text("۱")
    expect(olga.page.locator(".flow time").first).to_have_text(re.compile("^[۰-۹]{2}:[۰-۹]{2}$"))
    rail, panel = olga.page.locator(".rail").bounding_box(), olga.page.locator(".side").bounding_box()
    assert rail
    assert panel
    assert rail["x"] > panel["x"], "the rail is not on the right"


def test_the_widget_in_persian(people: People, olga: Desk) -> None:
    ann: Chat = people.ann(locale="fa-IR").visits("?lang=fa")
    frame = ann.widget.locator(".w")
    expect(frame).to_have_attribute("dir", "rtl")
    expect(ann.launcher).to_contain_text("گفت‌وگو با ما")
    launcher = ann.launcher.bounding_box()
    assert launcher
    assert launcher["x"] < 700, "the launcher is not on the left"
    ann.opens().says("چرخ Kestrel را تعمیر می‌کنید؟")
    assert ann.own.first.get_attribute("dir") == "rtl"
    olga.accepts("Kestrel")
    meta = ann.log.locator(".g.me .meta")
    expect(meta).to_have_text(re.compile("[۰-۹]{2}:[۰-۹]{2}"))
    expect(meta).not_to_have_text(LATIN)
    expect(ann.log.locator(".day")).not_to_have_text(LATIN)
    for part in str(ann.page.evaluate(TODAY)).split():
        expect(ann.log.locator(".day")).to_contain_text(part)
