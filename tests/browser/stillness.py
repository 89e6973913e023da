"""Waiting for a page to come to rest: what still fades in has no honest contrast, what still grows has no honest size."""

from __future__ import annotations

from playwright.sync_api import Page

SETTLED = """() => Promise.all(
  [document, document.querySelector('gateway-chat')?.shadowRoot].flatMap((root) => root?.getAnimations() ?? [])
  .filter((one) => one.effect.getTiming().iterations !== Infinity)
  .map((one) => one.finished.catch(() => 0)))"""


def settle(page: Page) -> None:
    """Until no animation runs, except those that never end. The next frame is asked for first: it may begin some."""
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    page.evaluate(SETTLED)
