"""Causes in every dialect mean the same few things."""

from __future__ import annotations

import pytest

from gateway.domain.call_cause import Cause, read_cause

CASES: dict[str | None, Cause] = {
    None: "normal",
    "": "normal",
    "16": "normal",
    "0": "normal",
    "something new": "normal",
    "17": "busy",
    "q850:17": "busy",
    "486": "busy",
    "sip:486": "busy",
    "SIP:600": "busy",
    "User Busy": "busy",
    "18": "no_answer",
    "19": "no_answer",
    "no answer": "no_answer",
    "NO-ANSWER": "no_answer",
    "NOANSWER": "no_answer",
    "21": "rejected",
    "603": "rejected",
    "26": "elsewhere",
    "502": "failed",
    "q850:502": "elsewhere",
    "LOSE_RACE": "elsewhere",
    "20": "unavailable",
    "480": "unavailable",
    "CHANUNAVAIL": "unavailable",
    "487": "remote_hangup",
    "q850:487": "remote_hangup",
    "Cancel": "remote_hangup",
    "34": "failed",
    "no money": "failed",
    "VOICEMAIL": "voicemail",
    "²": "normal",
}


@pytest.mark.parametrize("raw", CASES, ids=repr)
def test_a_cause_is_understood(raw: str | None) -> None:
    assert read_cause(raw) == CASES[raw]
