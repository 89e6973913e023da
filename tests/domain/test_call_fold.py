"""Calls folded from facts: stories of what truly happened, and the law that order and repetition do not matter."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.domain.call import Call, CallFact, FactKind
from gateway.domain.call_fold import fold, settle
from gateway.domain.errors import IllegalMove
from gateway.domain.ids import CallId, ChannelId, DialogueId, LineId, OperatorId

START = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
OLGA, IVAN = OperatorId("opr_olga"), OperatorId("opr_ivan")
DEVICES = {"101": OLGA, "102": IVAN}
NEW = Call(CallId("cal_1"), ChannelId("chn_1"), LineId("lin_1"), "call-1")
SHORT = timedelta(seconds=5)
Told = tuple[float, FactKind, dict[str, Any]]


def facts(*told: Told, direction: str | None = "inbound") -> list[CallFact]:
    """Facts with ids, seconds after nine o'clock."""
    return [
        CallFact("call-1", f"f{n}", kind, START + timedelta(seconds=at), **{"direction": direction, **more})
        for n, (at, kind, more) in enumerate(told)
    ]


def folded(told: Sequence[CallFact], call: Call = NEW) -> Call:
    """All facts, one after the other."""
    for fact in told:
        call = fold(call, fact, operator_of=DEVICES.get)
    return call


def settled(told: Sequence[CallFact], *, line_open: bool = True, hours: float = 24) -> Call:
    """The same, an eternity later."""
    return settle(folded(told), now=START + timedelta(hours=hours), short_abandon=SHORT, line_open=line_open)


def rings(at: float, device: str, leg: str | None = None, **more: Any) -> Told:
    """A phone begins to ring."""
    return at, "leg.ringing", {"device": device, "leg": leg or device, **more}


def answers(at: float, device: str, leg: str | None = None, **more: Any) -> Told:
    """A phone is picked up."""
    return at, "leg.answered", {"device": device, "leg": leg or device, **more}


def stops(at: float, leg: str, cause: str | None = None) -> Told:
    """A leg is over."""
    return at, "leg.ended", {"leg": leg, "cause": cause}


def over(at: float, cause: str | None = None, **more: Any) -> Told:
    """The call is over."""
    return at, "call.ended", {"cause": cause, **more}


OFFERED: Told = (0, "call.offered", {"remote": "+442071838750", "dialled": "+442071838700"})

