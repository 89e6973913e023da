"""Ann calls; the PBX tells; Olga sees the call, hears the recording and calls back what was missed."""

from __future__ import annotations

import itertools
import random
import struct
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import pytest

from tests.eventually import eventually
from tests.flows.doors.console import Console
from tests.flows.doors.pbx import LINE_NUMBER, Pbx

ANN = "+442071838750"
SECONDS = 2.5
_SAMPLES = bytes(int(16000 * SECONDS))
WAV = b"RIFF%b%b" % (
    struct.pack("<I", 36 + len(_SAMPLES)),
    b"WAVEfmt " + struct.pack("<IHHIIHH", 16, 1, 1, 8000, 16000, 2, 16) + b"data" + struct.pack("<I", len(_SAMPLES)) + _SAMPLES,
)
PINGS = 8  # as many as it takes to meet every process


def at(seconds: int, *, ago: int = 120) -> str:
    """A moment of a call that began two minutes ago: times far from now are not believed."""
    moment = datetime.now(UTC).replace(microsecond=0) - timedelta(seconds=ago - seconds)
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


@pytest.fixture
async def pbx(olga: Console, http: aiohttp.ClientSession) -> AsyncIterator[Pbx]:
    """The office PBX, connected to the line."""
    async with Pbx(http) as built:
        channel = await olga.connect("pbx", built.settings)
        built.hook_url = channel["install"]["hook_url"]

        async def known() -> bool:
            return {await built.reports("ping", "-") for _ in range(PINGS)} == {200}

        await eventually(known, within=15, every=0.1)
        yield built


async def the_call(olga: Console, *, outcome: str | None = None, remote: str = ANN) -> dict[str, Any]:
    """The one call of this story's line, once it has come to this."""

    async def probe() -> dict[str, Any]:
        calls = [c for c in (await olga.ask("GET", "/calls", limit=200))["items"] if c["line_id"] == olga.line]
        found = [c for c in calls if c["remote"] == remote and c["direction"] == "inbound"]
        assert len(found) == 1, found
        assert outcome is None or found[0]["outcome"] == outcome, found[0]
        return found[0]

    return await eventually(probe, within=30, every=0.1)


def answered_call(call: str) -> list[tuple[str, dict[str, Any]]]:
    """The events of a call that Olga takes, in the order they happen."""
    caller = {"call_id": call, "from": ANN, "to": LINE_NUMBER, "from_name": "Ann"}
    leg = {"call_id": call, "leg_id": "l-1", "device": "101"}
    events = [("offered", caller), ("ringing", leg | caller), ("answered", leg | caller), ("ended", caller | {"cause": "16"})]
    return [(name, fields | {"timestamp": at(15 * place)}) for place, (name, fields) in enumerate(events)]


async def report_all(pbx: Pbx, events: list[tuple[str, dict[str, Any]]]) -> None:
    """Each must be acknowledged."""
    for name, fields in events:
        more = dict(fields)
        assert await pbx.reports(name, more.pop("call_id"), **more) == 200


async def test_a_call_is_shown_with_its_legs_and_its_recording_plays(olga: Console, pbx: Pbx) -> None:
    pbx.recordings["r-1.wav"] = WAV
    await report_all(pbx, answered_call("c-1"))
    call = await the_call(olga, outcome="answered")
    assert [(leg["device"], leg["operator_id"], leg["state"]) for leg in call["legs"]] == [("101", olga.me["id"], "ended")]
    assert (call["answered_by"], call["contact_name"], bool(call["lead_id"])) == (olga.me["id"], "Ann", True)
    url = pbx.recording_url("r-1.wav")
    assert await pbx.reports("recording_ready", "c-1", recording_id="r-1", recording_url=url) == 200

    async def stored() -> dict[str, Any] | None:
        recordings = (await olga.ask("GET", f"/calls/{call['id']}"))["recordings"]
        return next((r for r in recordings if r["state"] == "stored"), None)

    recording = await eventually(stored, within=30, every=0.1)
    sound = recording["url"]
    assert recording["duration_s"] == SECONDS, "the PBX did not say it"
    assert (await olga.read(sound))[::2] == (200, WAV)
    status, headers, part = await olga.read(sound, Range="bytes=4-11")
    assert (status, part, headers["Content-Range"]) == (206, WAV[4:12], f"bytes 4-11/{len(WAV)}")
    assert pbx.fetched == ["r-1.wav"]


async def test_olgas_console_shows_the_card_while_it_rings(olga: Console, pbx: Pbx) -> None:
    await report_all(pbx, answered_call("c-2")[:2])

    def ringing() -> list[dict[str, Any]]:
        calls = [event["data"]["call"] for event in olga.events("call.updated") if event["line_id"] == olga.line]
        return [leg for call in calls for leg in call["legs"] if leg["state"] == "ringing"]

    assert (await eventually(ringing))[0]["operator_id"] == olga.me["id"]


async def test_forged_reports_are_refused_and_leave_nothing(olga: Console, pbx: Pbx) -> None:
    assert await pbx.reports("offered", "c-3", secret="another secret, just as long as it", **{"from": ANN}) == 401
    pbx.hook_url += "x"
    assert await pbx.reports("offered", "c-3", **{"from": ANN}) == 404
    assert [c for c in (await olga.ask("GET", "/calls"))["items"] if c["line_id"] == olga.line] == []


async def test_repeated_and_shuffled_reports_make_the_same_call(olga: Console, pbx: Pbx) -> None:
    seed = random.randrange(1 << 30)
    print(f"seed {seed}")
    told = answered_call("c-4")
    events = [(name, fields, f"{name}-c-4") for name, fields in told] * 3
    random.Random(seed).shuffle(events)
    for name, fields, id in events:
        more = dict(fields)
        assert await pbx.reports(name, more.pop("call_id"), id=id, **more) == 200
    call = await the_call(olga, outcome="answered")
    happened = [told[place][1]["timestamp"] for place in (0, 2, 3)]
    assert [call["started_at"], call["answered_at"], call["ended_at"]] == happened
    assert len(call["legs"]) == 1


async def test_a_missed_call_is_offered_as_work_and_closed_when_somebody_calls_back(olga: Console, pbx: Pbx) -> None:
    await report_all(pbx, [event for event in answered_call("c-5") if event[0] != "answered"])
    missed = await the_call(olga, outcome="missed_abandoned")
    offer = await olga.offered()
    assert offer["conversation"]["purpose"] == "callback"
    waited = round(missed["wait_s"])
    assert offer["conversation"]["missed"] == {"number": missed["remote"], "waited_s": int(missed["wait_s"])}
    assert offer["conversation"]["preview"] == f"☎ {missed['remote']} · {waited // 60}:{waited % 60:02}"
    back = {"direction": "outbound", "from": "101", "to": missed["remote"], "device": "101"}
    for place, name in enumerate(("offered", "ringing", "answered", "ended")):
        assert await pbx.reports(name, "c-6", timestamp=at(70 + place), **back) == 200

    async def closed() -> bool:
        return (await olga.ask("GET", f"/conversations/{offer['conversation_id']}"))["state"] == "closed"

    await eventually(closed, within=30, every=0.1)


async def test_every_order_of_three_reports_is_acknowledged(olga: Console, pbx: Pbx) -> None:
    for number, order in enumerate(itertools.permutations(answered_call("x")[1:])):
        caller = f"+4420718388{number:02d}"
        await report_all(pbx, [(name, fields | {"call_id": f"c-7-{number}", "from": caller}) for name, fields in order])
    for number in range(6):
        await the_call(olga, outcome="answered", remote=f"+4420718388{number:02d}")
