"""The house is told to stop while people talk: they hear of it, it ends soon, and goes on where it was."""

from __future__ import annotations

import asyncio
import os
import signal

import pytest

from tests.eventually import eventually
from tests.flows.doors.console import Console
from tests.flows.doors.house import House
from tests.flows.doors.visitor import Visitor
from tests.servers.process import answers


async def test_it_says_goodbye_ends_soon_and_goes_on_where_it_was(olga: Console, ann: Visitor, house: House) -> None:
    await ann.says("Hello", client_id="stop-1")
    talk = await olga.accept_next()
    assert await asyncio.to_thread(house.stop) == 0
    assert ann.goodbyes, "Ann was not told"
    assert house.logged("web.draining")
    assert not house.logged("web.drain_cut"), "an idle house waited for the end of its patience"
    await ann.leaves()
    await asyncio.to_thread(house.start)
    await ann.opens_the_page()
    await ann.connects()
    await olga.write(talk["id"], "Still here")
    await eventually(lambda: ann.sees() == ["Still here"])


async def test_a_process_that_dies_is_begun_again_and_nobody_outlives_the_first(
    olga: Console, ann: Visitor, house: House
) -> None:
    if house.processes == 1:
        pytest.skip("one process looks after nobody")
    await ann.says("Hello", client_id="dies-1")
    talk = await olga.accept_next()
    for line in house.logged("process.began"):
        os.kill(line["pid"], signal.SIGKILL)
    await eventually(lambda: len(house.logged("gateway.ready")) == 2 * house.processes, within=45)
    assert [line["how"] for line in house.logged("process.died")] == ["SIGKILL"] * house.processes
    await ann.leaves()
    await ann.connects()
    await olga.write(talk["id"], "Still here")
    await eventually(lambda: ann.sees() == ["Still here"])
    await asyncio.to_thread(house.behead)
    await eventually(lambda: not answers(house.port))
    await ann.leaves()
    await asyncio.to_thread(house.start)
