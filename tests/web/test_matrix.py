"""Every route × every role, on what is one's own and on what is not (reliability classes 6 and 7). A new route needs a row."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Any

import pytest

from gateway.domain.conversation import Conversation
from gateway.web.api import all_routes
from gateway.web.routes import Route
from tests.web.house import IVAN, LINE, OLGA, URL, Browser, House

ROLES = ("nobody", "disabled", "stranger", "member", "supervisor", "admin")
PASSES, HIDDEN, FORBIDDEN, UNKNOWN = "passes", 404, 403, 401
# who may: any signed in, own lines only (others see 404), supervisors, administrators
ANYONE = {"stranger": PASSES, "member": PASSES, "supervisor": PASSES, "admin": PASSES}
SCOPED = {"stranger": HIDDEN, "member": PASSES, "supervisor": PASSES, "admin": PASSES}
STEERING = {"stranger": FORBIDDEN, "member": FORBIDDEN, "supervisor": PASSES, "admin": PASSES}
ADMINS = {"stranger": FORBIDDEN, "member": FORBIDDEN, "supervisor": FORBIDDEN, "admin": PASSES}
ONE = "/api/v1/conversations/{conversation_id}"
SETTINGS = "/api/v1/channels/{channel_id}"
PUBLIC = {("POST", "/api/v1/session"), ("POST", "/api/v1/session/link")}

MATRIX: dict[tuple[str, str], dict[str, Any]] = {
    ("GET", "/api/v1/session"): ANYONE, ("DELETE", "/api/v1/session"): ANYONE, ("POST", "/api/v1/session/ticket"): ANYONE,
    ("PATCH", "/api/v1/me"): ANYONE, ("PUT", "/api/v1/me/presence"): ANYONE,
    ("GET", "/api/v1/conversations"): ANYONE, ("GET", "/api/v1/counts"): ANYONE, ("GET", ONE): SCOPED,
    ("GET", f"{ONE}/messages"): SCOPED, ("POST", f"{ONE}/messages"): SCOPED, ("GET", f"{ONE}/decisions"): STEERING,
    **{("POST", f"{ONE}/{move}"): SCOPED for move in (
        "accept", "decline", "take", "assign", "close", "spam", "reopen", "snooze", "wake", "seen", "lead",
    )},
    ("POST", "/api/v1/messages/{message_id}/delivery"): SCOPED, ("GET", "/api/v1/messages/{message_id}/html"): SCOPED,
    ("GET", "/api/v1/messages/{message_id}/raw"): SCOPED,
    ("POST", "/api/v1/files"): ANYONE, ("GET", "/api/v1/files/{file_id}"): SCOPED,
    ("GET", "/api/v1/recordings/{recording_id}"): SCOPED,
    ("GET", "/api/v1/contacts/{contact_id}"): SCOPED, ("PATCH", "/api/v1/contacts/{contact_id}"): SCOPED,
    ("GET", "/api/v1/leads"): ANYONE, ("GET", "/api/v1/leads.csv"): ANYONE, ("GET", "/api/v1/leads/{lead_id}"): SCOPED,
    ("PATCH", "/api/v1/leads/{lead_id}"): SCOPED, ("GET", "/api/v1/stages"): ANYONE,
    ("GET", "/api/v1/calls"): ANYONE, ("GET", "/api/v1/calls/{call_id}"): SCOPED,
    ("GET", "/api/v1/lines"): ANYONE, ("POST", "/api/v1/lines"): ADMINS, ("GET", "/api/v1/lines/{line_id}"): ANYONE,
    ("PATCH", "/api/v1/lines/{line_id}"): ADMINS, ("DELETE", "/api/v1/lines/{line_id}"): ADMINS,
    ("GET", "/api/v1/lines/{line_id}/hours"): ANYONE,
    ("GET", "/api/v1/holidays"): ADMINS, ("GET", "/api/v1/holidays/countries"): ADMINS,
    ("GET", f"{SETTINGS}/qr"): ADMINS,
    ("GET", "/api/v1/channels"): ADMINS, ("POST", "/api/v1/channels"): ADMINS, ("GET", "/api/v1/channels/kinds"): ADMINS,
    ("POST", "/api/v1/channels/test"): ADMINS, ("GET", SETTINGS): ADMINS, ("PATCH", SETTINGS): ADMINS,
    ("DELETE", SETTINGS): ADMINS, ("POST", f"{SETTINGS}/test"): ADMINS, ("POST", f"{SETTINGS}/resume"): ADMINS,
    ("GET", "/api/v1/operators"): ANYONE, ("POST", "/api/v1/operators"): ADMINS,
    ("PATCH", "/api/v1/operators/{operator_id}"): ADMINS, ("POST", "/api/v1/operators/{operator_id}/link"): ADMINS,
    ("GET", "/api/v1/canned"): ANYONE, ("POST", "/api/v1/canned"): ANYONE,
    ("PUT", "/api/v1/canned/{canned_id}"): ANYONE, ("DELETE", "/api/v1/canned/{canned_id}"): ANYONE,
    ("GET", "/api/v1/quarantine"): ADMINS, ("POST", "/api/v1/quarantine/{raw_id}/replay"): ADMINS,
    ("GET", "/api/v1/quarantine/{raw_id}/raw"): ADMINS, ("DELETE", "/api/v1/quarantine/{raw_id}"): ADMINS,
}  # fmt: skip


@dataclass(frozen=True)
class World:
    """Ids of one existing thing of each kind, all on Olga's line."""

    conversation: Conversation
    ids: dict[str, str]


