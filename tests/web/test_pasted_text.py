"""What people paste without seeing it must not keep their words from being stored: NUL, half of an emoji."""

from __future__ import annotations

import json
from typing import Any

from gateway.ports.core import Core
from gateway.store.opening import open_store
from gateway.web.widget_wire import MessageWire, understand
from gateway.web.wire import loads
from tests.fakes.blobs import DictBlobs
from tests.fakes.clock import CountedIds, HandClock
from tests.fakes.signals import SilentSignals
from tests.flows.office import Office
from tests.web.house import OLGA, House

UNSEEN = "Hel\0lo 👋🏽 \ud83d\u200fשלום " + "x" * 49_000


async def test_what_a_visitor_pastes_is_stored_on_postgresql(postgres_url: str) -> None:
    clock, ids = HandClock(), CountedIds()
    async with open_store(postgres_url, clock=clock, ids=ids) as opened:
        office = Office(Core(opened.store, clock, ids, SilentSignals(), DictBlobs()), clock)
        await office.furnish()
        message: Any = understand(MessageWire, loads(json.dumps({"client_id": "a1", "text": UNSEEN})))
        ann = await office.write("Ann", message.text)
        assert (await office.conversation(ann)).preview.startswith("Hello 👋🏽 \ufffd")


async def test_what_an_operator_pastes_is_stored(house: House) -> None:
    talk = await house.ann_writes()
    browser = await house.browser(OLGA)
    answer = await browser.post(
        f"/api/v1/conversations/{talk.id}/messages", {"client_id": "o1", "type": "note", "text": "Good\0 morning"}
    )
    assert (await answer.json())["text"] == "Good morning"
