"""JSON as browsers write it, not as it should be."""

from __future__ import annotations

import json
from typing import Any

import pytest

from gateway.web.live import PAYLOAD_BYTES
from gateway.web.widget_wire import MessageWire, Opening, understand
from gateway.web.wire import SocketCodec, loads
from tests.front_door import SHOP, front_door


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('{"title": "Offer \\ud83d"}', {"title": "Offer \ufffd"}),
        (b'["\\uDC4B", "\\\\ud83d", 1]', ["\ufffd", "\\ud83d", 1]),
        ('"\\ud83d\\udc4b"', "👋"),
    ],
)
def test_half_an_emoji_does_not_cost_the_rest(text: str | bytes, value: Any) -> None:
    assert loads(text) == value
    assert SocketCodec.loads(text) == value


@pytest.mark.parametrize("text", ["[" * 100_000 + '"\\ud83d"', '["\\ud83d", NaN]', '{"\\ud83d"', b"\xff\\ud83d", ""])
def test_what_is_no_json_stays_none(text: str | bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - whatever the readers call it
        loads(text)


@pytest.mark.parametrize(
    "text", ['{"na\\u0000me": ["Ann\\u0000 Keller", "\\\\u0000"]}', b'{"name": ["Ann Keller\\u0000", "\\\\u0000"]}']
)
def test_what_no_database_can_keep_ends_at_the_door(text: str | bytes) -> None:
    assert loads(text) == {"name": ["Ann Keller", "\\u0000"]}


async def test_a_page_with_any_title_and_address_has_a_chat() -> None:
    async with front_door() as door:
        page = {"url": f"{SHOP}/?{'filter=1&' * 2000}", "title": "Ü" * 5000 + "\ud83d", "referrer": f"{SHOP}/{'r' * 9000}"}
        assert (await door.session(page=page))["status"] == 200
        ann = await door.browser()
        assert (await ann.ask("visitor.update", {"page": page}))["ok"]
        assert (await ann.say("Hello", client_id="a1"))["ok"]


async def test_a_page_whose_address_is_none_does_not_cost_the_message() -> None:
    async with front_door() as door:
        ann = await door.browser()
        await ann.ask("visitor.update", {"page": {"url": "http://[", "title": "", "referrer": ""}})
        assert (await ann.say("Hello", client_id="a1"))["ok"]


def test_the_longest_message_that_is_allowed_fits_through_the_socket() -> None:
    message = {"client_id": "a" * 64, "text": "😀" * 50_000, "files": ["att_" + "x" * 60] * 10}
    assert understand(MessageWire, message)
    assert understand(Opening, {"key": "k"})
    assert len(json.dumps(["message.send", message], ensure_ascii=False).encode()) < PAYLOAD_BYTES
