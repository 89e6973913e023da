"""Security headers on every route and every error; problems instead of texts; no CORS for the console (classes 23, 32, 39)."""

from __future__ import annotations

import asyncio
import io
from ipaddress import ip_network
from typing import Any

import pytest

from gateway.domain.errors import StoreUnavailable
from gateway.web.api import all_routes
from gateway.web.guard import CONSOLE_CSP
from tests.web.house import IVAN, OLGA, House, open_house

BIG = io.BytesIO(b" " * 2_000_000)
PATHS = [
    "/", "/inbox", "/sign-in", "/c/cnv_1", "/missing.js", "/api/v1/none", "/hooks/none", "/healthz", "/readyz", "/metrics",
    "/api/docs", "/api/v1/openapi.json", "/socket.io/?EIO=4&transport=polling", "/socket.io/", "/..%2f..%2fetc/passwd",
]  # fmt: skip


def dressed(response: Any) -> list[str]:
    """What is missing."""
    headers, missing = response.headers, []
    if headers.get("X-Content-Type-Options") != "nosniff":
        missing.append("nosniff")
    if not headers.get("Content-Security-Policy"):
        missing.append("csp")
    if headers.get("Referrer-Policy") not in ("same-origin", "no-referrer"):
        missing.append("referrer")
    if not headers.get("Cache-Control"):
        missing.append("cache")
    return missing + [name for name in ("Server", "X-Powered-By") if name in headers]


@pytest.mark.parametrize("signed_in", [False, True])
async def test_every_route_and_every_error_carries_the_headers(house: House, signed_in: bool) -> None:
    browser = await house.browser(IVAN if signed_in else None, role="admin" if signed_in else None)
    wrong = []
    for route in all_routes():
        if route.path == "/api/v1/session" and route.method == "DELETE":
            continue
        for method in (route.method, "TRACE"):
            response = await browser.ask(method, route.path.replace("{", "").replace("}", ""))
            store = "no-store" in response.headers.get("Cache-Control", "")
            cors = any(name.lower().startswith("access-control") for name in response.headers)
            if dressed(response) or not store or cors:
                wrong.append((method, route.path, response.status, dressed(response)))
    for path in PATHS:
        response = await browser.get(path, allow_redirects=False)
        if dressed(response):
            wrong.append(("GET", path, response.status, dressed(response)))
    assert wrong == []


async def test_the_console_has_its_exact_policy(house: House) -> None:
    browser = await house.browser()
    assert (await browser.get("/")).headers["Content-Security-Policy"] == CONSOLE_CSP
    assert "frame-ancestors 'none'" in CONSOLE_CSP
    allowed = dict(part.strip().split(" ", 1) for part in CONSOLE_CSP.split(";"))
    assert allowed["connect-src"] == allowed["form-action"] == "'self'", "what got in could send what it reads to another site"


@pytest.mark.parametrize(
    ("method", "path", "sent", "status", "code"),
    [
        ("GET", "/api/v1/none", {}, 404, "not_found"),
        ("GET", "/api/none", {}, 404, "not_found"),
        ("POST", "/nowhere", {}, 404, "not_found"),
        ("PUT", "/api/v1/session", {}, 405, "method_not_allowed"),
        ("POST", "/api/v1/session", {"data": b"{", "headers": {"Content-Type": "application/json"}}, 400, "malformed"),
        ("POST", "/api/v1/session", {"data": b"a=b", "headers": {"Content-Type": "text/plain"}}, 415, "unsupported_type"),
        ("POST", "/api/v1/session", {"body": {"email": "x", "password": "y", "admin": True}}, 422, "invalid"),
        ("POST", "/api/v1/session", {"body": ["x"]}, 422, "invalid"),
        ("POST", "/api/v1/session", {"data": BIG, "headers": {"Content-Type": "application/json"}}, 413, "too_large"),
        ("GET", "/api/v1/session", {}, 401, "unauthenticated"),
        ("GET", "/api/v1/conversations?limit=9999", {}, 401, "unauthenticated"),
    ],
)
async def test_every_error_is_a_problem(
    house: House, method: str, path: str, sent: dict[str, Any], status: int, code: str
) -> None:
    browser = await house.browser()
    response = await browser.ask(method, path, **sent)
    assert response.content_type == "application/problem+json"
    body = await response.json(content_type=None)
    assert (response.status, body["status"], body["code"]) == (status, status, code)
    assert body["title"]
    assert body["request_id"] == response.headers["X-Request-ID"]


