"""What an administrator does in the settings: public holidays taken over and taken back, the bot's code on the wall."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import People
from tests.browser.desk import Desk
from tests.browser.office import Office

TOKEN = "123456789:AA-put-your-own-token-here"
CHRISTMAS = "12-25"


@pytest.fixture
def workshop(office: Office) -> dict[str, Any]:
    """A line in Britain that is closed on no date yet."""
    schedule = {"zone": "Europe/London", "always": False, "week": {"mon": ["09:00-18:00"]}, "exceptions": {}}
    return office.makes("/lines", {"name": "Workshop", "region": "GB", "schedule": schedule})


@pytest.fixture
def bot(office: Office) -> dict[str, Any]:
    """A bot whose name is known, switched off: nobody here can reach Telegram."""
    body = {"kind": "telegram", "line_id": office.line, "name": "Shop bot", "enabled": False}
    return office.makes("/channels", body | {"settings": {"token": TOKEN, "username": "@shop_bot"}})


def test_public_holidays_become_days_off_and_can_be_taken_back(olga: Desk, office: Office, workshop: dict[str, Any]) -> None:
    page = olga.opens(f"/settings/lines/{workshop['id']}/hours").page
    take, add = page.get_by_role("button", name="Public holidays"), page.get_by_role("button", name="Add", exact=False)
    box = page.get_by_role("region", name="Public holidays")
    _opens_next_year(take, box)
    expect(box.get_by_text("Christmas Day").first).to_be_visible()
    box.get_by_label("Part of the country").select_option("SCT")
    expect(box.get_by_text("Saint Andrew's Day").first).to_be_visible()
    box.get_by_role("checkbox").first.uncheck()
    offered = box.get_by_role("checkbox").count()
    add.filter(has_text="days").click()
    expect(page.get_by_text(f"{offered - 1} days added.")).to_be_visible()
    page.get_by_role("button", name="Take them out again").click()
    expect(page.get_by_text("No holidays or special days yet.")).to_be_visible()

    _opens_next_year(take, box)
    add.filter(has_text="days").click()
    _opens_next_year(take, box)
    expect(box.get_by_text("already there").first).to_be_visible()
    _saves(page)
    saved = office.ask("GET", f"/lines/{workshop['id']}")["schedule"]["exceptions"]
    assert any(date.endswith(CHRISTMAS) for date in saved)
    assert set(map(tuple, saved.values())) == {()}


def _saves(page: Page) -> None:
    with page.expect_response(lambda answer: answer.request.method == "PATCH" and answer.ok):
        page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("button", name="Save")).to_be_disabled()


def _opens_next_year(take: Locator, box: Locator) -> None:
    """The year of which no holiday is over."""
    take.click()
    box.get_by_label("Year").select_option(index=1)


def test_goals_are_typed_in_minutes_and_shown_on_the_ring(
    olga: Desk, office: Office, workshop: dict[str, Any], people: People
) -> None:
    page, path = olga.opens(f"/settings/lines/{workshop['id']}/routing").page, f"/lines/{workshop['id']}"
    first, following = (page.get_by_role("group", name=name, exact=True) for name in ("First response", "Next response"))
    chat = first.get_by_label("Web chat, minutes")
    expect(chat).to_have_attribute("placeholder", "1")
    chat.fill("1.5")
    expect(following.get_by_label("Web chat, minutes")).to_have_attribute("placeholder", "1.5")
    following.get_by_label("Mail, minutes").fill("120")
    _saves(page)
    saved = office.ask("GET", path)
    assert (saved["first_response_seconds"], saved["next_response_seconds"]) == ({"webchat": 90}, {"email": 7200})
    chat.fill("")
    _saves(page)
    assert office.ask("GET", path)["first_response_seconds"] == {}

    office.line_is(first_response_seconds={"webchat": 7200}, next_response_seconds={"webchat": 10_800})
    people.ann().visits().opens().says("Do you repair wheels?")
    olga.opens().accepts("Do you repair wheels?")
    pill = olga.row("Do you repair wheels?").locator(".pill.plain")
    expect(pill).to_have_attribute("title", "Goal: first response within 2 hr")
    office.line_is(first_response_seconds={}, next_response_seconds={})


def test_the_bots_page_shows_its_link_as_a_code(olga: Desk, bot: dict[str, Any]) -> None:
    page = olga.opens(f"/settings/channels/{bot['id']}").page
    expect(page.get_by_text("https://t.me/shop_bot")).to_be_visible()
    code = page.get_by_role("img", name="QR code")
    expect(code).to_be_visible()
    assert code.evaluate("image => image.decode().then(() => image.naturalWidth)") > 100
