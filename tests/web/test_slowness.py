"""Peers that do not read are cut, on the widget's side as on the console's, and nobody else is delayed."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

from gateway.web import slowness
from tests.eventually import eventually
from tests.front_door import SHOP, FrontDoor, front_door

LONG = "x" * 4000


@asynccontextmanager
async def silent_reader(door: FrontDoor, token: str) -> AsyncIterator[Any]:
    """A browser's socket that comes in and reads no more, though it answers every ping that it does not see."""
    socket = await door.http.ws_connect(f"{door.url}/socket.io/?EIO=4&transport=websocket", headers={"Origin": SHOP})
    await socket.receive_str()
    await socket.send_str("40/widget," + json.dumps({"token": token}))
    await socket.receive_str()

    async def pong() -> None:
        while not socket.closed:
            with suppress(ConnectionError):
                await socket.send_str("3")
            await asyncio.wait([asyncio.create_task(asyncio.Event().wait())], timeout=0.3)

    task = asyncio.create_task(pong())
    try:
        yield socket
    finally:
        task.cancel()
        await socket.close()


async def test_a_visitor_who_asks_and_never_reads_is_cut() -> None:
    rates = dict.fromkeys(("sync", "message", "message.address"), "100000/second")
    async with front_door(rates=rates) as door:
        ann, boris = await door.browser(), await door.browser()
        for number in range(100):
            await ann.say(LONG, client_id=f"a{number}")
        async with silent_reader(door, ann.token) as lazy:
            for number in range(400):
                await lazy.send_str(f'42/widget,{number}["sync",{{"after":0}}]')
            await eventually(lambda: len(door.namespace.seats.by_sid) == 2)
            assert (await boris.say("Hello", client_id="b1"))["ok"]


async def test_a_visitor_who_is_told_and_never_reads_is_cut() -> None:
    async with front_door() as door:
        ann = await door.browser()
        await ann.say("Hello", client_id="a1")
        before = set(door.namespace.seats.by_sid)
        async with silent_reader(door, ann.token):
            (sid,) = set(door.namespace.seats.by_sid) - before
            seat = door.namespace.seats.by_sid[sid]
            for _ in range(3000):
                door.namespace._pushes.push([seat], "typing", {"on": True, "name": LONG})
            await eventually(lambda: sid not in door.namespace.seats.by_sid)
            assert (await ann.ask("sync", {"after": 0}))["ok"]


async def test_whoever_left_meanwhile_is_cut_without_a_stumble() -> None:
    async with front_door() as door:
        await door.browser()
        server = door.namespace.server
        await asyncio.gather(slowness.cut_connection(server, "gone"), slowness.cut(server, namespace="/widget", sid="gone"))
        assert slowness.unread(server, namespace="/widget", sid="gone") == 0