STORIES: dict[str, tuple[list[Told], dict[str, Any]]] = {
    "answered by the phone that rang": (
        [OFFERED, rings(0, "101"), answers(3, "101"), over(12, "16")],
        {"outcome": "answered", "answered_by": OLGA, "remote": "+442071838750", "dialled": "+442071838700"},
    ),
    "a ring group: one call, the losers are neutral": (
        [
            OFFERED, rings(0, "101"), rings(0, "102"), rings(0, "103"), answers(3, "102"), stops(3, "101", "26"),
            stops(3, "103", "26"), over(8, "16"),
        ],
        {"outcome": "answered", "answered_by": IVAN},
    ),
    "a ring group that nobody answers is one missed call": (
        [
            OFFERED, rings(0, "101"), rings(0, "102"), stops(12, "101", "no_answer"), stops(12, "102", "no_answer"),
            over(12, "19"),
        ],
        {"outcome": "missed_no_answer", "answered_by": None},
    ),
    "the caller gives up while it rings": (
        [OFFERED, rings(0, "101"), stops(9, "101"), over(9, "remote_hangup")],
        {"outcome": "missed_abandoned"},
    ),
    "the caller gives up at once": (
        [OFFERED, rings(0, "101"), stops(4, "101"), over(4, "remote_hangup")],
        {"outcome": "missed_abandoned_short"},
    ),
    "busy": ([OFFERED, rings(0, "101"), stops(1, "101", "17"), over(1, "17")], {"outcome": "missed_busy"}),
    "busy, told by the leg alone": (
        [OFFERED, rings(0, "101"), stops(1, "101", "sip:486"), over(1, "16")],
        {"outcome": "missed_busy"},
    ),
    "the phone is not registered": ([OFFERED, over(0, "20")], {"outcome": "missed_busy"}),
    "rejected by the only phone": (
        [OFFERED, rings(0, "101"), stops(2, "101", "21"), over(2)],
        {"outcome": "rejected"},
    ),
    "a queue answers technically, the second phone really": (
        [
            OFFERED, (0, "leg.answered", {"leg": "q", "role": "queue"}), (0, "call.queued", {}), rings(0, "101"),
            stops(6, "101", "no_answer"), rings(7, "102"), answers(9.5, "102"), over(15.5, "16"),
        ],
        {"outcome": "answered", "answered_by": IVAN, "answered_at": START + timedelta(seconds=9.5), "queued_at": START},
    ),
    "abandoned in the queue although the queue had answered": (
        [
            OFFERED, (0, "leg.answered", {"leg": "q", "role": "queue"}), (0, "call.queued", {}), rings(0, "101"),
            stops(6, "101", "no_answer"), rings(7, "102"), stops(9, "102"), over(9, "16"),
        ],
        {"outcome": "missed_abandoned", "answered_at": None},
    ),
    "voicemail is not a person": (
        [
            OFFERED, rings(0, "101"), stops(6, "101", "no_answer"),
            (6, "leg.answered", {"leg": "vm", "role": "voicemail"}), over(20, "16"),
        ],
        {"outcome": "voicemail", "answered_by": None},
    ),
    "held twice": (
        [
            OFFERED, rings(0, "101"), answers(2, "101"), (5, "leg.held", {"leg": "101"}),
            (9, "leg.resumed", {"leg": "101"}), (12, "leg.held", {"leg": "101"}), (14, "leg.resumed", {"leg": "101"}),
            over(16),
        ],
        {"outcome": "answered"},
    ),
    "transferred blind, the second answers": (
        [
            OFFERED, rings(0, "101"), answers(2, "101"), (6, "call.transferred", {"leg": "101", "target": "102"}),
            stops(6, "101"), rings(6, "102"), answers(8.5, "102"), over(13.5, "16"),
        ],
        {"outcome": "answered", "answered_by": OLGA, "transfers": ("102",)},
    ),
    "transferred blind, nobody there: it was answered all the same": (
        [
            OFFERED, rings(0, "101"), answers(2, "101"), (6, "call.transferred", {"leg": "101", "target": "103"}),
            stops(6, "101"), rings(6, "103"), stops(11, "103", "remote_hangup"), over(11, "remote_hangup"),
        ],
        {"outcome": "answered", "answered_by": OLGA, "transfers": ("103",)},
    ),
    "a PBX that names no legs": (
        [OFFERED, (1, "leg.ringing", {}), (3, "leg.answered", {}), over(9)],
        {"outcome": "answered", "answered_by": None, "answered_at": START + timedelta(seconds=3)},
    ),
    "a PBX that only sums up": ([over(30, None, duration_s=21.0)], {"outcome": "answered", "answered_by": None}),
    "the answer was lost, the end was not": (
        [OFFERED, rings(0, "101"), over(30, "16", duration_s=21.0)],
        {"outcome": "answered"},
    ),
    "forwarded to a mobile that counts": (
        [OFFERED, (1, "leg.ringing", {"leg": "m", "role": "external", "device": "+447400123456"}),
         (4, "leg.answered", {"leg": "m", "role": "external"}), over(20)],
        {"outcome": "answered"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("story", STORIES)
def test_a_story_is_told_right(story: str) -> None:
    told, expected = STORIES[story]
    call = settled(facts(*told))
    assert {name: getattr(call, name) for name in expected} == expected
    assert call.state == "ended"
    assert all(leg.state == "ended" for leg in call.legs)


OUTBOUND: dict[str, tuple[list[Told], str, OperatorId | None]] = {
    "answered": ([rings(0, "101", "c"), answers(4, "101", "c"), over(30, "16")], "answered", OLGA),
    "busy": ([rings(0, "101", "c"), stops(1, "c", "17"), over(1, "17")], "busy", None),
    "not answered": ([rings(0, "101", "c"), stops(25, "c", "19"), over(25, "19")], "no_answer", None),
    "given up by ourselves": ([rings(0, "101", "c"), over(8, "cancelled")], "cancelled", None),
    "no such number": ([over(0, "1")], "failed", None),
    "our own phone was not picked up": (
        [rings(0, "101", "a", role="agent"), stops(20, "a", "16"), over(20, "16")], "cancelled", None,
    ),
    "our own phone was picked up, theirs was not": (
        [answers(2, "101", "a", role="agent"), rings(3, "", "c", role="remote"), stops(28, "c", "19"), over(28, "19")],
        "no_answer", None,
    ),
}  # fmt: skip


@pytest.mark.parametrize("story", OUTBOUND)
def test_an_outgoing_call_is_told_right(story: str) -> None:
    told, outcome, by = OUTBOUND[story]
    call = settled(facts(*told, direction="outbound"))
    assert (call.outcome, call.answered_by) == (outcome, by)


def test_hold_time_is_summed_and_an_open_hold_ends_with_the_call() -> None:
    told = facts(*STORIES["held twice"][0])
    assert settled(told).legs[0].held_seconds == 6
    open_hold = facts(answers(2, "101"), (5, "leg.held", {"leg": "101"}))
    assert folded(open_hold).state == "held"
    assert folded([*open_hold, CallFact("call-1", "end", "call.ended", START + timedelta(seconds=9))]).legs[
        0
    ].held_seconds == pytest.approx(4)


def test_a_call_at_night_that_rang_nobody_is_off_hours() -> None:
    assert settled(facts(OFFERED, over(20)), line_open=False).outcome == "missed_off_hours"
    rang = facts(OFFERED, rings(0, "101"), stops(20, "101"), over(20))
    assert settled(rang, line_open=False).outcome == "missed_abandoned"


def test_a_repeated_fact_returns_the_very_same_call() -> None:
    told = facts(OFFERED, rings(0, "101"))
    call = folded(told)
    assert fold(call, told[1], operator_of=DEVICES.get) is call


def test_a_fact_of_another_call_is_refused() -> None:
    with pytest.raises(IllegalMove):
        fold(NEW, replace(facts(OFFERED)[0], key="call-2"), operator_of=DEVICES.get)


def test_a_late_ringing_does_not_open_an_ended_call_again() -> None:
    call = folded(facts(over(5), rings(0, "101")))
    assert (call.state, call.legs[0].state) == ("ended", "ended")
    assert call.first_ring_at == START


def test_a_missed_call_becomes_answered_when_the_answer_arrives_late() -> None:
    told = facts(OFFERED, rings(0, "101"), over(30, "16"), answers(3, "101"))
    missed = settled(told[:3])
    assert missed.outcome == "missed_abandoned"
    late = fold(missed, told[3], operator_of=DEVICES.get)
    upgraded = settle(late, now=START + timedelta(hours=1), short_abandon=SHORT)
    assert (upgraded.outcome, upgraded.answered_by) == ("answered", OLGA)


def test_an_answered_call_is_never_downgraded() -> None:
    call = replace(settled(facts(OFFERED, over(30, "19"))), outcome="answered")
    assert settle(call, now=START + timedelta(hours=1), short_abandon=SHORT).outcome == "answered"


def test_a_running_call_has_no_outcome() -> None:
    call = folded(facts(OFFERED, rings(0, "101"), answers(3, "101")))
    assert settle(call, now=START + timedelta(minutes=5), short_abandon=SHORT) is call


def test_silence_ends_a_call_whose_legs_have_all_ended() -> None:
    told = facts(OFFERED, rings(0, "101"), answers(3, "101"), stops(9, "101"))
    early = settle(folded(told), now=START + timedelta(seconds=20), short_abandon=SHORT)
    assert (early.state, early.outcome) == ("talking", None)
    late = settle(folded(told), now=START + timedelta(seconds=40), short_abandon=SHORT)
    assert (late.state, late.outcome, late.ended_at) == ("ended", "answered", START + timedelta(seconds=9))


def test_what_the_pbx_says_later_replaces_a_presumed_end() -> None:
    told = facts(OFFERED, rings(0, "101"), stops(9, "101"), over(11, "19"))
    presumed = settled(told[:3])
    corrected = settle(folded(told[3:], presumed), now=START + timedelta(hours=1), short_abandon=SHORT)
    assert (corrected.ended_at, corrected.outcome) == (START + timedelta(seconds=11), "missed_no_answer")


def test_a_ringing_leg_whose_end_was_lost_does_not_ring_for_ever() -> None:
    told = facts(OFFERED, rings(0, "101"))
    assert settled(told, hours=0.2).outcome is None
    assert settled(told, hours=0.3).outcome == "missed_abandoned_short"


def test_the_recordings_address_is_not_kept_with_the_call() -> None:
    secret = CallFact("call-1", "r", "recording.ready", START, recording_url="https://pbx.example/secret.wav")
    assert "secret" not in repr(folded([secret]))


def test_the_number_a_call_was_tied_by_stays() -> None:
    told = facts(OFFERED, rings(0, "101", remote="02071838750"), over(9))
    tied = replace(folded(told[:1]), remote="+442071838750", dialogue_id=DialogueId("dlg_1"))
    assert folded(told[1:], tied).remote == "+442071838750"


KINDS: list[FactKind] = [
    "call.offered", "call.queued", "leg.ringing", "leg.answered", "leg.held", "leg.resumed", "leg.ended",
    "call.transferred", "call.ended", "recording.ready", "recording.failed",
]  # fmt: skip
ROLES = {"a": "agent", "b": "agent", "q": "queue", "v": "voicemail", "m": "external"}


@st.composite
def some_facts(draw: st.DrawFn) -> list[CallFact]:
    """Any facts of one call, contradictory times and all; a leg's role and device stay what they are."""
    direction = draw(st.sampled_from(["inbound", "outbound", "internal", None]))
    made = []
    for number in range(draw(st.integers(min_value=1, max_value=12))):
        leg = draw(st.sampled_from([*ROLES, None]))
        made.append(
            CallFact(
                "call-1", f"f{number}", draw(st.sampled_from(KINDS)),
                START + timedelta(seconds=draw(st.integers(min_value=0, max_value=20))),
                direction=direction,  # type: ignore[arg-type]
                leg=leg, role=ROLES[leg] if leg else None,  # type: ignore[arg-type]
                device=draw(st.sampled_from(["101", "102", None])),
                remote=draw(st.sampled_from([None, "+1", "+2"])), target=draw(st.sampled_from([None, "102"])),
                cause=draw(st.sampled_from([None, "16", "17", "19", "26", "remote_hangup"])),
                duration_s=draw(st.sampled_from([None, 0.0, 7.0])),
            )
        )  # fmt: skip
    return made


@given(some_facts(), st.randoms(use_true_random=False))
def test_any_order_and_any_repetition_give_the_same_call(told: list[CallFact], chance: random.Random) -> None:
    shuffled = told * chance.randint(1, 3)
    chance.shuffle(shuffled)
    assert folded(shuffled) == folded(told)
    assert settled(shuffled) == settled(told)


RANK = {"new": 0, "queued": 1, "ringing": 2, "talking": 3, "held": 3, "ended": 4}
LEG_RANK = {"created": 0, "ringing": 1, "answered": 2, "ended": 3}


@given(some_facts())
def test_nothing_ever_moves_backwards(told: list[CallFact]) -> None:
    call = NEW
    for fact in told:
        after = fold(call, fact, operator_of=DEVICES.get)
        assert RANK[after.state] >= RANK[call.state]
        assert call.answered_at is None or (after.answered_at is not None and after.answered_at <= call.answered_at)
        legs = {leg.key: leg for leg in after.legs}
        for leg in call.legs:
            assert LEG_RANK[legs[leg.key].state] >= LEG_RANK[leg.state]
            assert leg.answered_at is None or legs[leg.key].answered_at is not None
        call = after


@given(some_facts(), st.randoms(use_true_random=False))
def test_settling_in_between_changes_nothing_about_being_answered(told: list[CallFact], chance: random.Random) -> None:
    call = NEW
    for fact in told:
        call = fold(call, fact, operator_of=DEVICES.get)
        if chance.random() < 0.5:
            call = settle(call, now=START + timedelta(hours=24), short_abandon=SHORT)
    final = settle(call, now=START + timedelta(hours=24), short_abandon=SHORT)
    assert (final.outcome == "answered") == (settled(told).outcome == "answered")
