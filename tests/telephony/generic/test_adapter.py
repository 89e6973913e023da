"""Wire file → facts; names of events; what is refused, ignored, or kept for the quarantine; settings and check."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from gateway.domain.call import CallFact
from gateway.domain.errors import ConfigError, Rejected, SendError, TooLarge, Unreadable
from gateway.domain.inbound import CallReported, Raw
from gateway.telephony.generic import GenericPbx, read_settings
from tests.telephony.stage import CHANNEL, MONDAY, SECRET, StandingClock, pbx, request, wire

STATED = MONDAY - timedelta(seconds=2)
FORM = "application/x-www-form-urlencoded"


async def facts(name: str, **settings: Any) -> list[CallFact]:
    """What a wire file states, the way it would come: verified, kept, parsed."""
    adapter = pbx(**settings)
    raw = adapter.verify(request(wire(name), content_type=FORM if name.endswith(".form") else "application/json"))
    assert raw is not None
    events = await adapter.parse(raw)
    assert all(isinstance(event, CallReported) and event.channel_id == CHANNEL for event in events)
    return [event.fact for event in events if isinstance(event, CallReported)]


CALLER = {"key": "c-1001", "at": STATED, "direction": "inbound", "remote": "+442071838750", "dialled": "+442071838700"}
TABLE: dict[str, dict[str, Any]] = {
    "offered.json": {**CALLER, "kind": "call.offered", "remote_name": "Ann", "fact_id": "e-1"},
    "queued.json": {**CALLER, "kind": "call.queued", "fact_id": "m-1"},
    "ringing.json": {**CALLER, "kind": "leg.ringing", "leg": "l-1", "device": "101"},
    "ringing.form": {**CALLER, "kind": "leg.ringing", "leg": "l-1", "device": "101"},
    "answered.json": {**CALLER, "kind": "leg.answered", "leg": "l-1", "role": None},
    "answered-by-queue.json": {"kind": "leg.answered", "leg": "q", "role": "queue"},
    "held.json": {"kind": "leg.held", "leg": "l-1", "at": datetime(2026, 1, 5, 8, 59, 50, tzinfo=UTC)},
    "resumed.json": {"kind": "leg.resumed", "at": datetime(2026, 1, 5, 8, 59, 55, 123000, tzinfo=UTC)},
    "transferred.json": {
        "kind": "call.transferred", "target": "102", "at": datetime(2026, 1, 5, 8, 59, 50, 500000, tzinfo=UTC),
    },
    "ended.json": {"kind": "call.ended", "cause": "16", "duration_s": 21.5, "at": STATED},
    "recording-ready.json": {
        "kind": "recording.ready", "recording_id": "r-1", "duration_s": 20.0, "consent": True,
        "recording_url": "https://rec.pbx.example/r-1.mp3?key=hidden",
    },
    "outbound.json": {
        "key": "1002", "kind": "leg.answered", "direction": "outbound", "remote": "89161234567",
        "dialled": "+442071838700", "device": "101",
    },
    "unknown-fields.json": {**CALLER, "kind": "call.offered"},
    "time-nonsense.json": {"kind": "call.offered", "at": MONDAY},
    "time-future.json": {"kind": "call.offered", "at": MONDAY},
    "lost-plus.form": {"remote": " 442071838750"},
}  # fmt: skip


@pytest.mark.parametrize("name", TABLE)
async def test_an_event_states_one_fact(name: str) -> None:
    (fact,) = await facts(name)
    assert {field: getattr(fact, field) for field in TABLE[name]} == TABLE[name]


async def test_a_naive_time_is_in_the_zone_of_the_settings() -> None:
    (fact,) = await facts("leg-ended.json", zone="Europe/Berlin")
    assert (fact.kind, fact.at, fact.cause) == ("leg.ended", STATED, "26")


async def test_a_ring_group_states_one_fact_per_leg() -> None:
    first, second = await facts("ringing-group.json")
    assert [(fact.leg, fact.device, fact.fact_id) for fact in (first, second)] == [
        ("l-1", "101", "m-1:0"),
        ("l-2", "102", "m-1:1"),
    ]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("442071838750", "+442071838750"),
        (" 442071838750", "+442071838750"),
        ("+442071838750", "+442071838750"),
        ("101", "101"),
        ("89161234567", "89161234567"),
        ("anonymous", "anonymous"),
    ],
)
async def test_a_pbx_that_leaves_out_the_plus_gets_it_back(written: str, read: str) -> None:
    body = json.dumps({"event": "offered", "call_id": "c", "from": written}).encode()
    adapter = pbx(international=True)
    raw = adapter.verify(request(body))
    assert raw is not None
    (event,) = await adapter.parse(raw)
    assert isinstance(event, CallReported)
    assert event.fact.remote == read


async def test_an_unknown_event_is_ignored() -> None:
    assert await facts("unknown-event.json") == []


async def test_an_event_without_a_call_goes_to_quarantine() -> None:
    with pytest.raises(Unreadable, match="call_id"):
        await facts("no-call-id.json")


async def test_hostile_text_is_tamed_and_odd_types_ignored() -> None:
    (fact,) = await facts("hostile.json")
    assert fact.key == "c-1001X: y"
    assert fact.remote == "+44 207183"
    assert fact.remote_name.startswith("<b>Ann</b>x")
    assert len(fact.remote_name) == 300
    assert (fact.at, fact.leg, fact.device) == (MONDAY, None, None)


BAD = [b"", b"not json", b"[1,2]", b'"text"', b"\xff\xfe", b"[" * 100_000, b'{"call_id":' + b"1" * 5000 + b"}"]


@pytest.mark.parametrize("body", BAD, ids=range(len(BAD)))
async def test_a_body_that_cannot_be_read_is_kept_then_quarantined(body: bytes) -> None:
    adapter = pbx()
    raw = adapter.verify(request(body))
    assert raw is not None
    assert raw.body == body
    with pytest.raises(Unreadable):
        await adapter.parse(raw)


def named(body: bytes) -> str:
    """The name an unsigned event gets."""
    raw = pbx(signature="path").verify(request(body, path=f"/hooks/abc/{SECRET}"))
    assert raw is not None
    return raw.external_id


def test_without_an_id_the_name_is_a_hash_over_what_makes_the_event() -> None:
    body = b'{"event":"held","call_id":"c","leg_id":"l","timestamp":1,"sent_at":5}'
    assert named(body) == named(body.replace(b'"sent_at":5', b'"sent_at":6,"attempt":2'))
    for field in (b'"held"', b'"c"', b'"l"', b":1,"):
        assert named(body) != named(body.replace(field, field.replace(field[-2:-1], b"9")))
    assert named(b'{"event":"held","event_id":"own"}') == "own"


def test_two_unreadable_bodies_have_two_names() -> None:
    assert named(b"one") != named(b"two")


def test_a_ping_asks_for_nothing() -> None:
    assert pbx().verify(request(b'{"event":"ping"}')) is None


def test_only_posts_are_events() -> None:
    with pytest.raises(Rejected):
        pbx().verify(request(b"{}", method="GET"))


def test_an_oversize_event_is_refused_by_name() -> None:
    with pytest.raises(TooLarge, match="256 KB"):
        pbx().verify(request(b" " * (256 * 1024 + 1)))


async def test_calls_cannot_carry_text() -> None:
    with pytest.raises(SendError) as caught:
        await pbx().send(None)  # type: ignore[arg-type]
    assert (caught.value.facts.retry, caught.value.facts.certain) == (False, True)


def test_the_answer_is_a_plain_200() -> None:
    assert pbx().answer() == (200, {"ok": True})


async def test_a_new_pbx_waits_for_its_first_event_and_tells_where_to_send_it() -> None:
    lines = {line.what: line for line in await pbx().check()}
    assert "Waiting" in lines["events"].detail
    assert "https://gateway.example/hooks/abc" in lines["events"].remedy
    assert "recording_hosts" in lines["recordings"].remedy
    assert SECRET not in str(lines)


async def test_a_pbx_that_has_spoken_shows_when() -> None:
    settings = read_settings({"secret": SECRET, "recording_hosts": ["rec.example"], "signature": "path"})
    lines = await GenericPbx(CHANNEL, settings, clock=StandingClock(), last_event_at=MONDAY).check()
    assert [line.ok for line in lines] == [True, True, True]
    assert "2026-01-05T09:00" in lines[1].detail


SENTENCES: dict[str, tuple[dict[str, Any], str]] = {
    "no secret": ({}, "secret: Field required"),
    "short secret": ({"secret": "short-thing"}, "at least 16 characters"),
    "short decoded secret": ({"secret": "whsec_c2hvcnQ="}, "at least 16 characters"),
    "bad base64": ({"secret": "whsec_not base64 at all"}, "base64"),
    "bad zone": ({"secret": SECRET, "zone": "Mars/Base"}, "Europe/Berlin"),
    "bad host": ({"secret": SECRET, "recording_hosts": ["https://x.example/"]}, "without scheme"),
    "any host": ({"secret": SECRET, "recording_hosts": ["*"]}, "without scheme"),
    "unknown key": ({"secret": SECRET, "sekret": 1}, "sekret: Extra inputs"),
}


@pytest.mark.parametrize("name", SENTENCES)
def test_a_bad_setting_is_one_sentence_without_the_value(name: str) -> None:
    settings, sentence = SENTENCES[name]
    with pytest.raises(ConfigError) as caught:
        read_settings(settings)
    assert sentence in caught.value.detail
    assert "short-thing" not in caught.value.detail


def test_settings_do_not_show_secrets() -> None:
    assert SECRET not in repr(read_settings({"secret": SECRET}))


async def test_the_same_bytes_give_the_same_facts() -> None:
    raw = Raw(CHANNEL, "x", "c-1001", wire("ended.json"), MONDAY)
    assert await pbx().parse(raw) == await pbx().parse(raw)


async def stated(body: bytes) -> list[CallFact]:
    """What a body states."""
    adapter = pbx()
    raw = adapter.verify(request(body))
    assert raw is not None
    return [event.fact for event in await adapter.parse(raw) if isinstance(event, CallReported)]


async def test_a_mark_of_byte_order_before_the_event_is_passed_over() -> None:
    (fact,) = await stated(b"\xef\xbb\xbf" + wire("offered.json"))
    assert fact.remote == "+442071838750"


async def test_a_name_in_another_charset_does_not_cost_the_call() -> None:
    (fact,) = await stated(wire("offered.json").replace(b"Ann", "Án".encode("latin-1")))
    assert (fact.remote, fact.remote_name) == ("+442071838750", "\ufffdn")


async def test_a_leg_belongs_to_the_call_of_its_event() -> None:
    event = json.loads(wire("ringing-group.json"))
    event["legs"] = [{**leg, "call_id": other} for leg, other in zip(event["legs"], [None, "c-9"], strict=True)]
    assert {fact.key for fact in await stated(json.dumps(event).encode())} == {event["call_id"]}
