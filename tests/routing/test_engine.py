"""Who is asked: tables of refusals, and properties of whole passes."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.domain.conversation import Conversation
from gateway.domain.ids import (
    ChannelId,
    ContactId,
    ConversationId,
    DialogueId,
    LineId,
    OperatorId,
)
from gateway.domain.line import Line
from gateway.domain.offer import QueueEntry
from gateway.domain.operator import Operator, Presence
from gateway.routing.engine import Decision, Member, Snapshot, decide, judge, load_of
from tests.fakes.clock import MONDAY

LINE = LineId("lin_1")
OLGA, IVAN = OperatorId("opr_olga"), OperatorId("opr_ivan")


def line(**changes: Any) -> Line:
    return replace(Line(LINE, "Sales", members=(OLGA, IVAN), limit=2.0), **changes)


def member(who: OperatorId, *held: Conversation, **presence: Any) -> Member:
    here = replace(Presence(who, "online", MONDAY, MONDAY), **presence)
    return Member(Operator(who, f"{who}@example.com", who, ("operator",)), here, held)


def talk(number: int, **changes: Any) -> Conversation:
    made = Conversation(
        id=ConversationId(f"cnv_{number}"), number=number, dialogue_id=DialogueId(f"dlg_{number}"),
        channel_id=ChannelId("chn_1"), channel_kind="webchat", line_id=LINE, contact_id=ContactId(f"con_{number}"),
        lead_id=None, state="queued", opened_at=MONDAY, last_at=MONDAY,
    )  # fmt: skip
    return replace(made, **changes)


def entry(conversation: Conversation, **changes: Any) -> QueueEntry:
    return replace(QueueEntry(conversation.id, LINE, conversation.contact_id, MONDAY), **changes)


def one_pass(*waiting: Conversation, crew: list[Member], on: Line | None = None, **queued: Any) -> list[Decision]:
    places = [(entry(conversation, **queued), conversation) for conversation in waiting]
    return decide(Snapshot(MONDAY, places, {LINE: on or line()}, {m.operator.id: m for m in crew}))


@pytest.mark.parametrize(
    ("who", "queued", "verdict"),
    [
        (member(OLGA), {}, "ok"),
        (replace(member(OLGA), presence=None), {}, "offline"),
        (member(OLGA, state="offline"), {}, "offline"),
        (member(OLGA, state="away"), {}, "away"),
        (member(OLGA, seen_at=MONDAY - timedelta(seconds=46)), {}, "stale_presence"),
        (member(OLGA, streak=2), {}, "not_responding"),
        (member(OLGA), {"passed": {OLGA: "lapsed_this_round"}}, "lapsed_this_round"),
        (member(OLGA, talk(8, state="active"), talk(9, state="active")), {}, "full"),
        (member(OperatorId("opr_other")), {}, "not_member"),
        (replace(member(OLGA), operator=replace(member(OLGA).operator, active=False)), {}, "not_active"),
        (None, {}, "not_member"),
    ],
)
def test_each_refusal_has_its_code(who: Member | None, queued: dict[str, Any], verdict: str) -> None:
    waiting = talk(1)
    assert judge(who, line(), entry(waiting, **queued), waiting, MONDAY) == verdict


def test_two_conversations_of_one_contact_count_once() -> None:
    same = [talk(1, state="active"), talk(2, state="active", contact_id=ContactId("con_1"))]
    assert load_of(same, line(), MONDAY).units == 1.0


def test_a_messenger_gets_lighter_after_a_quarter_of_an_hour_of_their_silence() -> None:
    quiet = talk(1, channel_kind="telegram", state="active", turn="theirs", last_at=MONDAY - timedelta(minutes=15))
    assert load_of([quiet], line(), MONDAY).units == 0.25
    assert load_of([replace(quiet, turn="ours")], line(), MONDAY).units == 1.0


def test_a_second_conversation_of_a_held_contact_fits_though_the_person_is_full() -> None:
    held = [talk(8, state="active"), talk(9, state="active")]
    waiting = talk(10, contact_id=ContactId("con_9"))
    assert judge(member(OLGA, *held), line(), entry(waiting), waiting, MONDAY) == "ok"


def test_the_wanted_person_comes_first_and_is_forgotten_when_away() -> None:
    crew = [member(OLGA, last_offer_at=MONDAY), member(IVAN)]
    (decision,) = one_pass(talk(1), crew=crew, wanted=OLGA, why_wanted="responsible")
    assert (decision.asked, decision.rule) == ((OLGA,), "responsible")
    (decision,) = one_pass(talk(1), crew=[member(OLGA, state="away"), member(IVAN)], wanted=OLGA, why_wanted="responsible")
    assert (decision.asked, decision.rule) == ((IVAN,), "evenly")
    assert decision.verdicts[OLGA] == "away"


def test_strictly_begins_at_the_first_each_time() -> None:
    made = one_pass(talk(1), talk(2), crew=[member(IVAN), member(OLGA)], on=line(distribution="strictly"))
    assert [decision.asked for decision in made] == [(OLGA,), (OLGA,)]


def test_all_asks_everybody_who_can() -> None:
    (decision,) = one_pass(talk(1), crew=[member(IVAN), member(OLGA)], on=line(distribution="all"))
    assert set(decision.asked) == {OLGA, IVAN}


def test_after_everybody_passed_a_new_round_begins_only_after_a_pause() -> None:
    passed = {OLGA: "declined_this_round", IVAN: "lapsed_this_round"}
    busy = [member(OLGA, last_offer_at=MONDAY), member(IVAN, last_offer_at=MONDAY)]
    assert one_pass(talk(1), crew=busy, passed=passed, asked_at=MONDAY - timedelta(seconds=29)) == []
    (decision,) = one_pass(talk(1), crew=busy, passed=passed, asked_at=MONDAY - timedelta(seconds=30))
    assert (decision.asked, decision.new_round) == ((), True)


@given(st.integers(1, 6), st.integers(0, 40), st.floats(1, 8))
def test_shares_differ_by_at_most_one_and_nobody_is_over_the_limit(people: int, chats: int, limit: float) -> None:
    crew = [member(OperatorId(f"opr_{n}")) for n in range(people)]
    on = line(members=tuple(m.operator.id for m in crew), limit=limit)
    # each pass gives one turn per person at one instant; the clock moves between turns
    counts = {m.operator.id: 0 for m in crew}
    members = {m.operator.id: m for m in crew}
    for number in range(chats):
        now = MONDAY + timedelta(seconds=number)
        members = {id: replace(m, presence=replace(m.presence, seen_at=now)) for id, m in members.items() if m.presence}
        made = decide(Snapshot(now, [(entry(talk(number)), talk(number))], {LINE: on}, members))
        if not made:
            assert all(load_of(m.held, on, now).units + 1 > limit for m in members.values())
            continue
        who = made[0].asked[0]
        counts[who] += 1
        held = members[who]
        assert held.presence
        members[who] = replace(
            held, held=(*held.held, talk(number, state="active")), presence=replace(held.presence, last_offer_at=now)
        )
    assert max(counts.values()) - min(counts.values()) <= 1
    assert all(load_of(m.held, on, MONDAY).units <= limit for m in members.values())
