"""Only what no database can keep is taken out of what people write, and the rest is the same value still."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from gateway.domain.ids import ChannelId
from gateway.domain.inbound import Claim, IncomingFile, MessageReceived, Sender
from gateway.domain.storable import storable

NOW = datetime(2026, 1, 5, 9, tzinfo=UTC)


def test_nul_goes_and_half_an_emoji_is_shown_as_such() -> None:
    given = {"te\0xt": "Hel\0lo 👋🏽", "all": ["a\0", {"b": "\ud83dc"}], "number": 1, "nothing": None}
    assert storable(given) == {"text": "Hello 👋🏽", "all": ["a", {"b": "\ufffdc"}], "number": 1, "nothing": None}


def test_a_message_is_looked_through_to_its_last_file() -> None:
    said = MessageReceived(
        ChannelId("chn_1"), "x\0", "ann", Sender((Claim("visitor", "a"),), name="An\udc00n"), "Hello", NOW,
        files=(IncomingFile("ca\0t.png", "image/png", content=b"\0"),),
    )  # fmt: skip
    kept = storable(said)
    assert (kept.external_id, kept.sender.name, kept.files[0].name, kept.files[0].content) == (
        "x",
        "An\ufffdn",
        "cat.png",
        b"\0",
    )
    assert storable(kept) is kept


@given(st.text(st.characters()))
def test_whatever_is_written_can_be_kept(text: str) -> None:
    kept = storable(text)
    assert kept.encode().decode() == kept
    assert "\0" not in kept
    assert len(kept) == len(text) - text.count("\0")
