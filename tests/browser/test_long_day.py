"""What would tire somebody within eight hours: marks that stay, a lost place in a list, a focus that is nowhere."""

from __future__ import annotations

import re
import uuid

import pytest
from playwright.sync_api import expect

from tests.browser.chat import Chat
from tests.browser.conftest import People
from tests.browser.desk import Desk
from tests.browser.test_keyboard import focused

QUESTIONS = ["Is tandem {} still there?", "Is trailer {} still there?"]


@pytest.fixture
def thing() -> str:
    """What nobody else has asked for."""
    return f"T-{uuid.uuid4().hex[:6]}"


@pytest.fixture
def asked(olga: Desk, people: People, thing: str) -> tuple[Desk, list[Chat]]:
    """Ann and Boris have asked for it; both conversations are Olga's."""
    chats = [people.ann().visits().opens() for _ in QUESTIONS]
    for chat, words in zip(chats, QUESTIONS, strict=True):
        chat.says(words.format(thing))
        olga.accepts(words.format(thing))
    return olga, chats


def test_what_was_new_is_not_new_after_an_answer_or_on_coming_back(asked: tuple[Desk, list[Chat]]) -> None:
    olga, (ann, boris) = asked
    new = olga.thread.locator(".day.new")
    ann.says("In green, please.")
    olga.row("In green, please.").click()
    expect(new).to_be_visible()
    olga.writes("It is.")
    expect(new).to_be_hidden()

    boris.says("With a cover.")
    olga.row("With a cover.").click()
    expect(new).to_be_visible()
    olga.row("It is.").click()
    expect(olga.thread.get_by_text("In green, please.")).to_be_visible()
    olga.row("With a cover.").click()
    expect(olga.thread.get_by_text("With a cover.")).to_be_visible()
    expect(new).to_be_hidden()


def test_a_lead_opens_beside_the_list_which_keeps_its_filter_and_its_place(asked: tuple[Desk, list[Chat]], thing: str) -> None:
    olga, _ = asked
    page, keys = olga.opens("/leads?stage=new").page, olga.page.keyboard
    page.get_by_role("searchbox").fill(thing)
    rows = page.locator("a.rowlink")
    expect(rows).to_have_count(2)
    keys.press("ArrowDown")
    expect(rows.first).to_be_focused()
    keys.press("ArrowDown")
    keys.press("Enter")
    expect(page).to_have_url(re.compile(rf"/leads/led_\w+\?.*q={thing}"))
    expect(page.locator(".of-one h1")).to_be_visible()
    expect(rows).to_have_count(2)
    expect(rows.nth(1)).to_be_focused()
    keys.press("Escape")
    expect(page).to_have_url(re.compile(rf"/leads\?stage=new&q={thing}$"))
    expect(rows.nth(1)).to_be_focused()

    page.set_viewport_size({"width": 900, "height": 700})
    keys.press("Enter")
    expect(page.locator(".of-one h1")).to_be_visible()
    expect(rows.first).to_be_hidden()
    page.locator(".of-one .crumb").click()
    expect(rows.nth(1)).to_be_focused()


def test_after_every_deed_the_focus_is_somewhere(asked: tuple[Desk, list[Chat]]) -> None:
    olga, _ = asked
    page = olga.page
    head = page.get_by_role("region", name="Thread").locator(".thread-head")
    head.get_by_role("button", name="Snooze").click()
    page.get_by_role("menuitem", name="In an hour").click()
    expect(head.get_by_role("button", name="Wake up now")).to_be_visible()
    expect(page.get_by_role("listbox")).to_be_focused()
    head.get_by_role("button", name="Wake up now").click()
    expect(head.get_by_role("button", name="Snooze")).to_be_visible()
    expect(page.get_by_role("listbox")).to_be_focused()
    head.get_by_role("button", name="Close").click()
    expect(head).to_be_hidden()
    expect(page.get_by_role("listbox")).to_be_focused()
    assert "list-scroll" in focused(page)