async def test_wrong_fields_are_named_and_not_repeated(house: House) -> None:
    browser = await house.browser(OLGA)
    response = await browser.get("/api/v1/conversations?limit=9999&tab=mine&evil=1")
    body = await response.json(content_type=None)
    assert {error["pointer"] for error in body["errors"]} == {"/query/limit", "/query/evil"}
    assert "9999" not in str(body)


async def test_titles_speak_the_readers_language(house: House) -> None:
    browser = await house.browser()
    for language, title in (("ru-RU,ru;q=0.9", "Сначала войдите"), ("fa", "ابتدا وارد شوید"), ("xx", "Sign in first")):
        response = await browser.get("/api/v1/session", headers={"Accept-Language": language})
        assert (await response.json(content_type=None))["title"] == title


async def test_a_lost_database_is_said_and_nothing_else(house: House, monkeypatch: Any) -> None:
    browser = await house.browser(OLGA)

    async def lost(*_: Any, **__: Any) -> Any:
        raise StoreUnavailable("The database cannot answer (connection to db.internal as gateway failed).")

    monkeypatch.setattr(type(house.office.store), "read", lost)
    response = await browser.get("/api/v1/session")
    assert (response.status, response.headers["Retry-After"]) == (503, "1")
    assert (await response.json(content_type=None))["code"] == "store_unavailable"
    assert "internal" not in await response.text()


async def test_an_unforeseen_fault_tells_nothing_about_itself(house: House, monkeypatch: Any) -> None:
    browser = await house.browser(OLGA)

    async def broken(*_: Any) -> Any:
        raise RuntimeError("the secret of the house")

    monkeypatch.setattr(type(house.office.store), "read", broken)
    response = await browser.get("/api/v1/session")
    assert response.status == 500
    assert "secret" not in await response.text()


async def test_a_stranger_cannot_say_where_they_come_from(house: House) -> None:
    browser = await house.browser()
    for number in range(5):
        await browser.post(
            "/api/v1/session",
            {"email": "olga@example.com", "password": "x"},
            headers={"X-Forwarded-For": f"203.0.113.{number}"},
        )
    response = await browser.post(
        "/api/v1/session", {"email": "olga@example.com", "password": "x"}, headers={"X-Forwarded-For": "203.0.113.9"}
    )
    assert response.status == 429


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        pytest.param("198.51.100.7, 203.0.113.{n}", [401] * 7, id="what a trusted proxy says counts"),
        pytest.param("2001:db8:7:7:{n}::{n}", [401] * 5 + [429] * 2, id="one network of IPv6 is one address"),
    ],
)
async def test_limits_count_by_the_address_behind_a_trusted_proxy(said: str, expected: list[int]) -> None:
    async with open_house(trusted_proxies=(ip_network("127.0.0.0/8"),)) as house:
        browser = await house.browser()
        statuses = []
        for number in range(7):
            response = await browser.post(
                "/api/v1/session",
                {"email": "olga@example.com", "password": "x"},
                headers={"X-Forwarded-For": said.format(n=number)},
            )
            statuses.append(response.status)
        assert statuses == expected


async def test_metrics_are_for_this_machine_or_for_who_knows_the_token() -> None:
    async with open_house(metrics_token="let me in") as house:
        browser = await house.browser()
        assert (await browser.get("/metrics")).status == 403
        response = await browser.get("/metrics", headers={"Authorization": "Bearer let me in"})
        text = await response.text()
        assert "gateway_http_requests_total" in text
        assert "olga" not in text.lower()


async def test_figures_are_not_for_who_comes_through_a_proxy() -> None:
    """A proxy on this machine that is not listed as trusted makes everybody look like this machine."""
    for trusted in ((), (ip_network("127.0.0.0/8"),)):
        async with open_house(trusted_proxies=trusted) as house:
            browser = await house.browser()
            assert (await browser.get("/metrics")).status == 200
            for header in ("X-Forwarded-For", "Forwarded", "Via", "X-Real-IP"):
                assert (await browser.get("/metrics", headers={header: "203.0.113.9"})).status == 403


async def test_ready_names_what_is_failing(house: House, monkeypatch: Any) -> None:
    browser = await house.browser()
    assert (await browser.get("/readyz")).status == 200

    async def hang() -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr("gateway.web.health.CHECK_SECONDS", 0.05)
    monkeypatch.setattr(house.office.core.blobs, "check", hang)
    response = await browser.get("/readyz")
    assert response.status == 503
    assert (await response.json())["checks"] == {"store": "ok", "blobs": "failing"}
