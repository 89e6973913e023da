"""The connection is lost while both write: nothing is lost, nothing comes twice, and both are told the truth meanwhile."""

from __future__ import annotations

from playwright.sync_api import Route, expect

from tests.browser.chat import Chat
from tests.browser.conftest import People
from tests.browser.desk import Desk

BROKEN = r"ERR_INTERNET_DISCONNECTED|WebSocket (connection to|is closed)|ERR_NETWORK_CHANGED|ERR_FAILED"


def cut(*people: Desk | Chat) -> None:
    """Pull the plug."""
    for person in people:
        person.witness.forgive(BROKEN)
        person.page.context.set_offline(True)


def mend(*people: Desk | Chat) -> None:
    """Put it back."""
    for person in people:
        person.page.context.set_offline(False)


def test_what_is_written_without_connection_arrives_once_and_in_order(talking: tuple[Desk, Chat]) -> None:
    olga, ann = talking
    cut(olga, ann)
    expect(olga.page.get_by_role("status").filter(has_text="No connection since")).to_be_visible()
    expect(ann.panel.get_by_role("alert").filter(has_text="No connection")).to_be_visible()
    for word in ("One", "Two", "Three"):
        olga.writes(word)
        ann.says(f"{word} more")
    expect(olga.thread.locator(".pend")).to_have_count(3)
    expect(olga.thread.locator(".pend").first).to_contain_text("Queued here, will be sent once")
    expect(olga.page.get_by_text("3 messages are kept here")).to_be_visible()
    waiting = ann.log.locator(".m.wait")
    expect(waiting).to_have_count(3)
    assert waiting.first.evaluate("bubble => getComputedStyle(bubble).borderStyle") == "dashed"
    expect(ann.log).to_contain_text("Waiting to be sent")

    mend(olga, ann)
    expect(olga.page.get_by_text("No connection since")).to_be_hidden()
    own, answers = ["Do you repair wheels?", "One more", "Two more", "Three more"], ["One", "Two", "Three"]
    ann.shows(own, answers)
    expect(waiting).to_have_count(0)
    expect(olga.thread.locator(".pend")).to_have_count(0)
    expect(olga.thread.locator(".msg:not(.out) .said")).to_have_text(own)
    ann.page.reload()
    ann.shows(own, answers)


def test_what_was_written_survives_a_reload_before_it_could_be_sent(talking: tuple[Desk, Chat]) -> None:
    olga, ann = talking
    cut(ann)
    expect(ann.panel.get_by_role("alert").filter(has_text="No connection")).to_be_visible()
    ann.says("Are you still there?")
    expect(ann.log.locator(".m.wait")).to_have_count(1)
    mend(ann)
    ann.page.reload()
    ann.shows(["Do you repair wheels?", "Are you still there?"], [])
    expect(olga.thread.locator(".msg:not(.out) .said")).to_have_text(["Do you repair wheels?", "Are you still there?"])


def test_a_page_opened_while_the_gateway_restarts_gets_its_chat_by_itself(people: People) -> None:
    ann, answers = people.ann(), iter((502, 503))
    ann.witness.forgive(r"status of 50[23]")

    def restarting(route: Route) -> None:
        status = next(answers, None)
        route.fulfill(status=status, body="") if status else route.continue_()

    ann.page.route("**/api/v1/widget/session", restarting)
    ann.visits()
    expect(ann.launcher).to_be_visible()
    assert next(answers, None) is None
    ann.opens()
