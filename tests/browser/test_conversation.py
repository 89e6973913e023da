"""Ann writes on the site, Olga answers in the console: the main job as two people see it."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.browser.chat import Chat
from tests.browser.conftest import People
from tests.browser.desk import Desk

ASKED, ANSWERED = "Do you repair wheels?", "We do. Bring it in before eleven."


def test_olga_is_offered_what_ann_writes_and_ann_reads_the_answer(olga: Desk, ann: Chat) -> None:
    ann.says(ASKED)
    card = olga.offer(ASKED)
    expect(card).to_be_visible()
    counted = card.locator(".clock [aria-hidden]:not(svg)").last
    first = int(counted.inner_text())
    assert 0 < first <= 60
    expect(counted).not_to_have_text(str(first))
    assert int(counted.inner_text()) < first
    olga.page.keyboard.press("F8")
    expect(card).to_be_hidden()
    olga.row(ASKED).click()
    expect(olga.page.get_by_role("region", name="Thread").get_by_role("heading", level=1)).to_have_text("Visitor")
    olga.writes(ANSWERED)
    ann.shows([ASKED], [ANSWERED])
    expect(ann.panel.locator("header b")).to_have_text("Olga")
    olga.shows([ASKED, ANSWERED])


def test_typing_is_seen_both_ways(talking: tuple[Desk, Chat]) -> None:
    olga, ann = talking
    ann.composer.press_sequentially("It is the rear wheel", delay=180)
    expect(olga.page.get_by_text(re.compile("is writing")).first).to_be_visible()
    olga.composer.press_sequentially("Which")
    expect(ann.log.get_by_role("status").filter(has_text="is typing")).to_have_text("Olga is typing")


def test_what_was_read_is_marked_on_both_sides(talking: tuple[Desk, Chat]) -> None:
    olga, ann = talking
    expect(ann.log.locator(".g.me .meta").last).to_contain_text("Read")
    olga.writes(ANSWERED)
    expect(olga.thread.locator(".msg.out").filter(has_text=ANSWERED).locator(".state")).to_contain_text("Read")


def test_anns_conversation_follows_her_over_reload_pages_and_tabs(talking: tuple[Desk, Chat], people: People) -> None:
    olga, ann = talking
    olga.writes(ANSWERED)
    ann.shows([ASKED], [ANSWERED])
    ann.page.reload()
    ann.shows([ASKED], [ANSWERED])
    ann.page.get_by_role("link", name="Repairs").click()
    expect(ann.page).to_have_url(re.compile("repairs"))
    ann.shows([ASKED], [ANSWERED])
    second = Chat(ann.page.context.new_page(), ann.site, ann.witness).visits("bikes.html")
    second.shows([ASKED], [ANSWERED])
    second.says("Today?")
    olga.shows([ASKED, ANSWERED, "Today?"])
    olga.writes("Until six.")
    for tab in (ann, second):
        tab.shows([ASKED, "Today?"], [ANSWERED, "Until six."])
    olga.shows([ASKED, ANSWERED, "Today?", "Until six."])


def test_a_note_never_reaches_the_widget(talking: tuple[Desk, Chat]) -> None:
    olga, ann = talking
    olga.notes("She always bargains")
    olga.page.get_by_role("button", name="Reply", exact=True).click()
    olga.writes(ANSWERED)
    ann.shows([ASKED], [ANSWERED])
    ann.page.reload()
    ann.shows([ASKED], [ANSWERED])
    received = ann.witness.bodies()
    assert ANSWERED in received, "the witness heard nothing"
    assert "bargains" not in received
