"""Lines, channels, operators, canned replies over REST: what may be written, what never comes back (class 27)."""

from __future__ import annotations

import io
from dataclasses import fields
from typing import Any

import pytest
import segno

from gateway.domain.line import Line
from gateway.domain.operator import Operator
from tests.web.house import IVAN, LINE, OLGA, SERVICE, Browser, House


@pytest.fixture
async def admin(house: House) -> Browser:
    """Ivan, who may configure."""
    return await house.browser(IVAN, role="admin")


async def test_a_line_is_made_once_per_client_id(house: House, admin: Browser) -> None:
    body = {"client_id": "c1", "name": "Repairs", "members": [OLGA]}
    first = await admin.post("/api/v1/lines", body)
    again = await admin.post("/api/v1/lines", body)
    assert (first.status, again.status) == (201, 201)
    assert (await first.json())["id"] == (await again.json())["id"]
    assert len((await (await admin.get("/api/v1/lines")).json())["items"]) == 3
    assert "settings.changed" in house.office.happened()


async def test_hours_come_back_as_they_were_written(house: House, admin: Browser) -> None:
    schedule = {"zone": "Europe/Madrid", "always": False, "week": {"mon": ["09:00-13:00", "14:00-18:00"]},
                "exceptions": {"2026-12-25": []}}  # fmt: skip
    row = await (await admin.ask("PATCH", f"/api/v1/lines/{LINE}", {"schedule": schedule})).json()
    assert row["schedule"]["week"]["mon"] == ["09:00-13:00", "14:00-18:00"]
    assert row["schedule"]["week"]["tue"] == []
    assert row["schedule"]["exceptions"] == {"2026-12-25": []}
    hours = await (await admin.get(f"/api/v1/lines/{LINE}/hours?at=2026-01-05T12:30:00Z")).json()
    assert hours == {"open": False, "opens_at": "2026-01-05T13:00:00Z", "closes_at": None}


@pytest.mark.parametrize(
    "schedule",
    [{"zone": "Mars/Base"}, {"zone": "UTC", "week": {"mon": ["9-18"]}}, {"zone": "UTC", "exceptions": {"Christmas": []}},
     {"zone": "../../etc/passwd"}, {"zone": ""}],
)  # fmt: skip
async def test_wrong_hours_are_refused_with_the_remedy(house: House, admin: Browser, schedule: dict[str, Any]) -> None:
    response = await admin.ask("PATCH", f"/api/v1/lines/{LINE}", {"schedule": schedule})
    body = await response.json(content_type=None)
    assert (response.status, body["code"]) == (422, "config_invalid")
    assert "like" in body["detail"]


async def test_a_refusal_can_be_said_in_every_language(house: House, admin: Browser) -> None:
    body = await (await admin.ask("PATCH", f"/api/v1/lines/{LINE}", {"schedule": {"zone": "Mars/Base"}})).json(
        content_type=None
    )
    assert body["said"] == {"code": "config.zone", "values": {"zone": "Mars/Base"}}
    answer = await (await admin.post("/api/v1/channels/test", {"kind": "fax", "settings": {}})).json()
    assert answer["items"][0]["detail_said"] == {"code": "config.kind", "values": {"kind": "fax"}}
    assert answer["items"][0]["remedy_said"] is None


async def test_a_line_has_goals_for_the_first_and_the_next_response_per_channel_kind(house: House, admin: Browser) -> None:
    path = f"/api/v1/lines/{LINE}"
    assert (await (await admin.get(path)).json())["first_response_seconds"] == {}
    goals = {"first_response_seconds": {"webchat": 90, "email": 14_400}, "next_response_seconds": {"webchat": 300}}
    assert (await admin.ask("PATCH", path, goals)).status == 200
    line = await (await admin.get(path)).json()
    assert {name: line[name] for name in goals} == goals
    for wrong in ({"fax": 60}, {"webchat": 0}, {"webchat": 31 * 86_400}, {"webchat": 1.5}):
        assert (await admin.ask("PATCH", path, {"first_response_seconds": wrong})).status == 422
    assert (await admin.ask("PATCH", path, {"first_response_seconds": {}})).status == 200
    assert (await (await admin.get(path)).json())["first_response_seconds"] == {}


async def test_a_stale_version_is_a_conflict(house: House, admin: Browser) -> None:
    version = (await (await admin.get(f"/api/v1/lines/{LINE}")).json())["version"]
    change = {"version": version, "name": "Sales and more"}
    assert (await admin.ask("PATCH", f"/api/v1/lines/{LINE}", change)).status == 200
    assert (await admin.ask("PATCH", f"/api/v1/lines/{LINE}", change)).status == 409


