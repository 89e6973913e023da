"""Visitors close the page while they wait: those who left are abandoned, those who are still there somewhere are not."""

from __future__ import annotations

import asyncio
from typing import Any

import aiohttp

from tests.eventually import eventually
from tests.flows.doors.console import Console
from tests.flows.doors.house import House
from tests.flows.doors.visitor import Visitor

GRACE = 10


async def visitor_of(house: House, http: aiohttp.ClientSession, key: str, *, token: str | None = None) -> Visitor:
    """A browser with the chat open; the same token is another tab."""
    visitor = Visitor(house, http, key=key)
    visitor.token = token
    await eventually(visitor.finds_the_chat)
    await visitor.connects()
    return visitor


async def ended(olga: Console, who: str) -> dict[str, Any] | None:
    """The enquiry of this person, once it is over."""
    return next((row for row in await olga.conversations("closed") if row["contact_name"] == who), None)


async def waits(olga: Console, who: str) -> bool:
    """Nobody has answered, and nobody has given up."""
    return [row["state"] for row in await olga.conversations("waiting") if row["contact_name"] == who] in (
        ["queued"],
        ["offered"],
    )


async def test_who_left_is_abandoned_and_who_has_another_tab_is_not(
    olga: Console, house: House, http: aiohttp.ClientSession
) -> None:
    site = await olga.connect("webchat", {"site_name": "Larka Cycles", "leave_seconds": GRACE})
    ann, boris = [await visitor_of(house, http, site["key"]) for _ in range(2)]
    await ann.says("Is the Kestrel in stock?", client_id="tab-1", name="Ann")
    await boris.says("Call me: +44 20 7183 8700", client_id="tab-2", name="Boris")
    tabs = [await visitor_of(house, http, site["key"], token=ann.token) for _ in range(2)]
    for gone in (ann, tabs[0], boris):
        await gone.leaves()
    left = await eventually(lambda: ended(olga, "Boris"), within=GRACE + 15, every=0.2)
    assert (left["state"], left["operator_id"]) == ("abandoned", None)
    follow = next(row for row in await olga.conversations("waiting") if row["contact_name"] == "Boris")
    assert (follow["purpose"], follow["preview"], follow["lead_id"]) == ("callback", left["preview"], left["lead_id"])
    assert await waits(olga, "Ann")
    [told] = [event for event in olga.events("conversation.abandoned") if event["conversation_id"] == left["id"]]
    assert told["data"]["why"] == "left"
    await tabs[1].leaves()
    left = await eventually(lambda: ended(olga, "Ann"), within=GRACE + 15, every=0.2)
    assert (await olga.ask("GET", f"/leads/{left['lead_id']}"))["unreachable"]
    back = await visitor_of(house, http, site["key"], token=ann.token)
    await back.says("I am back", client_id="tab-3")
    assert await waits(olga, "Ann")
    await back.leaves()


async def test_a_restart_abandons_neither_everybody_nor_nobody(
    olga: Console, house: House, http: aiohttp.ClientSession
) -> None:
    site = await olga.connect("webchat", {"site_name": "Larka Cycles", "leave_seconds": GRACE})
    ann, boris = [await visitor_of(house, http, site["key"]) for _ in range(2)]
    await ann.says("Hello", client_id="restart-1", name="Ann")
    await boris.says("Hello", client_id="restart-2", name="Boris")
    await asyncio.to_thread(house.kill)  # nobody could notice who left
    await asyncio.to_thread(house.start)
    for gone in (ann, boris):
        await gone.leaves()
    again = await visitor_of(house, http, site["key"], token=ann.token)
    left = await eventually(lambda: ended(olga, "Boris"), within=GRACE + 20, every=0.2)
    assert left["state"] == "abandoned"
    assert await waits(olga, "Ann")
    await again.leaves()
