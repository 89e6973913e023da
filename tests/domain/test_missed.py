"""A missed call is kept as one line and given away as two facts; what people write is never taken for one."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from gateway.domain.conversation import Conversation
from gateway.domain.ids import ChannelId, ContactId, ConversationId, DialogueId, LineId
from gateway.domain.missed import MissedCall, missed_in
from gateway.domain.rows import conversation_row

MONDAY = datetime(2026, 1, 5, 10, tzinfo=UTC)
BORIS_PHONE = "+442071838764"
RANG = Conversation(
    ConversationId("cnv_1"), 1, DialogueId("dlg_1"), ChannelId("chn_1"), "pbx", LineId("lin_1"), ContactId("con_1"),
    None, "queued", MONDAY, purpose="callback",
)  # fmt: skip


@pytest.mark.parametrize("waited_s", [None, 0, 42, 725, 6_000])
def test_a_missed_call_comes_back_as_it_was_noted(waited_s: int | None) -> None:
    call = MissedCall(BORIS_PHONE, waited_s)
    assert missed_in(RANG.heard(at=MONDAY, preview=call.line)) == call


def test_a_row_tells_the_missed_call_as_facts() -> None:
    noted = RANG.heard(at=MONDAY, preview=MissedCall(BORIS_PHONE, 42).line)
    assert conversation_row(noted, contact_name="Boris")["missed"] == {"number": BORIS_PHONE, "waited_s": 42}


def test_somebody_who_writes_such_a_line_has_not_rung() -> None:
    chat = replace(RANG, channel_kind="webchat").heard(at=MONDAY, preview=MissedCall(BORIS_PHONE, 42).line)
    assert missed_in(chat) is None


def test_after_our_own_word_the_call_is_no_longer_the_last_thing() -> None:
    answered = RANG.heard(at=MONDAY, preview=MissedCall(BORIS_PHONE, 42).line).answered(at=MONDAY, preview="I rang.", by=None)
    assert missed_in(answered) == MissedCall(BORIS_PHONE, 42), "an automatic text covers nothing"
    assert missed_in(replace(answered, last_from="operator")) is None