async def test_a_line_that_is_fed_cannot_be_removed(house: House, admin: Browser) -> None:
    response = await admin.ask("DELETE", f"/api/v1/lines/{LINE}")
    assert (response.status, (await response.json(content_type=None))["code"]) == (409, "in_use")
    assert (await admin.ask("DELETE", f"/api/v1/lines/{SERVICE}")).status == 204


async def test_bookkeeping_cannot_be_written(house: House, admin: Browser) -> None:
    for name in ("id", "created_at", "open_now", "tenant_id"):
        assert (await admin.ask("PATCH", f"/api/v1/lines/{LINE}", {name: "x"})).status == 422
    for name in ("id", "password_hash", "created_at", "has_password", "presence", "preferences"):
        assert (await admin.ask("PATCH", f"/api/v1/operators/{OLGA}", {name: "x"})).status == 422
    assert {"id", "version"} <= {field.name for field in fields(Line)} & {field.name for field in fields(Operator)}


async def test_secrets_are_written_and_never_read(house: House, admin: Browser) -> None:
    body = {"kind": "telegram", "line_id": LINE, "name": "Bot", "settings": {"token": "123:secret", "username": "shop"}}
    made = await (await admin.post("/api/v1/channels", body)).json()
    assert made["settings"] == {"token": "••••", "username": "shop"}
    assert made["install"] == {"link": "https://t.me/shop"}
    path = f"/api/v1/channels/{made['id']}"
    changed = await admin.ask("PATCH", path, {"settings": {"token": "••••", "username": "shop2"}})
    assert changed.status == 200
    stored = await house.office.store.read(lambda uow: uow.channels.get(made["id"]))
    assert dict(stored.settings) == {"token": "123:secret", "username": "shop2"}
    for text in (await changed.text(), await (await admin.get("/api/v1/channels")).text()):
        assert "123:secret" not in text


async def test_the_bots_link_can_be_had_as_a_qr_code(house: House, admin: Browser) -> None:
    body = {"kind": "telegram", "line_id": LINE, "name": "Bot", "settings": {"token": "123:secret", "username": "@shop"}}
    made = await (await admin.post("/api/v1/channels", body)).json()
    answer = await admin.get(f"/api/v1/channels/{made['id']}/qr")
    picture = await answer.text()
    assert (answer.status, answer.content_type) == (200, "image/svg+xml")
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    expected = io.BytesIO()
    segno.make("https://t.me/shop", error="m", micro=False).save(
        expected, kind="svg", scale=8, border=4, light="white", xmldecl=False
    )
    assert picture == expected.getvalue().decode()


@pytest.mark.parametrize("username", [None, "", "@"])
async def test_a_bot_without_a_name_has_no_link_and_no_code(house: House, admin: Browser, username: str | None) -> None:
    settings = {"token": "123:secret", "username": username}
    body = {"kind": "telegram", "line_id": LINE, "name": "Bot", "settings": settings}
    made = await (await admin.post("/api/v1/channels", body)).json()
    assert made["install"] == {"link": None}
    assert (await admin.get(f"/api/v1/channels/{made['id']}/qr")).status == 404


async def test_a_nested_secret_is_masked_too(house: House, admin: Browser) -> None:
    body = {"kind": "pbx", "line_id": LINE, "name": "Office", "settings": {"api": {"key": "secret", "url": "u"}}}
    made = await (await admin.post("/api/v1/channels", body)).json()
    assert made["settings"] == {"api": {"key": "••••", "url": "u"}}
    assert made["install"]["hook_url"].endswith(f"/hooks/{made['key']}")
    assert len(made["key"]) >= 22


async def test_a_new_key_retires_the_old_one(house: House, admin: Browser) -> None:
    old = (await (await admin.get("/api/v1/channels/chn_pbx")).json())["key"]
    new = (await (await admin.ask("PATCH", "/api/v1/channels/chn_pbx", {"new_key": True})).json())["key"]
    assert old != new
    await house.office.directory.refresh()
    assert (await admin.client.post(f"/hooks/{old}", data=b"x", headers={"X-Sign": "right"})).status == 404
    assert (await admin.client.post(f"/hooks/{new}", data=b"x", headers={"X-Sign": "right"})).status == 200


async def test_a_test_of_wrong_settings_names_the_remedy(house: House, admin: Browser) -> None:
    answer = await (await admin.post("/api/v1/channels/test", {"kind": "telegram", "settings": {"token": "wrong"}})).json()
    assert answer["items"][0]["ok"] is False
    assert "BotFather" in answer["items"][0]["detail"]
    assert (await (await admin.post("/api/v1/channels/chn_bot/test")).json())["items"][0]["ok"] is True


async def test_an_unknown_kind_is_refused(house: House, admin: Browser) -> None:
    response = await admin.post("/api/v1/channels", {"kind": "fax", "line_id": LINE, "name": "Fax"})
    assert response.status == 422


