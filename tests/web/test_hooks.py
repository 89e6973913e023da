"""Hooks: verified, kept, committed, and only then answered 2xx; keys stay secret (reliability classes 10, 11)."""

from __future__ import annotations

from typing import Any

import pytest
import structlog

from gateway.domain.errors import StoreUnavailable
from tests.web.house import House, open_house

KEY = "key-pbx"
GOOD = {"X-Sign": "right"}


async def test_a_good_request_is_stored_before_it_is_answered(house: House, monkeypatch: Any) -> None:
    browser, order = await house.browser(), []
    keep = house.office.intake.keep

    async def watched(raw: Any) -> Any:
        accepted = await keep(raw)
        order.append(accepted.new)
        return accepted

    monkeypatch.setattr(house.office.intake, "keep", watched)
    response = await browser.client.post(f"/hooks/{KEY}?id=7", data=b"anything at all", headers=GOOD)
    assert (response.status, await response.json()) == (200, {"status": "ok"})
    again = await browser.client.post(f"/hooks/{KEY}?id=7", data=b"anything at all", headers=GOOD)
    assert again.status == 200
    assert order == [True, False]
    assert response.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE"])
async def test_any_method_and_any_rest_of_the_path_will_do(house: House, method: str) -> None:
    browser = await house.browser()
    response = await browser.client.request(method, f"/hooks/{KEY}/event/ringing", data=b"x", headers=GOOD)
    assert response.status == 200


async def test_a_forged_request_is_refused_without_detail(house: House) -> None:
    browser = await house.browser()
    response = await browser.client.post(f"/hooks/{KEY}", data=b"x", headers={"X-Sign": "wrong"})
    assert response.status == 401
    assert KEY not in await response.text()


@pytest.mark.parametrize("key", ["none", "key-email", "key-pbx2", "%00"])
async def test_a_wrong_key_and_a_channel_without_hook_look_the_same(house: House, key: str) -> None:
    browser = await house.browser()
    response = await browser.client.post(f"/hooks/{key}", data=b"x", headers=GOOD)
    assert (response.status, (await response.json(content_type=None))["code"]) == (404, "not_found")


async def test_a_ping_is_answered_and_not_kept(house: House, monkeypatch: Any) -> None:
    browser = await house.browser()
    monkeypatch.setattr(house.office.intake, "keep", None)
    assert (await browser.client.post(f"/hooks/{KEY}", headers=GOOD)).status == 200


async def test_too_big_a_request_is_refused_however_it_comes() -> None:
    async with open_house(hook_bytes=1000) as house:
        browser = await house.browser()

        async def slowly() -> Any:
            for _ in range(11):
                yield b"x" * 100

        for data in (b"x" * 1001, slowly()):
            response = await browser.client.post(f"/hooks/{KEY}", data=data, headers=GOOD)
            assert response.status == 413


async def test_what_cannot_be_stored_is_not_acknowledged(house: House, monkeypatch: Any) -> None:
    browser = await house.browser()

    async def lost(_: Any) -> Any:
        raise StoreUnavailable

    monkeypatch.setattr(house.office.intake, "keep", lost)
    response = await browser.client.post(f"/hooks/{KEY}", data=b"x", headers=GOOD)
    assert (response.status, response.headers["Retry-After"]) == (503, "1")


async def test_no_key_reaches_the_log(house: House) -> None:
    browser = await house.browser()
    with structlog.testing.capture_logs() as lines:
        await browser.client.post(f"/hooks/{KEY}/x?token=secret", data=b"x", headers=GOOD)
        await browser.client.post("/hooks/a-wrong-guess", data=b"x", headers=GOOD)
    assert any(line["event"] == "request.answered" for line in lines)
    assert KEY not in str(lines)
    assert "secret" not in str(lines)
    assert "a-wrong-guess" not in str(lines)


async def test_a_channel_that_is_not_running_yet_asks_to_come_again(house: House, monkeypatch: Any) -> None:
    monkeypatch.setattr(house.site.cases.adapters, "get", lambda _: None)
    response = await (await house.browser()).client.post("/hooks/key-pbx", data=b"{}")
    assert (response.status, response.headers["Retry-After"]) == (503, "5")
