"""What became of a call that is over. Pure. First rule that matches wins; see docs/adr/0008-calls-are-folded-from-facts.md.

Only people answer: the technical "answer" of a queue, a menu or voicemail never makes a call answered.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from gateway.domain.call import Call, CallLeg, Outcome
from gateway.domain.call_cause import Cause, read_cause

PRESUMED = "presumed-end"  # the fact id of an end that no PBX reported
_SYSTEM_ENDED: set[Cause] = {"busy", "no_answer", "rejected", "unavailable", "failed"}
_MISSED: dict[Cause, Outcome] = {
    "busy": "missed_busy",
    "unavailable": "missed_busy",
    "no_answer": "missed_no_answer",
    "rejected": "rejected",
    "failed": "failed",
}
_NOT_REACHED: dict[Cause, Outcome] = {
    "busy": "busy",
    "unavailable": "no_answer",
    "no_answer": "no_answer",
    "rejected": "rejected",
    "failed": "failed",
}


def decide(call: Call, *, short_abandon: timedelta, line_open: bool) -> Outcome:
    """The outcome of an ended call."""
    if call.answered_at or _talked(call):
        return "answered"
    cause = _why(call)
    if call.direction != "inbound":
        return _NOT_REACHED.get(cause, "cancelled")
    return _missed(call, cause, short_abandon=short_abandon, line_open=line_open)


def outranks(kept: Outcome | None, found: Outcome) -> bool:
    """Would replacing `kept` by `found` be a downgrade?"""
    return kept is not None and _rank(kept) > _rank(found)


def _missed(call: Call, cause: Cause, *, short_abandon: timedelta, line_open: bool) -> Outcome:
    if cause == "voicemail" or any(leg.role == "voicemail" and leg.answered_at for leg in call.legs):
        return "voicemail"
    if not line_open and not _people(call):
        return "missed_off_hours"
    if cause in _MISSED:
        return _MISSED[cause]
    waiting_since = call.queued_at or call.first_ring_at or call.started_at
    if waiting_since and call.ended_at and call.ended_at - waiting_since < short_abandon:
        return "missed_abandoned_short"
    return "missed_abandoned"


def _why(call: Call) -> Cause:
    """What the PBX says of the call; where it says nothing, what its last legs tell. A caller who left beats both."""
    cause = read_cause(call.cause)
    if cause != "normal" and cause != "elsewhere":
        return cause
    ends = {read_cause(leg.cause) for leg in _people(call)} - {"elsewhere"}
    if not ends or not ends <= _SYSTEM_ENDED:
        return "normal"  # at least one phone stopped ringing because the caller gave up
    order: Sequence[Cause] = ("no_answer", "busy", "rejected", "unavailable", "failed")
    return next(known for known in order if known in ends)


def _people(call: Call) -> list[CallLeg]:
    kinds = ("remote", "external") if call.direction == "outbound" else ("agent", "external")
    return [leg for leg in call.legs if leg.role in kinds]


def _talked(call: Call) -> bool:
    return any(fact.kind == "call.ended" and (fact.duration_s or 0) > 0 for fact in call.facts)


def _rank(outcome: Outcome) -> int:
    return {"answered": 2, "voicemail": 1}.get(outcome, 0)
