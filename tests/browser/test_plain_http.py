"""The gateway under a name of the firm's own network, without TLS: what browsers grant to safe places alone is not needed."""

from __future__ import annotations

from urllib.parse import urlsplit

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
    with page.expect_response(lambda answer: answer.request.method == "POST" and "/session" in answer.url):
        page.goto(url + office.link_for(office.olga).removeprefix(house.url))
    olga = Desk(page, url, witness).opens()
    assert page.evaluate("isSecureContext") is False
    ann = people.ann(f"{url}/demo/")
    ann.witness.forgive(UNTRUSTED)
    ann.visits().opens()
    ann.says("Is anybody next door?")
    olga.accepts("Is anybody next door?")
    olga.writes("We are.")
    ann.shows(["Is anybody next door?"], ["We are."])
