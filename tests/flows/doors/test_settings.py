"""Settings that are applied beside the running gateway count at once."""

from __future__ import annotations

import asyncio

import aiohttp

from tests.eventually import eventually
from tests.flows.doors.console import Console
from tests.flows.doors.house import House
from tests.flows.doors.visitor import Visitor

SITE = """
channels:
  - name: Second shop
    kind: webchat
    line: {line}
    settings: {{site_name: Second shop}}
"""


async def test_a_channel_from_a_file_serves_within_seconds(olga: Console, house: House, http: aiohttp.ClientSession) -> None:
    name = next(line["name"] for line in (await olga.ask("GET", "/lines"))["items"] if line["id"] == olga.line)
    (house.folder / "second.yaml").write_text(SITE.format(line=name))
    assert "Second shop: added" in await asyncio.to_thread(house.command, "config", "apply", "second.yaml")
    channels = (await olga.ask("GET", "/channels"))["items"]
    ann = Visitor(house, http, key=next(channel["key"] for channel in channels if channel["name"] == "Second shop"))
    await eventually(ann.finds_the_chat, within=8, every=0.25)
