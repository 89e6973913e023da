"""At the door under another name: the gateway says which address is right, and the page leads there with the link in hand."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.conftest import People

RIGHT = "https://chat.example.com"
REFUSED = {"title": "Not allowed", "status": 403, "code": "wrong_address", "detail": f"Open it at {RIGHT}.", "address": RIGHT}


def test_who_opens_the_console_under_another_name_is_led_to_the_right_one(people: People) -> None:
    door = people.stranger()
    door.witness.forgive(r"status of 403")
    door.page.route("**/api/v1/session*", lambda route: route.fulfill(status=403, json=REFUSED))
    door.page.route("**/api/v1/session/*", lambda route: route.fulfill(status=403, json=REFUSED))
    door.opens("/sign-in#token=used-nowhere-yet")
    told = door.page.get_by_role("alert")
    expect(told).to_contain_text("another address")
    expect(told.get_by_role("link", name=RIGHT)).to_have_attribute("href", f"{RIGHT}/sign-in#token=used-nowhere-yet")

    door.page.get_by_label("Mail address").fill("olga@example.com")
    door.page.get_by_label("Password").fill("a long enough secret")
    door.page.get_by_role("button", name="Sign in").click()
    expect(told.get_by_role("link", name=RIGHT)).to_have_attribute("href", f"{RIGHT}/sign-in")
