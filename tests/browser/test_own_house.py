"""The console obeys its own policy: every page of it, and nothing from anywhere else. What all other tests ask for is
checked by their witnesses; here is every page that they do not visit, and proof that the witness would see it."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import People
from tests.browser.desk import Desk

PAGES = (
    "/inbox/mine", "/inbox/waiting", "/inbox/all", "/inbox/closed", "/leads", "/calls", "/settings/lines", "/settings/channels",
    "/settings/operators", "/settings/canned", "/settings/quarantine", "/settings/profile", "/nothing-is-here",
)  # fmt: skip


def test_every_page_of_the_console_keeps_to_itself(olga: Desk) -> None:
    for place in PAGES:
        olga.opens(place)
        expect(olga.page.locator("main h1, main h2, main [role=listbox], main .list-empty").first).to_be_visible()
    assert not olga.witness.faults()


def test_the_page_forbids_what_it_does_not_need(olga: Desk) -> None:
    answer = olga.page.goto(olga.url + "/inbox/mine")
    assert answer
    policy = answer.headers["content-security-policy"]
    rules = dict(part.strip().partition(" ")[::2] for part in policy.split(";") if part.strip())
    assert rules["default-src"] == "'self'"
    assert rules["script-src"] == "'self'"
    assert rules["frame-ancestors"] == "'none'"


def test_the_witness_sees_a_request_that_leaves_and_a_script_that_is_refused(people: People) -> None:
    olga = people.olga().opens()
    olga.page.evaluate("fetch('https://elsewhere.example/').catch(() => 0)")
    olga.page.evaluate("document.head.append(Object.assign(document.createElement('script'), {textContent: 'window.x = 1'}))")
    olga.page.evaluate("console.error('complaint')")
    with pytest.raises(AssertionError, match="Content Security Policy"):
        assert not olga.witness.faults(), "\n".join(olga.witness.faults())
    assert any("complaint" in fault for fault in olga.witness.faults())
    assert olga.page.evaluate("window.x") is None
    olga.witness.forgive("complaint|Content Security Policy|elsewhere")
    olga.witness.allow("https://elsewhere.example")
