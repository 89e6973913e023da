"""The widget as a guest: on a site of another origin under a policy that forbids almost everything, in any brand colour."""

from __future__ import annotations

from itertools import product

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import People
from tests.browser.desk import Desk
from tests.browser.shop import Shop

BROKEN_POLICIES = """window.broken = []
addEventListener('securitypolicyviolation', (event) => broken.push(`${event.violatedDirective} ${event.blockedURI}`))"""
STEPS = ("00", "33", "66", "99", "cc", "ff")
COLOURS = [f"#{red}{green}{blue}" for red, green, blue in product(STEPS, repeat=3)]
WORST = """([frame, colours]) => {
  const pen = new OffscreenCanvas(1, 1).getContext('2d', {willReadFrequently: true})
  const probe = frame.appendChild(document.createElement('i'))
  const rgb = (token) => {
    probe.style.color = `var(${token})`
    pen.fillStyle = '#000'; pen.fillStyle = getComputedStyle(probe).color; pen.fillRect(0, 0, 1, 1)
    return pen.getImageData(0, 0, 1, 1).data
  }
  const linear = (v) => (v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4
  const light = ([r, g, b]) => 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b)
  const contrast = (one, other) => {
    const [a, b] = [light(rgb(one)), light(rgb(other))].sort((x, y) => y - x)
    return (a + 0.05) / (b + 0.05)
  }
  const pairs = {
    '--on on --b': 4.5, '--t on --wash': 4.5, '--t on --s': 4.5, '--mu on --wash': 4.5, '--ink on --s2': 4.5, '--e on --s': 3,
  }
  const worst = {}
  for (const theme of ['light', 'dark']) for (const colour of colours) {
    frame.dataset.theme = theme
    frame.style.setProperty('--b', colour)
    for (const [pair, least] of Object.entries(pairs)) {
      const [one, other] = pair.split(' on ')
      const found = contrast(one, other)
      const name = `${theme} ${pair}`
      if (!worst[name] || found < worst[name].found) worst[name] = {found, colour, least}
    }
  }
  probe.remove()
  return worst
}"""


def test_the_widget_works_on_a_strict_site_of_another_origin(people: People, olga: Desk, shop: Shop) -> None:
    ann = people.ann(shop.site("demo"))
    ann.page.add_init_script(BROKEN_POLICIES)
    ann.visits()
    expect(ann.page.get_by_role("heading", name="Another shop")).to_be_visible()
    ann.opens().says("Do you ship abroad?")
    olga.accepts("Do you ship abroad?")
    olga.writes("We do, to most countries.")
    ann.shows(["Do you ship abroad?"], ["We do, to most countries."])
    ann.widget.get_by_role("button", name="Emoji").click()
    ann.widget.get_by_role("button", name="More").click()
    expect(ann.widget.get_by_role("menu")).to_be_visible()
    ann.page.reload()
    ann.shows(["Do you ship abroad?"], ["We do, to most countries."])
    assert ann.page.evaluate("broken") == []
    assert ann.page.evaluate("document.querySelectorAll('[style]').length") <= 1, "styles in attributes on somebody's page"
    assert ann.page.context.cookies() == []


@pytest.mark.timeout(120)
def test_every_brand_colour_can_be_read(people: People) -> None:
    ann = people.ann().visits().opens()
    assert len(COLOURS) >= 100
    worst = ann.page.evaluate(WORST, [ann.widget.locator(".w").element_handle(), COLOURS])
    assert len(worst) == 12
    poor = {name: each for name, each in worst.items() if each["found"] < each["least"]}
    assert not poor, poor
