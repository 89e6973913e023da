"""What a visitor can ever see: for any thread, exactly the inbound and outbound messages, and first names only."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.domain import rows
from gateway.domain.event import Event
from gateway.domain.ids import CallId, ChannelId, ConversationId, DialogueId, MessageId
from gateway.domain.message import AnyMessage, CallEntry, InboundMessage, Note, OutboundMessage, SystemLine
from gateway.services.pace import Pace
from gateway.services.visitor_fields import Page, mail_address, phone_number
from gateway.services.visitor_rows import Lens
from gateway.services.visitors import Saying, Visitors
from gateway.store.opening import open_store
from tests.fakes.blobs import DictBlobs
from tests.fakes.clock import MONDAY, CountedIds, HandClock
from tests.fakes.signals import SilentSignals
from tests.flows.office import LINE, OLGA, SITE, open_office
from tests.front_door import reception_of

HIDDEN = "HIDDEN"
KINDS = st.sampled_from(["inbound", "outbound", "automatic", "note", "system", "call"])


def message(kind: str, *, seq: int, place: Any) -> AnyMessage:
    """One of this kind; what a visitor must not see says so."""
    base: dict[str, Any] = {
        "id": MessageId(f"msg_{seq}"), "dialogue_id": place.dialogue.id, "conversation_id": place.conversation.id, "seq": seq,
        "at": MONDAY, "created_at": MONDAY,
    }  # fmt: skip
    match kind:
        case "inbound":
            return InboundMessage(**base, text="said", channel_id=SITE, external_id=f"x{seq}")
        case "outbound" | "automatic":
            return OutboundMessage(**base, text="answered", channel_id=SITE, operator_id=OLGA if kind == "outbound" else None)
        case "note":
            return Note(**base, text=HIDDEN, operator_id=OLGA)
        case "system":
            return SystemLine(**base, text=HIDDEN, key="assigned", data={"by": HIDDEN})
        case _:
            return CallEntry(**base, text=HIDDEN, call_id=CallId(f"cal_{seq}"))


@given(kinds=st.lists(KINDS, max_size=60), after=st.integers(0, 70))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_whatever_is_in_the_thread_a_visitor_sees_both_sides_and_nothing_else(kinds: list[str], after: int) -> None:
    clock = HandClock()
    async with open_store(":memory:", clock=clock, ids=CountedIds()) as opened:
        office = await open_office(opened.store, SilentSignals(), DictBlobs(), clock)
        visitors = Visitors(reception_of(office))
        ann = reception_of(office).seals.newcomer(SITE, now=clock.now())
        await visitors.say(ann, Saying("a1", "Hello"))
        place = await visitors.place(ann)
        assert place is not None
        start = place.dialogue.last_seq

        async def fill(uow: Any) -> None:
            for n, kind in enumerate(kinds, start=start + 1):
                await uow.messages.add(message(kind, seq=n, place=place))

        await office.store.run(fill)
        answer, _ = await visitors.sync(ann, after=after)
        shown = [m["seq"] for m in answer["messages"]]
        visible = [1, *(n for n, kind in enumerate(kinds, start=start + 1) if kind in ("inbound", "outbound", "automatic"))]
        assert shown == [n for n in visible if n > after]
        assert HIDDEN not in repr(answer)


def test_a_lens_has_no_shape_for_what_stays_in_the_house() -> None:
    lens = Lens(lambda id: "Olga", lambda id: "t")
    for kind in ("note", "system", "call", "whatever comes later"):
        row = rows.message_row(_note()) | {"type": kind}
        assert lens.message(row) is None


def _note() -> Note:
    return Note(
        id=MessageId("msg_1"), dialogue_id=DialogueId("dlg_1"), conversation_id=ConversationId("cnv_1"), seq=1, at=MONDAY,
        created_at=MONDAY, text=HIDDEN, operator_id=OLGA,
    )  # fmt: skip


async def test_a_long_history_comes_in_pages() -> None:
    clock = HandClock()
    async with open_store(":memory:", clock=clock, ids=CountedIds()) as opened:
        office = await open_office(opened.store, SilentSignals(), DictBlobs(), clock)
        visitors = Visitors(reception_of(office))
        ann = reception_of(office).seals.newcomer(SITE, now=clock.now())
        for n in range(205):
            await visitors.say(ann, Saying(f"a{n}", f"Line {n}"))
        first, _ = await visitors.sync(ann, after=0)
        rest, _ = await visitors.sync(ann, after=first["seq"])
        assert (len(first["messages"]), first["more"], len(rest["messages"]), "more" in rest) == (200, True, 5, False)
        assert [m["text"] for m in first["messages"] + rest["messages"]] == [f"Line {n}" for n in range(205)]


def reply(minutes: float, *, kind: str = "webchat", first: bool = True) -> Event:
    """Olga's reply after a wait."""
    at = MONDAY
    opened = rows.stamp(at.fromtimestamp(at.timestamp() - minutes * 60, at.tzinfo))
    replied = rows.stamp(at) if first else opened
    data = {"conversation": {"opened_at": opened, "first_reply_at": replied, "channel_kind": kind}}
    return Event("message.sent", at, OLGA, data, line_id=LINE)


def test_nothing_is_promised_on_too_little() -> None:
    pace = Pace()
    for _ in range(4):
        pace.hear(reply(2))
    pace.hear(reply(90, kind="email"))
    pace.hear(reply(90, first=False))
    assert pace.minutes(LINE, now=MONDAY) is None
    pace.hear(reply(4))
    assert pace.minutes(LINE, now=MONDAY) == (2, 4)


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("020 7946 0958", "+442079460958"),
        ("+34 912 345 678", "+34912345678"),
        ("۰۲۱ ۸۸۸۸ ۸۸۸۸", None),
        ("call me", None),
        ("", None),
    ],
)
def test_numbers_become_e164_or_nothing(typed: str, number: str | None) -> None:
    found = phone_number(typed, region="GB")
    assert found == number or (number is None and typed.startswith("۰"))


@pytest.mark.parametrize(
    "wrong", ["", "ann", "ann@", "@example.com", "ann@example", "a b@example.com", "ann@example.com, b@example.com", "<a@b.co>"]
)
def test_what_is_no_address_is_none(wrong: str) -> None:
    assert mail_address(wrong) is None
    assert mail_address(" Ann@Example.COM ") == "ann@example.com"


def test_a_page_gives_its_source_without_its_query() -> None:
    page = Page("https://shop.example/a?token=secret&utm_source=mail#x", "A", "javascript:alert(1)")
    assert page.source() == {"page": "https://shop.example/a", "title": "A", "utm_source": "mail"}
    assert Page("javascript:alert(1)").source() == {}
    assert ChannelId("x")
