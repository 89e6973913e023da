"""The documented examples are true: every event is understood, the shell function signs, one call comes of it."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from datetime import timedelta
from pathlib import Path

import pytest

from gateway.domain.call import Call
from gateway.domain.call_fold import fold, settle
from gateway.domain.ids import CallId, LineId, OperatorId
from gateway.domain.inbound import CallReported
from gateway.telephony.generic.events import EVENTS, event_name
from tests.telephony.stage import CHANNEL, MONDAY, SECRET, pbx, request

HOWTO = (Path(__file__).parents[3] / "docs" / "howto" / "connect-a-pbx.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```json\n(.*?)\n```", HOWTO, re.DOTALL)


def test_every_event_has_an_example() -> None:
    shown = {event_name(json.loads(example)) for example in EXAMPLES}
    assert shown == {*EVENTS, "ping"}


def test_the_curl_examples_show_every_event_too() -> None:
    shown = {json.loads(body)["event"] for body in re.findall(r"^send '(.*)'$", HOWTO, re.MULTILINE)}
    assert shown == {*EVENTS} - {"recording_failed"}


async def test_the_examples_together_are_one_answered_call() -> None:
    adapter, olga = pbx(), OperatorId("opr_olga")
    call = Call(CallId("cal_1"), CHANNEL, LineId("lin_1"), "c-1001")
    for number, example in enumerate(EXAMPLES):
        raw = adapter.verify(request(example.encode(), event=f"m-{number}"))
        for event in await adapter.parse(raw) if raw else ():
            assert isinstance(event, CallReported)
            call = fold(call, event.fact, operator_of={"101": olga}.get)
    call = settle(call, now=MONDAY + timedelta(hours=1), short_abandon=timedelta(seconds=5))
    assert (call.outcome, call.answered_by, call.remote, call.remote_name) == ("answered", olga, "+442071838750", "Ann")
    assert (call.transfers, call.legs[0].held_seconds) == (("102",), 12.0)


def test_the_shell_function_makes_the_signature_that_is_checked(tmp_path: Path) -> None:
    shell = shutil.which("bash")
    if shell is None or shutil.which("openssl") is None:
        pytest.skip("bash and openssl are needed to run the documented shell function")
    body = '{"event": "offered", "call_id": "c-1001"}'
    function = re.search(r"^send\(\) \{.*?^\}", HOWTO, re.DOTALL | re.MULTILINE)
    assert function
    (tmp_path / "curl").write_text('#!/bin/sh\nfor part in "$@"; do printf "%s\\n" "$part"; done\n')
    (tmp_path / "curl").chmod(0o755)
    (tmp_path / "date").write_text(f"#!/bin/sh\necho {int(MONDAY.timestamp())}\n")
    (tmp_path / "date").chmod(0o755)
    script = f"PATH=\"{tmp_path}:$PATH\"\nURL=x\nSECRET={SECRET}\n{function[0]}\nsend '{body}'\n"
    printed = subprocess.run([shell, "-c", script], capture_output=True, text=True, check=True).stdout
    headers = dict(re.findall(r"^(webhook-[a-z]+): (.*)$", printed, re.MULTILINE))
    sent = request(body.encode())
    sent.headers.update(headers)  # type: ignore[attr-defined]
    assert pbx().verify(sent)
