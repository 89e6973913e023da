"""decide(snapshot) → who is asked next, and why. Pure: no clock, no database, no awaiting.

For each waiting conversation, in queue order: the person who is wanted first (responsible, last operator, transfer), then the
line's strategy over everybody who passes the filter. Every refusal has a reason code and is kept with the decision, so that a
supervisor can be told in a sentence. Capacity is counted from the conversations in the snapshot, never from a counter.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Literal

from gateway.domain.channel import QUIET_MINUTES, TRAITS
from gateway.domain.conversation import Conversation
from gateway.domain.ids import ContactId, ConversationId, LineId, OperatorId
from gateway.domain.line import Distribution, Line
from gateway.domain.offer import QueueEntry, Refusal
from gateway.domain.operator import PRESENCE_FRESH_SECONDS, Operator, Presence
from gateway.routing.strategies import STRATEGIES, Candidate

Verdict = Literal["ok"] | Refusal
Rule = Distribution | Literal["responsible", "last_operator", "transfer", "taken"]
ROUND_PAUSE = timedelta(seconds=30)  # before people who declined or lapsed are asked again
ABSENT: frozenset[Refusal] = frozenset({"offline", "away", "stale_presence"})
PASSED: frozenset[str] = frozenset({"lapsed_this_round", "declined_this_round"})


@dataclass(frozen=True, slots=True)
class Member:
    """One operator as the engine sees them, made for one pass. held: what they hold or are being offered now."""

    operator: Operator
    presence: Presence | None
    held: tuple[Conversation, ...] = ()
    _loads: dict[LineId, Load] = field(default_factory=dict, init=False, compare=False, repr=False)

    def load(self, line: Line, now: datetime) -> Load:
        """What they carry as this line counts it; worked out once, because everybody who waits asks for it."""
        found = self._loads.get(line.id)
        if found is None:
            found = self._loads[line.id] = load_of(self.held, line, now)
        return found


@dataclass(frozen=True, slots=True)
class Load:
    """Capacity units in use; several conversations of one contact count once, by the heaviest."""

    per_contact: Mapping[ContactId, float]
    units: float

    def added(self, conversation: Conversation, line: Line, now: datetime) -> float:
        """The units this conversation would cost on top."""
        if not _counts(conversation, line):
            return 0.0
        return max(0.0, weight_of(conversation, now) - self.per_contact.get(conversation.contact_id, 0.0))


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Everything a pass decides from. waiting is in queue order and of open lines only."""

    now: datetime
    waiting: Sequence[tuple[QueueEntry, Conversation]]
    lines: Mapping[LineId, Line]
    crew: Mapping[OperatorId, Member]


@dataclass(frozen=True, slots=True)
class Decision:
    """Ask these operators (several only in mode `all`), or nobody: then `new_round` tells to forget who passed."""

    conversation_id: ConversationId
    asked: tuple[OperatorId, ...]
    rule: Rule
    verdicts: Mapping[OperatorId, Verdict] = field(default_factory=dict)
    loads: Mapping[OperatorId, tuple[float, float]] = field(default_factory=dict)
    new_round: bool = False

    def among(self, there: Collection[OperatorId]) -> Decision:
        """The same, without those who have gone since."""
        return replace(self, asked=tuple(id for id in self.asked if id in there))


def decide(snapshot: Snapshot) -> list[Decision]:
    """At most one decision per waiting conversation; each counts for the next ones."""
    crew = dict(snapshot.crew)
    decisions = []
    for entry, conversation in snapshot.waiting:
        decision = _choose(snapshot, crew, entry, conversation)
        if decision is None:
            continue
        decisions.append(decision)
        for operator_id in decision.asked:
            crew[operator_id] = _after_offer(crew[operator_id], conversation, snapshot.now)
    return decisions


