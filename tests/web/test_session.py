"""Signing in, staying in, getting out: /api/v1/session (reliability classes 24, 25, 26, 32)."""

from __future__ import annotations

import pytest

from gateway.domain.ids import OperatorId
from tests.web.house import IVAN, OLGA, URL, House, open_house


async def test_olga_signs_in_and_reads_who_she_is(house: House) -> None:
    browser = await house.browser(OLGA)
    me = await (await browser.get("/api/v1/session")).json()
    assert me["operator"]["name"] == "Olga"
    assert me["permissions"] == ["answer"]
    assert "password_hash" not in me["operator"]


async def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(house: House) -> None:
    browser = await house.browser()
    cookie = (await browser.sign_in(OLGA)).headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Path=/" in cookie
    assert cookie.startswith("gw_session=")


async def test_over_https_the_cookie_is_bound_to_the_host_and_secure() -> None:
    async with open_house(public_url="https://gateway.test") as house:
        browser = await house.browser()
        response = await browser.post(
            "/api/v1/session",
            {"email": "olga@example.com", "password": "a long enough secret"},
            headers={"Origin": "https://gateway.test"},
        )
        cookie = response.headers["Set-Cookie"]
        assert cookie.startswith("__Host-gw_session=")
        assert "Secure" in cookie
        assert "Domain" not in cookie
        assert response.headers["Strict-Transport-Security"]


async def test_only_the_hash_of_the_token_is_stored(house: House) -> None:
    browser = await house.browser()
    token = (await browser.sign_in(OLGA)).cookies["gw_session"].value
    assert len(token) >= 43
    assert await house.office.store.read(lambda uow: uow.operators.session(token)) is None


async def test_preferences_do_not_grow_for_ever(house: House) -> None:
    browser = await house.browser(OLGA)
    fill = {"preferences": {"a": "x" * 40_000}}
    assert (await browser.ask("PATCH", "/api/v1/me", fill)).status == 200
    assert (await browser.ask("PATCH", "/api/v1/me", {"preferences": {"b": "x" * 40_000}})).status == 413
    assert (await browser.ask("PATCH", "/api/v1/me", {"preferences": {"a": 1}})).status == 200


@pytest.mark.parametrize("email", ["olga@example.com", "boris@example.com", ""])
async def test_a_wrong_password_and_an_unknown_account_look_the_same(house: House, email: str) -> None:
    browser = await house.browser()
    response = await browser.post("/api/v1/session", {"email": email or " ", "password": "not this one"})
    body = await response.json()
    assert (response.status, body["code"]) == (401, "unauthenticated")
    assert body["detail"] == "The address, the password or the link is not right, or no longer valid."
    assert "Set-Cookie" not in response.headers


async def test_after_five_wrong_passwords_the_sixth_is_told_to_wait(house: House) -> None:
    browser = await house.browser()
    statuses = [(await browser.sign_in(OLGA, "wrong")).status for _ in range(6)]
    assert statuses == [401] * 5 + [429]
    response = await browser.sign_in(OLGA)
    assert response.status == 429
    assert int(response.headers["Retry-After"]) >= 1
    assert (await (await house.browser()).sign_in(IVAN)).status == 200


async def test_signing_in_again_ends_the_session_before(house: House) -> None:
    browser = await house.browser(OLGA)
    old = browser.client.session.cookie_jar.filter_cookies(browser.client.make_url("/"))["gw_session"].value
    await browser.sign_in(OLGA)
    thief = await house.browser()
    response = await thief.get("/api/v1/session", headers={"Cookie": f"gw_session={old}"})
    assert response.status == 401


async def test_a_token_chosen_by_somebody_else_never_becomes_a_session(house: House) -> None:
    browser = await house.browser()
    headers = {"Cookie": "gw_session=chosen-by-a-stranger"}
    body = {"email": "olga@example.com", "password": "a long enough secret"}
    response = await browser.post("/api/v1/session", body, headers=headers)
    assert response.cookies["gw_session"].value != "chosen-by-a-stranger"
    thief = await house.browser()
    assert (await thief.get("/api/v1/session", headers=headers)).status == 401


async def test_signing_out_kills_the_session(house: House) -> None:
    browser = await house.browser(OLGA)
    token = browser.client.session.cookie_jar.filter_cookies(browser.client.make_url("/"))["gw_session"].value
    assert (await browser.ask("DELETE", "/api/v1/session")).status == 204
    response = await browser.get("/api/v1/session", headers={"Cookie": f"gw_session={token}"})
    assert response.status == 401


async def test_a_session_ends_by_idling_and_by_age(house: House) -> None:
    browser = await house.browser(OLGA)
    for _ in range(5):
        house.office.clock.move(days=5)
        assert (await browser.get("/api/v1/session")).status == 200
    house.office.clock.move(days=5)
    assert (await browser.get("/api/v1/session")).status == 401
    idle = await house.browser(OLGA)
    house.office.clock.move(days=7, seconds=1)
    assert (await idle.get("/api/v1/session")).status == 401


async def test_a_disabled_operator_is_out_at_once(house: House) -> None:
    browser = await house.browser(OLGA)
    admin = await house.browser(IVAN, role="admin")
    assert (await admin.ask("PATCH", f"/api/v1/operators/{OLGA}", {"active": False})).status == 200
    assert (await browser.get("/api/v1/session")).status == 401
    assert (await browser.sign_in(OLGA)).status == 401