async def test_boris_cannot_be_invited_under_olgas_address(house: House, admin: Browser) -> None:
    response = await admin.post("/api/v1/operators", {"name": "Boris", "email": "OLGA@example.com"})
    assert (response.status, (await response.json(content_type=None))["code"]) == (409, "email_taken")


async def test_the_last_administrator_stays(house: House, admin: Browser) -> None:
    for change in ({"active": False}, {"roles": ["operator"]}):
        response = await admin.ask("PATCH", f"/api/v1/operators/{IVAN}", change)
        assert (response.status, (await response.json(content_type=None))["code"]) == (409, "last_administrator")


async def test_personal_canned_replies_are_their_owners(house: House, admin: Browser) -> None:
    olga = await house.browser(OLGA)
    mine = await olga.post("/api/v1/canned", {"shortcut": "hi", "text": "Hello", "operator_id": OLGA})
    assert mine.status == 201
    id = (await mine.json())["id"]
    assert (await olga.post("/api/v1/canned", {"shortcut": "hi", "text": "Hello"})).status == 403
    shared = await (await admin.post("/api/v1/canned", {"shortcut": "bye", "text": "Goodbye"})).json()
    assert (await olga.ask("DELETE", f"/api/v1/canned/{shared['id']}")).status == 403
    assert (await admin.ask("DELETE", f"/api/v1/canned/{id}")).status == 404
    listed = await (await admin.get("/api/v1/canned")).json()
    assert [one["shortcut"] for one in listed["items"]] == ["bye"]
    assert (await olga.ask("DELETE", f"/api/v1/canned/{id}")).status == 204


async def test_a_masked_secret_does_not_go_to_another_server(house: House, admin: Browser) -> None:
    """Who may configure may write a secret, not read it; a test against a server of their own would have shown it."""
    settings = {"token": "1:a long secret", "api_base": "https://api.telegram.org", "poll_seconds": 25}
    body = {"kind": "telegram", "line_id": LINE, "name": "Bot", "settings": settings}
    made = await (await admin.post("/api/v1/channels", body)).json()
    elsewhere = made["settings"] | {"api_base": "https://evil.example"}
    tried = await admin.post("/api/v1/channels/test", {"kind": "telegram", "id": made["id"], "settings": elsewhere})
    assert [(line["what"], line["ok"]) for line in (await tried.json())["items"]] == [("settings", False)]
    saved = await admin.ask("PATCH", f"/api/v1/channels/{made['id']}", {"settings": elsewhere})
    assert (saved.status, (await saved.json())["code"]) == (422, "config_invalid")
    slower = await admin.ask("PATCH", f"/api/v1/channels/{made['id']}", {"settings": made["settings"] | {"poll_seconds": 50}})
    assert slower.status == 200
    given_again = elsewhere | {"token": "1:another secret"}
    assert (await admin.ask("PATCH", f"/api/v1/channels/{made['id']}", {"settings": given_again})).status == 200


async def test_null_says_nothing_where_a_field_cannot_be_empty(house: House) -> None:
    admin = await house.browser(OLGA, role="admin")
    nothing = {"name": "Nothing", "texts": {"welcome": {"": "Hello"}, "closed": None}, "members": None, "region": None}
    made = await admin.post("/api/v1/lines", nothing)
    line = await made.json()
    assert (made.status, line["texts"]["welcome"], line["texts"]["closed"]) == (201, {"": "Hello"}, {})
    changed = await admin.ask("PATCH", f"/api/v1/lines/{line['id']}", nothing | {"name": None})
    assert (changed.status, (await changed.json())["name"]) == (200, "Nothing")


async def test_null_empties_what_may_be_empty_of_a_lead_and_nothing_else(house: House) -> None:
    await house.ann_writes()
    browser = await house.browser(OLGA)
    lead = (await (await browser.get("/api/v1/leads")).json())["items"][0]
    path, sent = f"/api/v1/leads/{lead['id']}", {"responsible_id": OLGA, "next_step": "Call", "currency": "EUR"}
    held = await (await browser.ask("PATCH", path, sent | {"version": lead["version"]})).json()
    emptied = await browser.ask("PATCH", path, dict.fromkeys([*sent, "title", "stage", "value"]) | {"version": held["version"]})
    row = await emptied.json()
    assert (emptied.status, row["responsible_id"], row["next_step"], row["currency"]) == (200, None, "Call", "EUR")


async def test_null_changes_nothing_of_a_contact(house: House) -> None:
    conversation = await house.ann_writes()
    browser = await house.browser(OLGA)
    path = f"/api/v1/contacts/{conversation.contact_id}"
    answer = await browser.ask("PATCH", path, {"name": None, "fields": None, "add_identity": None})
    assert (answer.status, (await answer.json())["name"]) == (200, "Ann")
