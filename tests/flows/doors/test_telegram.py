"""Ann writes to the shop's bot; Olga answers. Text through an emulator written by others, the rest through our own fake."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.eventually import eventually
from tests.fakes.telegram_api import ANN, CHAT, TOKEN, FakeTelegram, hang_up, refuses
from tests.flows.doors.console import Console
from tests.flows.doors.test_webchat import PNG
from tests.servers.telegram import TelegramBot

START = base64.urlsafe_b64encode(b"utm_source=ads&utm_campaign=may").decode().rstrip("=")


@pytest.fixture
async def telegram() -> AsyncIterator[FakeTelegram]:
    """A Bot API with a ledger."""
    async with FakeTelegram() as api:
        yield api


@pytest.fixture
async def bot(olga: Console, telegram: FakeTelegram) -> str:
    """The shop's bot, connected and polled."""
    channel = await olga.connect("telegram", {"token": TOKEN, "api_base": telegram.url, "poll_seconds": 1})
    await olga.wait_for_health(channel["id"])
    return str(channel["id"])


def news(telegram: FakeTelegram, number: int, **content: Any) -> None:
    """Ann does something that is no plain text."""
    message = {"message_id": number, "date": 1767603600, "chat": CHAT, "from": ANN} | content
    telegram.happens({"update_id": number, "message": message})


async def test_ann_writes_to_the_bot_and_is_answered(olga: Console, telegram_api: TelegramBot) -> None:
    settings = {"token": telegram_api.token, "api_base": telegram_api.url, "poll_seconds": 1}
    channel = await olga.connect("telegram", settings)
    await olga.wait_for_health(channel["id"])
    await asyncio.to_thread(telegram_api.ann_writes, "Is the red one in stock?")
    talk = await olga.accept_next(who="Ann")
    assert await olga.said(talk["id"]) == ["Is the red one in stock?"]
    reply = await olga.write(talk["id"], "Two of them.")
    await olga.delivered_as(talk["id"], reply["id"], "sent")
    assert await asyncio.to_thread(telegram_api.ann_sees) == ["Two of them."]


async def test_the_word_of_the_link_becomes_the_source_of_the_lead(olga: Console, bot: str, telegram: FakeTelegram) -> None:
    boris = {"chat": {"id": 7002, "type": "private", "first_name": "Boris"}, "from": ANN | {"id": 7002, "first_name": "Boris"}}
    command = {"entities": [{"type": "bot_command", "offset": 0, "length": 6}]}
    news(telegram, 10, text=f"/start {START}", **boris, **command)
    news(telegram, 11, text="Hello", **boris)
    talk = await olga.accept_next(who="Boris")
    source = (await olga.ask("GET", f"/leads/{talk['lead_id']}"))["source"]
    assert "ads" in str(source), source
    assert "may" in str(source), source


async def test_a_photo_arrives_with_its_bytes(olga: Console, bot: str, telegram: FakeTelegram) -> None:
    telegram.files["large"] = PNG
    photo = {"file_id": "large", "file_unique_id": "ularge", "file_size": len(PNG), "width": 1, "height": 1}
    news(telegram, 20, photo=[photo], caption="Like this")
    talk = await olga.accept_next(who="Ann")

    async def stored() -> dict[str, Any] | None:
        files = [file for message in await olga.thread(talk["id"]) for file in message["files"]]
        return next((file for file in files if file["state"] == "stored"), None)

    file = await eventually(stored, within=30)
    assert (await olga.read(file["url"]))[2] == PNG
    assert await olga.said(talk["id"]) == ["Like this"]


async def test_what_ann_edits_changes_in_the_thread(olga: Console, bot: str, telegram: FakeTelegram) -> None:
    telegram.ann_writes("Is the rad one in stock?", update_id=30)
    talk = await olga.accept_next(who="Ann")
    edited = {"message_id": 30, "date": 1767603600, "edit_date": 1767603630, "chat": CHAT, "from": ANN}
    telegram.happens({"update_id": 31, "edited_message": edited | {"text": "Is the red one in stock?"}})

    async def corrected() -> bool:
        messages = [m for m in await olga.thread(talk["id"]) if m["type"] == "inbound"]
        return [(m["text"], bool(m["edited_at"])) for m in messages] == [("Is the red one in stock?", True)]

    await eventually(corrected)


async def test_when_telegram_asks_us_to_wait_the_answer_waits_and_arrives_once(
    olga: Console, bot: str, telegram: FakeTelegram
) -> None:
    telegram.ann_writes("Hello", update_id=40)
    talk = await olga.accept_next(who="Ann")
    telegram.break_next("sendMessage", refuses(429, "Too Many Requests: retry after 2", retry_after=2))
    first = await olga.write(talk["id"], "One")
    second = await olga.write(talk["id"], "Two")
    await olga.delivered_as(talk["id"], first["id"], "sent")
    await olga.delivered_as(talk["id"], second["id"], "sent")
    assert [call.params["text"] for call in telegram.sent] == ["One", "Two"]
    tried = [call.at for call in telegram.called("sendMessage")]
    assert tried[1] - tried[0] >= 2


async def test_what_may_have_arrived_is_shown_as_unsure_and_sent_again_only_when_olga_says_so(
    olga: Console, bot: str, telegram: FakeTelegram
) -> None:
    telegram.ann_writes("Hello", update_id=50)
    talk = await olga.accept_next(who="Ann")
    telegram.break_next("sendMessage", hang_up)
    reply = await olga.write(talk["id"], "One")
    await olga.delivered_as(talk["id"], reply["id"], "uncertain")
    assert (await olga.ask("GET", f"/conversations/{talk['id']}"))["troubled"]
    assert telegram.sent == []
    await olga.ask("POST", f"/messages/{reply['id']}/delivery", {"action": "again"})
    await olga.delivered_as(talk["id"], reply["id"], "sent")
    assert [call.params["text"] for call in telegram.sent] == ["One"]


async def test_a_chat_keeps_its_order_on_every_side_though_telegram_fails_between(
    olga: Console, bot: str, telegram: FakeTelegram
) -> None:
    asked, answers = [f"question {n:02d}" for n in range(24)], [f"answer {n:02d}" for n in range(12)]
    for number, text in enumerate(asked[:12]):
        telegram.ann_writes(text, update_id=700 + number)
    talk = await olga.accept_next(who="Ann")
    telegram.break_next("sendMessage", refuses(429, "Too Many Requests: retry after 1", retry_after=1), times=2)

    async def ann() -> None:
        for number, text in enumerate(asked[12:]):
            telegram.ann_writes(text, update_id=750 + number)
            await olga.conversations()  # as long as a breath

    async def olga_answers() -> None:
        for text in answers:
            await olga.write(talk["id"], text)

    await asyncio.gather(ann(), olga_answers())
    await eventually(lambda: len(telegram.sent) == len(answers), within=30)
    assert [call.params["text"] for call in telegram.sent] == answers
    assert len(telegram.called("sendMessage")) > len(answers), "nothing failed between"

    async def arrived() -> bool:
        return await olga.said(talk["id"]) == asked

    await eventually(arrived)
    assert await olga.said(talk["id"], "outbound") == answers
    for kind, texts in (("message.received", asked), ("message.sent", answers)):
        heard = [event["data"]["message"] for event in olga.events(kind) if event["conversation_id"] == talk["id"]]
        assert [message["text"] for message in heard] == texts
