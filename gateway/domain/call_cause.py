"""Why a leg or a call ended, in one vocabulary. Pure.

PBXs speak Q.850 numbers, SIP codes or words of their own; the table follows ITU-T Q.850 and RFC 3398, and the words
seen in the field. A cause nobody knows is `normal`: it decides nothing.
"""

from __future__ import annotations

from typing import Literal

Cause = Literal[
    "normal", "remote_hangup", "busy", "no_answer", "rejected", "elsewhere", "unavailable", "failed", "voicemail"
]  # fmt: skip

_Q850: dict[Cause, set[int]] = {
    "busy": {17},
    "no_answer": {18, 19, 102},
    "rejected": {21},
    "elsewhere": {26, 502},  # FreeSWITCH calls it LOSE_RACE
    "unavailable": {20, 27},
    "remote_hangup": {487},
    "failed": {1, 2, 3, 22, 28, 34, 38, 41, 42, 50, 52, 54, 57, 58, 65, 88},
}
_SIP: dict[Cause, set[int]] = {
    "busy": {486, 600},
    "no_answer": {408, 504},
    "rejected": {401, 403, 407, 603},
    "unavailable": {480},
    "remote_hangup": {487},
    "failed": {400, 402, 404, 410, 483, 484, 485, 488, 500, 501, 502, 503, 604, 606},
}
_WORDS: dict[Cause, set[str]] = {
    "busy": {"busy", "user_busy", "operator_busy", "queue_full"},
    "no_answer": {
        "no_answer", "noanswer", "timeout", "unanswered", "no_response", "ring_timeout", "allotted_timeout", "queue_timeout",
    },
    "rejected": {"rejected", "call_rejected", "declined"},
    "elsewhere": {"elsewhere", "answered_elsewhere", "another_operator_answer", "lose_race", "picked_up"},
    "unavailable": {"unavailable", "unreachable", "chanunavail", "not_registered", "no_agents", "subscriber_absent"},
    "remote_hangup": {
        "remote_hangup", "cancel", "cancelled", "canceled", "originator_cancel", "abandoned", "caller_hangup",
        "subscriber_disconnects",
    },
    "failed": {
        "failed", "network", "congestion", "no_money", "billing", "invalid_number", "unallocated_number", "error",
        "line_limit", "no_route", "forbidden",
    },
    "voicemail": {"voicemail"},
}  # fmt: skip


def read_cause(raw: str | None) -> Cause:
    """`17`, `q850:17`, `sip:486` or a word. A bare number is Q.850 up to 127 and SIP from 400 on."""
    word = (raw or "").strip().lower().replace(" ", "_").replace("-", "_")
    dialect, _, rest = word.rpartition(":")
    if rest.isascii() and rest.isdigit():
        number = int(rest)
        sip = dialect == "sip" or (dialect != "q850" and number >= 400)
        return _find(_SIP if sip else _Q850, number)
    return _find(_WORDS, rest)


def _find(table: dict[Cause, set[int]] | dict[Cause, set[str]], value: int | str) -> Cause:
    return next((cause for cause, members in table.items() if value in members), "normal")
