"""On a phone: list, thread and lead are three pages of the console; the widget fills the screen and keeps the focus."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.conftest import People
from tests.browser.stillness import settle

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


def test_list_thread_and_lead_are_pages_of_their_own(people: People) -> None:
    olga, ann = people.olga(**PHONE).opens(), people.ann().visits().opens()
    ann.says("Do you repair wheels?")
    olga.offer("Do you repair wheels?").get_by_role("button", name="Accept").tap()
    lists, sheet = olga.page.locator(".left"), olga.page.locator(".sheet.desk")
    expect(olga.thread).to_be_visible()
    expect(lists).to_be_hidden()
    olga.page.locator("button.lead-chip").tap()
    lead = olga.page.get_by_role("complementary", name="Contact and lead")
    expect(lead).to_be_in_viewport(ratio=0.9)
    expect(olga.page.get_by_role("button", name="Back to the thread")).to_be_focused()
    olga.page.get_by_role("button", name="Back to the thread").tap()
    expect(lead).to_be_hidden()
    olga.page.get_by_role("link", name="Back", exact=True).tap()
    expect(lists).to_be_visible()
    expect(sheet).to_be_hidden()
    olga.row("Do you repair wheels?").tap()
    expect(olga.thread).to_be_visible()
    assert olga.page.evaluate("document.documentElement.scrollWidth") <= 390, "the page can be pushed sideways"


def test_the_open_part_of_the_settings_is_seen_in_the_row_of_parts(people: People) -> None:
    page = people.olga(**PHONE).opens("/settings/profile").page
    expect(page.get_by_role("navigation", name="My profile").get_by_role("link", name="My profile")).to_be_in_viewport(ratio=1)
    page.goto(page.url.replace("profile", "lines"))
    expect(page.get_by_role("navigation", name="Lines").get_by_role("link", name="Lines")).to_be_in_viewport(ratio=1)


def test_the_widget_fills_the_screen_and_keeps_the_focus_until_esc(people: People) -> None:
    ann = people.ann(**PHONE).visits()
    ann.launcher.tap()
    expect(ann.panel).to_have_attribute("aria-modal", "true")
    settle(ann.page)
    box = ann.panel.bounding_box()
    assert box
    assert {side: round(size) for side, size in box.items()} == {"x": 0, "y": 0, "width": 390, "height": 844}
    assert ann.page.evaluate("getComputedStyle(document.documentElement).overflow") == "hidden"
    seen = set()
    for key in ["Tab"] * 8 + ["Shift+Tab"] * 8:
        ann.page.keyboard.press(key)
        seen.add(ann.page.evaluate(
            "document.activeElement.tagName + ' ' + (document.activeElement.shadowRoot?.activeElement?.ariaLabel ?? '')"
        ))  # fmt: skip
    assert all(where.startswith("GATEWAY-CHAT ") for where in seen), seen
    assert len(seen) >= 4, seen
    ann.page.keyboard.press("Escape")
    expect(ann.panel).to_be_hidden()
    expect(ann.launcher).to_be_focused()
    expect(ann.page.locator("html")).not_to_have_css("overflow", "hidden")
