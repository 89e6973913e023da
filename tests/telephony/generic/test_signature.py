"""Only the PBX gets in: signatures, clocks, rotation, and the secret address."""

from __future__ import annotations

import base64
from dataclasses import replace

import pytest

from gateway.domain.errors import Unauthenticated
from gateway.ports.channel import HookRequest
from tests.telephony.stage import MONDAY, SECRET, pbx, request, wire

BODY = wire("ringing.json")
NOW = int(MONDAY.timestamp())


def changed(sent: HookRequest, **headers: str | None) -> HookRequest:
    """The same request with other headers; None takes one away."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    kept = {**sent.headers, **{name: value for name, value in named.items() if value is not None}}
    return replace(sent, headers={name: value for name, value in kept.items() if named.get(name, "") is not None})


def refused(sent: HookRequest, **settings: str) -> str:
    """The sentence the sender reads."""
    with pytest.raises(Unauthenticated) as caught:
        pbx(**settings).verify(sent)
    assert SECRET not in caught.value.detail
    return caught.value.detail


def test_a_signed_event_is_accepted_and_named_by_its_id() -> None:
    raw = pbx().verify(request(BODY))
    assert raw is not None
    assert (raw.external_id, raw.lane, raw.body, raw.received_at) == ("m-1", "c-1001", BODY, MONDAY)
    assert "signature" not in str(raw.headers)


def test_a_published_vector_of_the_standard_is_accepted() -> None:
    """From the specification's reference libraries: secret, id, time, payload and signature, 2021-02-25."""
    from gateway.telephony.generic.signature import sign

    key = base64.b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    made = sign(key, event_id="msg_p5jXN8AQM9LWM0D4loKWxJek", timestamp="1614265330", body=b'{"test": 2432232314}')
    assert made == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_every_flipped_bit_of_the_body_is_refused() -> None:
    sent = request(BODY)
    for place in range(len(BODY) * 8):
        forged = bytearray(BODY)
        forged[place // 8] ^= 1 << place % 8
        refused(replace(sent, body=bytes(forged)))


def test_every_flipped_bit_of_the_signature_is_refused() -> None:
    sent = request(BODY)
    mac = base64.b64decode(sent.headers["webhook-signature"].removeprefix("v1,"))
    for place in range(len(mac) * 8):
        forged = bytearray(mac)
        forged[place // 8] ^= 1 << place % 8
        refused(changed(sent, webhook_signature="v1," + base64.b64encode(forged).decode()))


def test_the_same_json_written_differently_is_refused() -> None:
    refused(replace(request(BODY), body=BODY.replace(b": ", b":")))


@pytest.mark.parametrize("header", ["webhook_id", "webhook_timestamp", "webhook_signature"])
def test_a_missing_header_is_refused_by_name(header: str) -> None:
    assert header.replace("_", "-") in refused(changed(request(BODY), **{header: None}))


@pytest.mark.parametrize(("header", "value"), [("webhook_id", "m-2"), ("webhook_timestamp", str(NOW + 1))])
def test_id_and_time_are_signed_too(header: str, value: str) -> None:
    refused(changed(request(BODY), **{header: value}))


@pytest.mark.parametrize("seconds", [-301, 301, -86_400])
def test_a_time_more_than_five_minutes_off_is_refused(seconds: int) -> None:
    assert "clock" in refused(request(BODY, timestamp=NOW + seconds))


@pytest.mark.parametrize("seconds", [-300, 0, 300])
def test_five_minutes_are_tolerated(seconds: int) -> None:
    assert pbx().verify(request(BODY, timestamp=NOW + seconds))


@pytest.mark.parametrize("timestamp", ["", "now", "-5", "1e9", "9" * 400, "²", "2026-01-05T09:00:00Z"])
def test_a_time_that_is_none_is_refused(timestamp: str) -> None:
    refused(request(BODY, timestamp=timestamp))


def test_another_endpoints_secret_is_refused() -> None:
    refused(request(BODY, key=b"another-secret-of-thirty-two-char"))


@pytest.mark.parametrize("signature", ["v1,", "v1", "v2,abc", "é", ",", "v1,AAAA v1,BBBB"])
def test_nonsense_signatures_are_refused(signature: str) -> None:
    refused(changed(request(BODY), webhook_signature=signature))


def test_the_previous_secret_is_good_during_rotation() -> None:
    adapter = pbx(secret="a-new-secret-of-many-characters", previous_secret=SECRET)
    assert adapter.verify(request(BODY))
    assert adapter.verify(request(BODY, key=b"a-new-secret-of-many-characters"))


def test_one_good_signature_among_several_is_enough() -> None:
    sent = request(BODY)
    assert pbx().verify(changed(sent, webhook_signature="v1,AAAA " + sent.headers["webhook-signature"]))


def test_a_standard_webhooks_secret_is_decoded() -> None:
    key = b"thirty two bytes of random stuff"
    assert pbx(secret="whsec_" + base64.b64encode(key).decode()).verify(request(BODY, key=key))


def test_a_replay_has_the_same_name_and_so_no_effect() -> None:
    first, again = pbx().verify(request(BODY)), pbx().verify(request(BODY))
    assert first is not None
    assert again is not None
    assert first.external_id == again.external_id


def test_the_secret_address_is_enough_when_the_pbx_cannot_sign() -> None:
    sent = HookRequest("POST", f"/hooks/abc/{SECRET}", {}, {}, BODY, "127.0.0.1")
    assert pbx(signature="path").verify(sent)
    assert pbx(signature="path").verify(replace(sent, path=sent.path + "/"))
    for path in ("/hooks/abc", "/hooks/abc/", f"/hooks/abc/{SECRET[:-1]}", f"/hooks/{SECRET}/abc", "/hooks/abc/é"):
        refused(replace(sent, path=path), signature="path")


def test_a_secret_address_does_not_replace_a_signature() -> None:
    refused(HookRequest("POST", f"/hooks/abc/{SECRET}", {}, {}, BODY, "127.0.0.1"))