async def furnish(house: House) -> World:
    """Ann wrote; what the stories do not make is made up and must stay hidden behind the same 404."""
    conversation = await house.ann_writes()
    said = next(event.data["message"] for event in house.office.events if event.type == "message.received")
    ids = {
        "conversation_id": conversation.id, "message_id": said["id"], "lead_id": conversation.lead_id or "",
        "contact_id": conversation.contact_id, "line_id": LINE, "operator_id": OLGA, "channel_id": "chn_bot",
    }  # fmt: skip
    return World(conversation, ids)


async def as_role(house: House, role: str) -> Browser:
    """A browser of this role; the member is Olga, the others are Ivan of another line."""
    match role:
        case "nobody":
            return await house.browser()
        case "disabled":
            browser = await house.browser(IVAN)
            await house.change(IVAN, active=False)
            return browser
        case "member":
            return await house.browser(OLGA, role="operator")
        case "stranger":
            return await house.browser(IVAN, role="operator")
        case _:
            return await house.browser(IVAN, role=role)  # type: ignore[arg-type]


def test_every_route_has_a_row() -> None:
    declared = {(route.method, route.path) for route in all_routes()}
    assert declared == set(MATRIX) | PUBLIC
    assert {(r.method, r.path) for r in all_routes() if r.access == "public"} == PUBLIC


@pytest.mark.parametrize("role", ROLES)
async def test_a_role_reaches_what_it_may_and_nothing_else(house: House, role: str) -> None:
    world, wrong = await furnish(house), []
    browser = await as_role(house, role)
    for route in all_routes():
        row = MATRIX.get((route.method, route.path))
        if row is None or (route.method, route.path) == ("DELETE", "/api/v1/session"):
            continue
        wanted = row.get(role, UNKNOWN)
        status = await knock(browser, route, world)
        fine = status not in (401, 403, 500) if wanted == PASSES else status == wanted
        if not fine:
            wrong.append((route.method, route.path, status, wanted))
    assert wrong == []


async def knock(browser: Browser, route: Route, world: World) -> int:
    """Ask with a body that passes the forms, so that the guard behind them is what answers."""
    ids = {
        name: world.ids.get(name, f"{name[:3]}_none") for name in ("file_id", "recording_id", "call_id", "raw_id", "canned_id")
    }
    path = route.path.format(**ids | world.ids)
    headers = {"X-CSRF-Token": browser.csrf, "Origin": URL}
    body = BODIES.get(route.function.__name__, {})
    sent = {"json": body} if route.method != "GET" and not route.upload else {}
    if route.upload:
        sent = {"data": {"file": io.BytesIO(b"bytes")}}
    response = await browser.client.request(route.method, path, headers=headers, **sent)
    await response.read()
    return response.status


BODIES: dict[str, Any] = {
    "set_presence": {"state": "online"}, "write_message": {"client_id": "c1", "type": "note", "text": "x"},
    "accept_offer": {"offer_id": "off_none", "epoch": 1}, "decline_offer": {"offer_id": "off_none", "epoch": 1},
    "assign_conversation": {"operator_id": None}, "snooze_conversation": {"until": "2026-01-06T09:00:00Z"},
    "mark_seen": {"seq": 1}, "attach_to_lead": {"lead_id": None}, "decide_delivery": {"action": "again"},
    "change_lead": {"version": 99}, "add_line": {"name": "Later"},
    "add_channel": {"kind": "telegram", "line_id": LINE, "name": "Bot"}, "test_unsaved_channel": {"kind": "telegram"},
    "add_operator": {"name": "Boris", "email": "boris@example.com"}, "change_operator": {"name": "Olga"},
    "add_canned": {"shortcut": "hi", "text": "Hello", "operator_id": OLGA},
    "replace_canned": {"shortcut": "hi", "text": "Hello", "operator_id": OLGA},
}  # fmt: skip


async def test_what_is_out_of_scope_looks_like_what_is_not_there(house: House) -> None:
    conversation = await house.ann_writes()
    browser = await house.browser(IVAN, role="operator")
    hidden = await (await browser.get(f"/api/v1/conversations/{conversation.id}")).json()
    absent = await (await browser.get("/api/v1/conversations/cnv_none")).json()
    assert (hidden["status"], hidden["code"], hidden["title"]) == (absent["status"], absent["code"], absent["title"])


async def test_lists_show_only_what_single_reads_show(house: House) -> None:
    await house.ann_writes()
    for role, found in (("operator", 0), ("supervisor", 1)):
        browser = await house.browser(IVAN, role=role)  # type: ignore[arg-type]
        page = await (await browser.get("/api/v1/conversations")).json()
        assert len(page["items"]) == found
        assert (await (await browser.get("/api/v1/counts")).json())["all"] == found
        assert len((await (await browser.get("/api/v1/leads")).json())["items"]) == found
        csv = await (await browser.get("/api/v1/leads.csv")).text()
        assert len(csv.splitlines()) == 1 + found


async def test_a_colleague_cannot_close_what_olga_holds(house: House) -> None:
    conversation = await house.ann_writes()
    line = house.office.directory.line(LINE)
    await house.office.change_line(members=(*line.members, IVAN))
    olga, ivan = await house.browser(OLGA), await house.browser(IVAN, role="operator")
    assert (await olga.post(f"/api/v1/conversations/{conversation.id}/take")).status == 200
    assert (await ivan.post(f"/api/v1/conversations/{conversation.id}/close")).status == 403
    assert (await olga.post(f"/api/v1/conversations/{conversation.id}/close")).status == 200
