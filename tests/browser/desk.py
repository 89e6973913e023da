"""An operator in front of the console: what the eye finds and the hand does, by role and name."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, expect

from tests.browser.witness import Witness


class Desk:
    """One tab of the console. `witness` is what watches it."""

    def __init__(self, page: Page, url: str, witness: Witness) -> None:
        self.page, self.url, self.witness = page, url, witness

    def opens(self, place: str = "/inbox/mine") -> Desk:
        """Go to a place and wait until the frame is connected."""
        self.page.goto(self.url + place)
        expect(self.page.locator(".frame, .door")).to_be_visible()
        return self

    def offer(self, words: str) -> Locator:
        """The card that offers the conversation in which this was said."""
        return self.page.get_by_role("complementary", name="Offer").filter(has_text=words)

    def accepts(self, words: str) -> None:
        """With F8, and the thread is open."""
        expect(self.offer(words)).to_be_visible()
        self.page.keyboard.press("F8")
        self.row(words).click()
        expect(self.thread.get_by_text(words).first).to_be_visible()

    def row(self, words: str) -> Locator:
        """A line of the list."""
        return self.page.get_by_role("option").filter(has_text=words)

    @property
    def thread(self) -> Locator:
        """What was said in the open conversation."""
        return self.page.get_by_role("log", name="Thread")

    @property
    def composer(self) -> Locator:
        """Where replies and notes are written."""
        return self.page.locator(".composer").get_by_role("textbox")

    def writes(self, text: str) -> None:
        """A reply, sent."""
        self.composer.fill(text)
        expect(self.page.locator(".composer footer").get_by_role("button").last).to_be_enabled()  # files have arrived
        self.composer.press("Control+Enter")

    def notes(self, text: str) -> None:
        """A private note, saved."""
        self.page.get_by_role("button", name="Note", exact=True).click()
        self.writes(text)
        expect(self.page.get_by_role("complementary", name="Private note").filter(has_text=text)).to_be_visible()

    def texts(self) -> list[str]:
        """What stands in the bubbles, in order; lines of the system and automatic texts are none."""
        return self.thread.locator(".msg:not(:has(.i-lucide\\:bot)) .bub .said").all_inner_texts()

    def shows(self, texts: list[str]) -> None:
        """Exactly these were said, in this order."""
        said = self.thread.locator(".msg .bub .said")
        expect(said.filter(has_text=re.compile("|".join(map(re.escape, texts))))).to_have_text(texts)
