"""A visitor in front of a site that carries the widget. The widget lives in an open shadow root, so roles reach into it."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, expect

from tests.browser.witness import Witness


class Chat:
    """One tab of the site."""

    def __init__(self, page: Page, site: str, witness: Witness) -> None:
        self.page, self.site, self.witness = page, site, witness

    def visits(self, place: str = "") -> Chat:
        """Open a page of the site."""
        self.page.goto(self.site + place)
        return self

    def opens(self) -> Chat:
        """Click the launcher."""
        self.launcher.click()
        expect(self.panel).to_be_visible()
        return self

    @property
    def widget(self) -> Locator:
        """All of it."""
        return self.page.locator("gateway-chat")

    @property
    def launcher(self) -> Locator:
        """The button on the page."""
        return self.widget.locator("button.launch")

    @property
    def panel(self) -> Locator:
        """The open chat."""
        return self.widget.get_by_role("dialog")

    @property
    def log(self) -> Locator:
        """What was said."""
        return self.widget.get_by_role("log")

    @property
    def composer(self) -> Locator:
        """Where the visitor writes."""
        return self.panel.locator("textarea[data-first]")

    def says(self, *texts: str) -> None:
        """Write and send, one after another."""
        for text in texts:
            self.composer.fill(text)
            self.composer.press("Enter")

    @property
    def own(self) -> Locator:
        """The visitor's bubbles."""
        return self.log.locator(".g.me .m:not(.up) p")

    @property
    def answers(self) -> Locator:
        """The operator's bubbles."""
        return self.log.locator(".g.op .m:not(.ty) p")

    def shows(self, own: list[str], answers: list[str]) -> None:
        """Exactly these bubbles, each once and in order. The line's own texts are not looked at."""
        if own:
            expect(self.own).to_have_text(own)
        automatic = re.compile("Thank you for writing|Everybody is busy")
        expect(self.answers.filter(has_not_text=automatic)).to_have_text(answers)
