"""A whole round of work without a mouse: the focus is always somewhere, and always seen."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import People
from tests.browser.desk import Desk
from tests.browser.office import Office

PASSWORD = "four bicycles and a harbour"
WHERE = "document.activeElement === document.body ? '' : document.activeElement.outerHTML.slice(0, 120)"
SEEN = """() => {
  const marked = (element) => {
    const style = getComputedStyle(element)
    return (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0) || style.boxShadow !== 'none'
  }
  const active = document.getElementById(document.activeElement.getAttribute('aria-activedescendant') ?? '')
  if (active && marked(active)) return true
  for (let at = document.activeElement; at && at !== document.body; at = at.parentElement) {
    if (marked(at)) return true
    if (!at.matches('textarea, input')) return false
  }
  return false
}"""


@pytest.fixture
def password(office: Office) -> str:
    """Olga has chosen one."""
    me = office.ask("GET", "/session")["operator"]
    if not me["has_password"]:
        office.ask("PATCH", "/me", {"password": {"current": "", "new": PASSWORD}})
    return PASSWORD


@pytest.fixture
def two_questions(people: People, olga: Desk) -> list[str]:
    """Ann and Boris have asked; both conversations are Olga's."""
    words = ["Do you repair wheels?", "Is the Wren in stock?"]
    for text in words:
        people.ann().visits().opens().says(text)
        olga.accepts(text)
    olga.page.close()
    return words


def focused(page: Page) -> str:
    """The element that keys go to; fails when it is nobody."""
    where = str(page.evaluate(WHERE))
    assert where, "the focus is lost"
    return where


def test_a_round_of_work_without_a_mouse(people: People, password: str, two_questions: list[str]) -> None:
    olga = people.stranger()
    page, keys = olga.page, olga.page.keyboard
    _signs_in(olga, password)
    for key in ("j", "j", "k", "Enter"):
        keys.press(key)
    expect(olga.thread.get_by_text(two_questions[0]).first).to_be_visible()
    _replies_and_notes(olga)
    keys.press("Control+k")
    expect(page.get_by_role("combobox")).to_be_focused()
    keys.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(olga.composer).to_be_focused()
    keys.press("Escape")
    keys.press("e")
    expect(page).to_have_url(f"{olga.url}/inbox/mine")
    expect(page.get_by_role("option")).to_have_count(1)

    keys.press("Control+k")
    keys.type("lines")
    expect(page.get_by_role("option", name="Lines").first).to_be_visible()
    keys.press("Enter")
    expect(page).to_have_url(f"{olga.url}/settings/lines")
    keys.press("g")
    keys.press("i")
    expect(page).to_have_url(f"{olga.url}/inbox/mine")


def _signs_in(olga: Desk, password: str) -> None:
    olga.witness.forgive(r"/api/v1/session: .* 401")
    keys = olga.opens("/sign-in").page.keyboard
    expect(olga.page.get_by_role("textbox", name="Mail address")).to_be_focused()
    keys.type("olga@example.com")
    keys.press("Tab")
    keys.type(password)
    keys.press("Enter")
    expect(olga.page).to_have_url(f"{olga.url}/inbox/mine")
    expect(olga.page.get_by_role("option")).to_have_count(2)


def _replies_and_notes(olga: Desk) -> None:
    keys = olga.page.keyboard
    keys.press("r")
    expect(olga.composer).to_be_focused()
    keys.type("We do.")
    keys.press("Control+Enter")
    expect(olga.thread.locator(".msg.out").filter(has_text="We do.")).to_be_visible()
    expect(olga.composer).to_be_focused()
    keys.press("Escape")
    keys.press("n")
    expect(olga.page.get_by_role("form", name="Write a private note")).to_be_visible()
    keys.type("Ask about the frame")
    keys.press("Control+Enter")
    expect(olga.page.get_by_role("complementary", name="Private note")).to_contain_text("Ask about the frame")
    expect(olga.composer).to_be_focused()


def test_the_focus_goes_round_and_is_always_seen(olga: Desk, people: People) -> None:
    people.ann().visits().opens().says("Do you repair wheels?")
    olga.accepts("Do you repair wheels?")
    olga.page.locator("body").press("Home")
    unseen, visited = [], []
    for _ in range(45):
        olga.page.keyboard.press("Tab")
        where = str(olga.page.evaluate(WHERE))
        if not where:
            continue  # the end of the page: the browser's own controls come next
        visited.append(where)
        if not olga.page.evaluate(SEEN):
            unseen.append(where)
    assert len(set(visited)) > 20, visited
    assert not unseen, "\n".join(dict.fromkeys(unseen))


def test_esc_leaves_the_composer_for_the_list_and_is_seen_there(olga: Desk, people: People) -> None:
    people.ann().visits().opens().says("Do you repair wheels?")
    olga.accepts("Do you repair wheels?")
    keys = olga.page.keyboard
    keys.press("r")
    keys.type("We do :")
    keys.press("Escape")
    expect(olga.page.get_by_role("listbox")).to_be_focused()
    assert olga.page.evaluate(SEEN)
    keys.press("r")
    expect(olga.composer).to_be_focused()
    expect(olga.composer).to_have_value("We do :")


def test_a_sign_is_chosen_by_keys_and_lands_at_the_caret(olga: Desk, people: People) -> None:
    people.ann().visits().opens().says("Do you repair wheels?")
    olga.accepts("Do you repair wheels?")
    keys, opener = olga.page.keyboard, olga.page.get_by_role("button", name="Emoji")
    olga.composer.fill("We do!")
    olga.composer.press("Home")
    opener.press("Enter")
    shelf = olga.page.get_by_role("group", name="Emoji")
    expect(shelf.get_by_role("button").first).to_be_focused()
    keys.press("ArrowRight")
    chosen = olga.page.evaluate("document.activeElement.textContent")
    keys.press("Enter")
    expect(olga.composer).to_be_focused()
    expect(olga.composer).to_have_value(f"{chosen}We do!")
    opener.press("Enter")
    expect(shelf.get_by_role("button").first).to_have_text(chosen)
    keys.press("Escape")
    expect(shelf).to_be_hidden()
    expect(olga.composer).to_be_focused()
    olga.composer.fill("")


def test_closing_a_conversation_does_not_lose_the_focus(olga: Desk, people: People) -> None:
    people.ann().visits().opens().says("Do you repair wheels?")
    olga.accepts("Do you repair wheels?")
    olga.page.keyboard.press("r")
    olga.page.keyboard.press("Escape")
    olga.page.keyboard.press("e")
    expect(olga.page).to_have_url(f"{olga.url}/inbox/mine")
    olga.page.keyboard.press("Tab")
    focused(olga.page)