@pytest.mark.parametrize(
    "headers",
    [
        {"X-CSRF-Token": ""},
        {"X-CSRF-Token": "guess"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://gateway.test.evil.example"},
        {"Origin": "https://gateway.test"},
    ],
)
async def test_a_request_from_elsewhere_changes_nothing(house: House, headers: dict[str, str]) -> None:
    browser = await house.browser(OLGA)
    response = await browser.ask("PATCH", "/api/v1/me", {"name": "Somebody"}, headers=headers)
    assert (response.status, (await response.json())["code"]) == (403, "csrf")
    me = await (await browser.get("/api/v1/session")).json()
    assert me["operator"]["name"] == "Olga"


async def test_another_site_cannot_sign_somebody_in(house: House) -> None:
    browser = await house.browser()
    body = {"email": "olga@example.com", "password": "a long enough secret"}
    response = await browser.post("/api/v1/session", body, headers={"Origin": "https://evil.example"})
    assert response.status == 403
    assert "Set-Cookie" not in response.headers


async def test_who_opens_the_console_under_another_name_hears_which_one_is_right(house: House) -> None:
    browser = await house.browser()
    here = str(house.server.make_url("/")).rstrip("/")
    body = {"email": "olga@example.com", "password": "a long enough secret"}
    refused = await (await browser.post("/api/v1/session", body, headers={"Origin": here})).json()
    assert (refused["status"], refused["code"], refused["address"]) == (403, "wrong_address", URL)
    assert f"Open it at {URL}, or set server.public_url to {here}." in refused["detail"]


async def test_where_no_address_is_settled_the_console_is_where_the_browser_found_it() -> None:
    async with open_house(settled=False) as house:
        browser = await house.browser()
        here = str(house.server.make_url("/")).rstrip("/")
        body = {"email": "olga@example.com", "password": "a long enough secret"}
        assert (await browser.post("/api/v1/session", body, headers={"Origin": here})).status == 200
        for other in ("https://evil.example", "null", f"{here}.evil.example", ""):
            assert (await browser.post("/api/v1/session", body, headers={"Origin": other})).status == 403


async def test_fetch_metadata_counts_when_there_is_no_origin(house: House) -> None:
    browser = await house.browser(OLGA)
    headers = {"X-CSRF-Token": browser.csrf, "Sec-Fetch-Site": "cross-site"}
    response = await browser.client.request("PATCH", "/api/v1/me", json={"locale": "ru"}, headers=headers)
    assert response.status == 403


async def test_a_sign_in_link_works_once(house: House) -> None:
    admin = await house.browser(IVAN, role="admin")
    answer = await admin.post(f"/api/v1/operators/{OLGA}/link")
    link = (await answer.json())["sign_in_link"]
    assert link.startswith(f"{URL}/sign-in#token=")
    token = link.partition("#token=")[2]
    first, second = await house.browser(), await house.browser()
    assert (await first.post("/api/v1/session/link", {"token": token})).status == 200
    assert (await second.post("/api/v1/session/link", {"token": token})).status == 401


@pytest.mark.parametrize("token", ["", "nonsense", " "])
async def test_a_made_up_link_is_refused(house: House, token: str) -> None:
    browser = await house.browser()
    assert (await browser.post("/api/v1/session/link", {"token": token})).status == 401


async def test_a_sign_in_link_dies_after_72_hours(house: House) -> None:
    token = await house.site.cases.accounts.link(OLGA)
    house.office.clock.move(hours=72, seconds=1)
    browser = await house.browser()
    assert (await browser.post("/api/v1/session/link", {"token": token})).status == 401


async def test_a_token_of_one_kind_is_none_of_another(house: House) -> None:
    browser = await house.browser(OLGA)
    ticket = await browser.ticket()
    link = await house.site.cases.accounts.link(OperatorId(OLGA))
    stranger = await house.browser()
    for token in (ticket, link):
        response = await stranger.get("/api/v1/session", headers={"Cookie": f"gw_session={token}"})
        assert response.status == 401
    assert (await stranger.post("/api/v1/session/link", {"token": ticket})).status == 401
    assert (await house.site.cases.accounts.redeem_ticket(ticket)).operator.id == OLGA


async def test_a_new_password_ends_the_other_sessions(house: House) -> None:
    here, there = await house.browser(OLGA), await house.browser(OLGA)
    change = {"password": {"current": "a long enough secret", "new": "another long secret"}}
    assert (await here.ask("PATCH", "/api/v1/me", change)).status == 200
    assert (await there.get("/api/v1/session")).status == 401
    assert (await here.get("/api/v1/session")).status == 200
    assert (await (await house.browser()).sign_in(OLGA, "another long secret")).status == 200


async def test_the_current_password_must_be_known_to_change_it(house: House) -> None:
    browser = await house.browser(OLGA)
    change = {"password": {"current": "not this one", "new": "another long secret"}}
    response = await browser.ask("PATCH", "/api/v1/me", change)
    assert (response.status, (await response.json())["code"]) == (422, "wrong_password")
