"""A call rings at Olga's desk phone: the card pops, her sentence stays hers, and a missed call becomes work."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.chat import Chat
from tests.browser.conftest import People
from tests.browser.desk import Desk
from tests.browser.office import Office

SECRET = "a-secret-of-thirty-two-characters"
BORIS, AS_READ = "+442071838750", "+44 20 7183 8750"


class Pbx:
    """One call, as the telephone system reports it."""

    def __init__(self, office: Office, channel: dict[str, Any]) -> None:
        self._office, self._hook = office, f"{office.url}/hooks/{channel['key']}"
        self._new()

    def _new(self) -> None:
        self._call = {"call_id": uuid.uuid4().hex, "direction": "inbound", "from": BORIS, "to": "+442071838700"}

    def rings_off(self, leg: str) -> None:
        """A call that was answered and is over; the next report is of another one."""
        self.reports("ringing", ago=10, leg_id=leg, device="101")
        self.reports("answered", ago=2, leg_id=leg, device="101")
        self.reports("leg_ended", leg_id=leg, device="101", cause="normal")
        self.reports("ended", cause="normal", talk_seconds=2)
        self._new()

    def reports(self, event: str, *, ago: int = 0, **more: Any) -> None:
        """So many seconds ago."""
        at = (datetime.now(UTC) - timedelta(seconds=ago)).isoformat()
        self._office.rings(self._hook, SECRET, event=event, timestamp=at, **self._call, **more)


@pytest.fixture
def pbx(office: Office) -> Iterator[Pbx]:
    """A telephone system; 101 is Olga's extension."""
    office.ask("PATCH", f"/operators/{office.olga}", {"devices": ["101"]})
    channel = office.connect("pbx", {"secret": SECRET}, name="Telephone")
    yield Pbx(office, channel)
    office.disconnect(channel)


def test_a_call_pops_up_without_taking_the_caret_and_a_missed_one_waits_for_a_call_back(
    talking: tuple[Desk, Chat], pbx: Pbx
) -> None:
    olga, _ = talking
    olga.composer.press_sequentially("We can do it on")
    pbx.reports("ringing", ago=40, leg_id="l-1", device="101")
    card = olga.page.get_by_role("alert", name="Incoming call")
    expect(card).to_be_visible()
    expect(card).to_contain_text(AS_READ)
    expect(card).to_contain_text("calls the line Telephone")
    olga.page.keyboard.type(" Monday.")
    expect(olga.composer).to_be_focused()
    expect(olga.composer).to_have_value("We can do it on Monday.")
    assert not _overlap(olga, ".callcard", ".composer"), "the card covers what is being written"

    pbx.reports("leg_ended", leg_id="l-1", device="101", cause="no_answer")
    pbx.reports("ended", cause="no_answer")
    expect(card).to_be_hidden()
    expect(olga.composer).to_be_focused()
    olga.page.get_by_role("navigation", name="Which conversations").get_by_role("link", name="Waiting").click()
    waiting = olga.row(AS_READ)
    expect(waiting).to_be_visible()
    expect(waiting).to_contain_text(re.compile(r"Missed after 0:\d\d"))
    waiting.click()
    expect(olga.thread.locator(".callrow")).to_contain_text("Missed call")
    expect(olga.thread.locator(".callrow")).to_contain_text(AS_READ)


def test_an_answered_call_leaves_no_work(olga: Desk, pbx: Pbx, office: Office) -> None:
    pbx.reports("ringing", ago=10, leg_id="l-1", device="101")
    card = olga.page.get_by_role("alert", name="Incoming call")
    expect(card).to_be_visible()
    pbx.reports("answered", ago=2, leg_id="l-1", device="101")
    expect(card).to_be_hidden()
    pbx.reports("leg_ended", leg_id="l-1", device="101", cause="normal")
    pbx.reports("ended", cause="normal", talk_seconds=2)
    expect(olga.page.get_by_role("navigation", name="Which conversations")).to_contain_text("Waiting0")


def test_another_call_with_the_number_keeps_what_the_list_was_filtered_by(olga: Desk, pbx: Pbx) -> None:
    for leg in ("l-1", "l-2"):
        pbx.rings_off(leg)
    page = olga.opens("/calls?q=7183").page
    page.get_by_role("row").get_by_role("link").first.click()
    expect(page.get_by_role("heading", name="Other calls with this number")).to_be_visible()
    before = page.url
    page.locator(".about a.line").first.click()
    expect(page).not_to_have_url(before)
    expect(page).to_have_url(re.compile(r"/calls/[\w-]+\?q=7183$"))
    expect(page.get_by_role("searchbox", name="Find by number or name")).to_have_value("7183")


def test_while_a_call_rings_its_card_alone_has_the_key(people: People, pbx: Pbx) -> None:
    olga, ann = people.olga().opens(), people.ann().visits().opens()
    ann.says("Do you repair wheels?")
    accept = olga.offer("Do you repair wheels?").get_by_role("button", name="Accept")
    expect(accept).to_contain_text("F8")
    pbx.reports("ringing", ago=1, leg_id="l-1", device="101")
    card = olga.page.get_by_role("alert", name="Incoming call")
    expect(card).to_contain_text("F8")
    expect(accept).not_to_contain_text("F8")
    pbx.reports("answered", leg_id="l-1", device="101")
    pbx.reports("leg_ended", leg_id="l-1", device="101", cause="normal")
    pbx.reports("ended", cause="normal", talk_seconds=1)
    expect(accept).to_contain_text("F8")


def _overlap(desk: Desk, one: str, other: str) -> bool:
    first, second = desk.page.locator(one).bounding_box(), desk.page.locator(other).bounding_box()
    assert first
    assert second
    return all(
        first[side] < second[side] + second[size] and second[side] < first[side] + first[size]
        for side, size in (("x", "width"), ("y", "height"))
    )
