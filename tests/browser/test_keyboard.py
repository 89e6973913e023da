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
    olga.witness.forgive(r"/api/v1/session: .* 401")
    page, keys = olga.opens("/sign-in").page, olga.page.keyboard
    keys.type("olga@example.com")
    keys.press("Tab")
    keys.type(password)
    keys.press("Enter")
    expect(page).to_have_url(f"{olga.url}/inbox/mine")
    expect(page.get_by_role("option")).to_have_count(2)

    keys.press("j")
    keys.press("j")
    keys.press("k")
    keys.press("Enter")
    expect(olga.thread.get_by_text(two_questions[0]).first).to_be_visible()
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
    expect(page.get_by_role("complementary", name="Private note")).to_contain_text("Ask about the frame")
    expect(olga.composer).to_be_focused()

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


def test_closing_a_conversation_does_not_lose_the_focus(olga: Desk, people: People) -> None:
    people.ann().visits().opens().says("Do you repair wheels?")
    olga.accepts("Do you repair wheels?")
    olga.page.keyboard.press("r")
    olga.page.keyboard.press("Escape")
    olga.page.keyboard.press("e")
    expect(olga.page).to_have_url(f"{olga.url}/inbox/mine")
    olga.page.keyboard.press("Tab")
    focused(olga.page)
