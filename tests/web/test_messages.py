"""Writing, the mail's HTML in a frame of its own, and the mail as it came (reliability classes 1, 4; idempotency)."""

from __future__ import annotations

from typing import Any

from tests.flows.office import BOX
from tests.web.house import IVAN, OLGA, House


async def mailed(house: House, html: str) -> Any:
    """Ann sends a mail with HTML; its row."""
    await house.ann_writes("Hi", to=BOX, html=html, subject="Quote")
    return next(e.data["message"] for e in house.office.events if e.type == "message.received")


async def test_the_html_is_a_document_without_rights(house: House) -> None:
    message = await mailed(house, "<p>Hi</p><script>alert(1)")
    browser = await house.browser(OLGA)
    response = await browser.get(f"/api/v1/messages/{message['id']}/html")
    policy = response.headers["Content-Security-Policy"]
    assert response.status == 200
    assert policy.startswith("default-src 'none'; img-src 'self' data:; style-src 'unsafe-inline'")
    assert policy.endswith("sandbox")
    assert "script" not in policy
    assert "<script>" not in await response.text()
    shown = await browser.get(f"/api/v1/messages/{message['id']}/html?images=1")
    assert "img-src 'self' data: https:;" in shown.headers["Content-Security-Policy"]


async def test_a_message_without_html_has_no_document(house: House) -> None:
    await house.ann_writes("plain")
    message = next(e.data["message"] for e in house.office.events if e.type == "message.received")
    browser = await house.browser(OLGA)
    assert (await browser.get(f"/api/v1/messages/{message['id']}/html")).status == 404
    assert (await browser.get(f"/api/v1/messages/{message['id']}/raw")).status == 404


async def test_the_same_client_id_writes_once(house: House) -> None:
    conversation, browser = await house.ann_writes(), await house.browser(OLGA)
    path = f"/api/v1/conversations/{conversation.id}"
    assert (await browser.post(f"{path}/take")).status == 200
    body = {"client_id": "c1", "type": "reply", "text": "Good morning"}
    first, again = await browser.post(f"{path}/messages", body), await browser.post(f"{path}/messages", body)
    assert (first.status, again.status) == (201, 201)
    assert (await first.json())["id"] == (await again.json())["id"]
    page = await (await browser.get(f"{path}/messages")).json()
    assert [m["text"] for m in page["items"] if m["type"] == "outbound"] == ["Good morning"]


async def test_who_is_too_late_learns_who_was_faster(house: House) -> None:
    conversation = await house.ann_writes()
    (offer,) = await house.office.pending()
    olga, boss = await house.browser(OLGA), await house.browser(IVAN, role="supervisor")
    path = f"/api/v1/conversations/{conversation.id}"
    assert (await boss.post(f"{path}/take")).status == 200
    late = await olga.post(f"{path}/accept", {"offer_id": offer.id, "epoch": offer.epoch})
    body = await late.json(content_type=None)
    assert (late.status, body["code"], body["taken_by"]) == (409, "conflict", "Ivan")


async def test_a_reply_names_only_messages_of_its_own_dialogue(house: House) -> None:
    """A message of another line is not there to be answered: its name in the network would go out with the mail."""
    foreign = await house.ann_writes("Secret", to=BOX)
    said = next(e.data["message"] for e in house.office.events if e.type == "message.received")
    own = await house.ann_writes("Hello", to=BOX, key="another thread")
    olga = await house.browser(OLGA)
    assert (await olga.post(f"/api/v1/conversations/{own.id}/take")).status == 200
    body = {"client_id": "c1", "type": "reply", "text": "Hi", "reply_to": said["id"]}
    answer = await olga.post(f"/api/v1/conversations/{own.id}/messages", body)
    assert answer.status == 404
    assert foreign.dialogue_id != own.dialogue_id
