"""Folds facts into a Call, in whatever order and however often they come. Pure; reads no clock.

Facts are a set: `fold` adds one and derives everything else anew from all of them, so no order can matter and nothing
can move backwards, because every derived value only grows with the set (docs/adr/0008-calls-are-folded-from-facts.md).
When facts contradict each other, the earliest by their own time decides.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TypeVar

from gateway.domain.call import Call, CallFact, CallLeg, CallState, Direction, FactKind, LegRole, LegState
from gateway.domain.call_outcome import PRESUMED, decide, outranks
from gateway.domain.errors import IllegalMove
from gateway.domain.ids import OperatorId

OperatorOf = Callable[[str], OperatorId | None]
QUIET = timedelta(seconds=30)  # no live leg for this long means ended, where the PBX never says so
LONGEST_RING = timedelta(minutes=15)  # a leg whose end was lost is not alive for ever
LONGEST_TALK = timedelta(hours=12)
MAIN_LEG = "main"

_LEG_RANK: dict[FactKind, LegState] = {"leg.ringing": "ringing", "leg.answered": "answered", "leg.ended": "ended"}
_LEG_KINDS = (*_LEG_RANK, "leg.held", "leg.resumed")
T = TypeVar("T")


def fold(call: Call, fact: CallFact, *, operator_of: OperatorOf) -> Call:
    """The call with one more fact. A repeat (same fact_id) returns the very same call.

    operator_of names whose a device is; an operator once found for a leg stays. Once the call is tied to a dialogue, its
    `remote` is the number it was tied by and stays. Raises IllegalMove for another call's fact.
    """
    if fact.key != call.key:
        raise IllegalMove("This fact belongs to another call.")
    if fact.fact_id in call.seen:
        return call
    facts = tuple(sorted((*call.facts, replace(fact, recording_url=None)), key=lambda known: (known.at, known.fact_id)))
    return _derived(replace(call, facts=facts), operator_of)


def settle(call: Call, *, now: datetime, short_abandon: timedelta, line_open: bool = True, quiet: timedelta = QUIET) -> Call:
    """Decide the outcome once the call is over; the same call while it is not.

    Over: the PBX said so, or no leg has been alive for `quiet`. short_abandon: giving up sooner is not counted as
    missed. line_open: was the line open at `started_at`? A later settle may upgrade an outcome, never downgrade it.
    """
    over = _presumed_over(call, now=now, quiet=quiet)
    if over.state != "ended":
        return call
    outcome = decide(over, short_abandon=short_abandon, line_open=line_open)
    return over if outranks(over.outcome, outcome) else replace(over, outcome=outcome)


def _derived(call: Call, operator_of: OperatorOf) -> Call:
    facts = call.facts
    direction: Direction = _first(fact.direction for fact in facts) or "inbound"
    ended_at = _end(facts)
    known = {(leg.key, leg.device): leg.operator_id for leg in call.legs}
    role: LegRole = "remote" if direction == "outbound" else "agent"
    legs = tuple(_leg(key, _of_leg(facts, key), default=role, call_ended_at=ended_at) for key in _leg_keys(facts))
    legs = tuple(replace(leg, operator_id=known.get((leg.key, leg.device)) or operator_of(leg.device)) for leg in legs)
    answered = [(leg.answered_at, leg.key, leg) for leg in legs if leg.answered_at and counts(leg, direction)]
    talking = [leg for _, _, leg in sorted(answered, key=lambda entry: entry[:2])]
    return replace(
        call,
        direction=direction,
        remote=call.remote if call.dialogue_id else _first(fact.remote for fact in facts) or "",
        remote_name=_first(fact.remote_name for fact in facts) or "",
        dialled=_first(fact.dialled for fact in facts) or "",
        legs=legs,
        state=_state(facts, legs, talking=talking, ended=ended_at is not None),
        started_at=facts[0].at,
        queued_at=_time(facts, "call.queued"),
        first_ring_at=min((leg.ringing_at for leg in legs if leg.ringing_at), default=None),
        answered_at=talking[0].answered_at if talking else None,
        ended_at=ended_at,
        answered_by=_first(leg.operator_id for leg in talking),
        cause=_first(fact.cause for fact in facts if fact.kind == "call.ended"),
        transfers=tuple(fact.target for fact in facts if fact.kind == "call.transferred" and fact.target),
        updated_at=facts[-1].at,
    )


def counts(leg: CallLeg, direction: str) -> bool:
    """Is an answer on this leg a person's answer? A queue, a menu, voicemail and our own phone when we call are not."""
    people = ("remote", "external") if direction == "outbound" else ("agent", "external")
    return leg.role in people


