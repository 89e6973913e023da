"""The gateway under a name of the firm's own network, without TLS: what browsers grant to safe places alone is not needed."""

from __future__ import annotations

from urllib.parse import urlsplit

from playwright.sync_api import expect

from tests.browser.conftest import NEXT_DOOR, People
from tests.browser.desk import Desk
from tests.browser.office import Office
from tests.flows.doors.house import House

UNTRUSTED = "Cross-Origin-Opener-Policy header has been ignored"


def test_operators_and_visitors_meet_over_plain_http(people: People, office: Office, house: House) -> None:
    url = f"http://{NEXT_DOOR}:{urlsplit(house.url).port}"
    page, witness = people.tab()
    witness.allow(url)
    witness.forgive(UNTRUSTED)
    page.goto(url + office.link_for(office.olga).removeprefix(house.url))
    page.get_by_role("button", name="Later").click()
    expect(page).to_have_url(f"{url}/inbox/mine")
    assert page.evaluate("isSecureContext") is False
    olga = Desk(page, url, witness)
    ann = people.ann(f"{url}/demo/")
    ann.witness.forgive(UNTRUSTED)
    ann.visits().opens()
    ann.says("Is anybody next door?")
    olga.accepts("Is anybody next door?")
    olga.writes("We are.")
    ann.shows(["Is anybody next door?"], ["We are."])
