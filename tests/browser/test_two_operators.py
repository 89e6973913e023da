"""Two operators are asked at once; one is quicker."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.browser.chat import Chat
from tests.browser.desk import Desk
from tests.browser.office import Office


@pytest.fixture
def all_at_once(office: Office) -> Iterator[None]:
    """The line asks everybody."""
    office.line_is(distribution="all")
    yield
    office.line_is(distribution="evenly")


@pytest.mark.usefixtures("all_at_once")
def test_the_slower_one_reads_who_took_it(olga: Desk, ivan: Desk, ann: Chat) -> None:
    ann.says("Is the Heron in stock?")
    expect(olga.offer("Is the Heron in stock?")).to_be_visible()
    expect(ivan.offer("Is the Heron in stock?")).to_be_visible()
    olga.page.keyboard.press("F8")
    expect(ivan.page.get_by_role("complementary", name="Offer")).to_have_text("Taken by Olga")
    expect(ivan.page.get_by_role("complementary", name="Offer")).to_be_hidden()
    expect(olga.row("Is the Heron in stock?")).to_be_visible()
    expect(ivan.row("Is the Heron in stock?")).to_be_hidden()


def test_a_colleague_who_looks_is_seen_and_who_replies_too(talking: tuple[Desk, Chat], ivan: Desk) -> None:
    olga, _ = talking
    ivan.page.get_by_role("navigation", name="Which conversations").get_by_role("link", name="All").click()
    ivan.row("Do you repair wheels?").click()
    expect(olga.page.locator(".watch")).to_contain_text("Ivan is looking")
    olga.composer.press_sequentially("We do")
    expect(ivan.page.locator(".watch")).to_contain_text("Olga is replying")
    olga.composer.press("Control+a")
    olga.composer.press("Delete")
    olga.page.reload()
    expect(ivan.page.locator(".watch")).to_contain_text("Olga is looking")