def _leg(key: str, facts: Sequence[CallFact], *, default: LegRole, call_ended_at: datetime | None) -> CallLeg:
    ended_at = _time(facts, "leg.ended") or call_ended_at
    answered_at = _time(facts, "leg.answered")
    ringing_at = _time(facts, "leg.ringing")
    held_at, held_seconds = _holds(facts, until=ended_at)
    reached: tuple[tuple[datetime | None, LegState], ...] = (
        (ended_at, "ended"), (answered_at, "answered"), (ringing_at, "ringing"),
    )  # fmt: skip
    return CallLeg(
        key=key,
        role=_first(fact.role for fact in facts) or default,
        device=_first(fact.device for fact in facts) or "",
        state=next((state for at, state in reached if at), "created"),
        ringing_at=ringing_at,
        answered_at=answered_at,
        ended_at=ended_at,
        held_at=held_at,
        held_seconds=held_seconds,
        cause=_first(fact.cause for fact in facts if fact.kind == "leg.ended"),
    )


def _holds(facts: Sequence[CallFact], *, until: datetime | None) -> tuple[datetime | None, float]:
    """Hold is a toggle ordered by time: when the open one began, and the length of the closed ones in seconds."""
    since: datetime | None = None
    total = 0.0
    for fact in facts:
        at = min(fact.at, until) if until else fact.at
        if fact.kind == "leg.held":
            since = since or at
        elif fact.kind == "leg.resumed" and since:
            total, since = total + (at - since).total_seconds(), None
    if since and until:
        total, since = total + max(0.0, (until - since).total_seconds()), None
    return since, total


def _state(facts: Sequence[CallFact], legs: Sequence[CallLeg], *, talking: Sequence[CallLeg], ended: bool) -> CallState:
    """The furthest point reached; only talking and held alternate. A transfer that rings is still the same talk."""
    if ended:
        return "ended"
    if talking:
        live = [leg for leg in talking if leg.state == "answered"]
        return "held" if live and all(leg.held_at for leg in live) else "talking"
    if any(leg.ringing_at for leg in legs):
        return "ringing"
    return "queued" if _time(facts, "call.queued") else "new"


def _presumed_over(call: Call, *, now: datetime, quiet: timedelta) -> Call:
    """Ended by silence. The presumption is a fact like any other, and gives way to what the PBX says later."""
    if call.state == "ended" or not call.legs or now - call.facts[-1].at < _patience(call, quiet):
        return call
    at = max((leg.ended_at for leg in call.legs if leg.ended_at), default=call.facts[-1].at)
    presumption = CallFact(call.key, PRESUMED, "call.ended", at)
    return fold(call, presumption, operator_of=lambda _device: None)


def _patience(call: Call, quiet: timedelta) -> timedelta:
    states = {leg.state for leg in call.legs}
    if "answered" in states:
        return LONGEST_TALK
    return LONGEST_RING if states & {"ringing", "created"} else quiet


def _end(facts: Sequence[CallFact]) -> datetime | None:
    ends = [fact for fact in facts if fact.kind == "call.ended"]
    said = [fact.at for fact in ends if fact.fact_id != PRESUMED]
    if ends and not said:
        return facts[-1].at  # whatever was heard after the presumption happened before the end
    return min(said, default=None)


def _leg_keys(facts: Sequence[CallFact]) -> list[str]:
    return list(dict.fromkeys(_leg_key(fact) for fact in facts if fact.kind in _LEG_KINDS))


def _of_leg(facts: Sequence[CallFact], key: str) -> list[CallFact]:
    return [fact for fact in facts if fact.kind in _LEG_KINDS and _leg_key(fact) == key]


def _leg_key(fact: CallFact) -> str:
    return fact.leg or fact.device or MAIN_LEG


def _time(facts: Iterable[CallFact], kind: FactKind) -> datetime | None:
    return next((fact.at for fact in facts if fact.kind == kind), None)


def _first(values: Iterable[T | None]) -> T | None:
    return next((value for value in values if value), None)