def _choose(
    snapshot: Snapshot, crew: Mapping[OperatorId, Member], entry: QueueEntry, conversation: Conversation
) -> Decision | None:
    line, now = snapshot.lines[conversation.line_id], snapshot.now
    people = [*line.members, *([entry.wanted] if entry.wanted and entry.wanted not in line.members else [])]
    verdicts = {id: judge(crew.get(id), line, entry, conversation, now) for id in people}
    loads = {id: (crew[id].load(line, now).units, limit_of(crew[id], line)) for id in people if id in crew}
    able = [id for id in people if verdicts[id] == "ok"]
    if not able:
        tired = any(v in PASSED for v in verdicts.values())
        again = tired and _rested(entry, now)
        return Decision(conversation.id, (), line.distribution, verdicts, loads, new_round=True) if again else None
    if entry.wanted in able and entry.wanted is not None:
        return Decision(conversation.id, (entry.wanted,), entry.why_wanted or "last_operator", verdicts, loads)
    ranked = STRATEGIES[line.distribution]([_candidate(crew[id], line, now, people.index(id)) for id in able])
    asked = ranked if line.distribution == "all" else ranked[:1]
    return Decision(conversation.id, tuple(c.operator_id for c in asked), line.distribution, verdicts, loads)


def judge(member: Member | None, line: Line, entry: QueueEntry, conversation: Conversation, now: datetime) -> Verdict:
    """May this person be asked now? The first refusal that applies, in the order of the filter."""
    if member is None or member.operator.id not in line.members:
        return "not_member"
    if not member.operator.active:
        return "not_active"
    if absent := absence_of(member.presence, now):
        return absent
    if member.operator.id in entry.passed:
        return entry.passed[member.operator.id]
    return "ok" if _has_room(member, line, conversation, now) else "full"


def absence_of(presence: Presence | None, now: datetime) -> Refusal | None:
    """Why nobody at this desk can be asked; None if somebody can."""
    if presence is None or presence.state == "offline":
        return "offline"
    if presence.state == "away":
        return "away"
    if (now - presence.seen_at).total_seconds() > PRESENCE_FRESH_SECONDS:
        return "stale_presence"
    return "not_responding" if presence.not_responding else None


def _has_room(member: Member, line: Line, conversation: Conversation, now: datetime) -> bool:
    load = member.load(line, now)
    added = load.added(conversation, line, now)
    return not added or load.units + added <= limit_of(member, line)


def limit_of(member: Member, line: Line) -> float:
    """The person's own limit, or the line's."""
    return member.operator.limit if member.operator.limit is not None else line.limit


def load_of(held: Iterable[Conversation], line: Line, now: datetime) -> Load:
    """Counted from the conversations themselves."""
    per_contact: dict[ContactId, float] = {}
    for conversation in held:
        if _counts(conversation, line):
            weight = weight_of(conversation, now)
            per_contact[conversation.contact_id] = max(weight, per_contact.get(conversation.contact_id, 0.0))
    return Load(per_contact, sum(per_contact.values()))


def weight_of(conversation: Conversation, now: datetime) -> float:
    """Live while the customer is owed an answer or spoke lately, quiet after QUIET_MINUTES of their silence."""
    traits = TRAITS[conversation.channel_kind]
    if conversation.turn == "ours" or conversation.last_at is None:
        return traits.live_weight
    silent = now - conversation.last_at >= timedelta(minutes=QUIET_MINUTES)
    return traits.quiet_weight if silent else traits.live_weight


def _counts(conversation: Conversation, line: Line) -> bool:
    match line.counts:
        case "unanswered":
            return conversation.turn == "ours" and conversation.state != "snoozed"
        case "answered_and_new":
            return conversation.state != "snoozed"
        case "until_closed":
            return True


def _rested(entry: QueueEntry, now: datetime) -> bool:
    """Counted for this conversation alone: in a busy line the people are asked for others all the time."""
    return entry.asked_at is None or now - entry.asked_at >= ROUND_PAUSE


def _candidate(member: Member, line: Line, now: datetime, place: int) -> Candidate:
    presence = member.presence
    turns = [t for t in ((presence.last_offer_at, presence.last_reply_at) if presence else ()) if t]
    load = member.load(line, now).units
    return Candidate(member.operator.id, place, load, limit_of(member, line), len(member.held), max(turns, default=None))


def _after_offer(member: Member, conversation: Conversation, now: datetime) -> Member:
    presence = replace(member.presence, last_offer_at=now) if member.presence else None
    return replace(member, held=(*member.held, conversation), presence=presence)
