"""Letter + Telegram's answer → request + receipt, or the one SendError that tells the truth about it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web

from gateway.domain.errors import SendError
from gateway.domain.message import Attachment
from tests.channels.telegram.stage import attachment, bot, closing, letter
from tests.fakes.telegram_api import FakeTelegram, answered, cut_json, hang_up, html_502, plain, refuses


@pytest.fixture
async def api() -> AsyncIterator[FakeTelegram]:
    """A fresh Bot API."""
    async with FakeTelegram() as fake:
        yield fake


async def fault_of(api: FakeTelegram | str, text: str = "Hello", files: tuple[Attachment, ...] = ()) -> SendError:
    """The error of one send."""
    async with closing(bot(api)) as channel:
        with pytest.raises(SendError) as caught:
            await channel.send(letter(text, files=files))
    return caught.value


async def test_a_text_arrives_and_the_receipt_names_it(api: FakeTelegram) -> None:
    async with closing(bot(api)) as channel:
        receipt = await channel.send(letter("Yes, *two* left <today>"))
    (call,) = api.sent
    assert (call.params["chat_id"], call.params["text"]) == ("7001", "Yes, *two* left <today>")
    assert "parse_mode" not in call.params
    assert (receipt.external_id, receipt.state, receipt.moved_to) == ("7001:101", "sent", None)


async def test_a_long_text_arrives_in_pieces_and_the_first_is_the_receipt(api: FakeTelegram) -> None:
    async with closing(bot(api)) as channel:
        receipt = await channel.send(letter("word " * 2000, reply_to="7001:12"))
    assert [call.params["text"].count("word") for call in api.sent] == [819, 819, 362]
    assert receipt.external_id == "7001:101"
    assert plain(api.sent[0].params["reply_parameters"])["message_id"] == 12
    assert "reply_parameters" not in api.sent[1].params


async def test_a_reply_to_another_chat_is_sent_as_a_plain_message(api: FakeTelegram) -> None:
    async with closing(bot(api)) as channel:
        await channel.send(letter("Yes", reply_to="9999:12"))
    assert "reply_parameters" not in api.sent[0].params


METHODS = {
    "image/jpeg": "sendPhoto",
    "image/png": "sendPhoto",
    "image/gif": "sendDocument",
    "audio/ogg; codecs=opus": "sendVoice",
    "audio/mpeg": "sendAudio",
    "video/mp4": "sendVideo",
    "application/pdf": "sendDocument",
}


@pytest.mark.parametrize("content_type", METHODS)
async def test_a_file_is_uploaded_by_its_kind_with_the_text_as_caption(api: FakeTelegram, content_type: str) -> None:
    async with closing(bot(api)) as channel:
        await channel.send(letter("Here it is", files=[attachment("price list.bin", content_type)]))
    (call,) = api.sent
    assert call.method == METHODS[content_type]
    assert call.params["caption"] == "Here it is"
    assert call.files == {"price list.bin": b"the bytes of a file"}


UNFIT = {
    "PHOTO_INVALID_DIMENSIONS": ("image/png", "sendPhoto"),
    "IMAGE_PROCESS_FAILED": ("image/jpeg", "sendPhoto"),
    "VOICE_MESSAGES_FORBIDDEN": ("audio/ogg", "sendVoice"),
}


@pytest.mark.parametrize("word", UNFIT)
async def test_what_telegram_does_not_take_as_a_picture_or_voice_goes_as_a_file(api: FakeTelegram, word: str) -> None:
    content_type, method = UNFIT[word]
    api.break_next(method, refuses(400, f"Bad Request: {word}"))
    async with closing(bot(api)) as channel:
        receipt = await channel.send(letter("Here it is", files=[attachment("tall", content_type)]))
    (call,) = api.sent
    assert (call.method, call.params["caption"], call.files) == ("sendDocument", "Here it is", {"tall": b"the bytes of a file"})
    assert receipt.external_id == "7001:101"


async def test_a_picture_refused_for_another_reason_is_not_sent_again(api: FakeTelegram) -> None:
    api.break_next("sendPhoto", refuses(400, "Bad Request: chat not found"))
    assert (await fault_of(api, "Hi", (attachment("a.png", "image/png"),))).code == "chat_not_found"
    assert api.called("sendDocument") == []


async def test_a_text_too_long_for_a_caption_goes_first(api: FakeTelegram) -> None:
    async with closing(bot(api)) as channel:
        await channel.send(letter("x" * 1025, files=[attachment("a.pdf", "application/pdf")]))
    assert [call.method for call in api.sent] == ["sendMessage", "sendDocument"]
    assert "caption" not in api.sent[1].params


Facts = tuple[bool, bool, bool, float | None, str]  # retry, certain, ours, retry_after, code
ERRORS: dict[str, tuple[Any, Facts]] = {
    "slow down": (refuses(429, "Too Many Requests", retry_after=37), (True, True, False, 37.0, "send_failed")),
    "blocked": (refuses(403, "Forbidden: bot was blocked by the user"), (False, True, False, None, "blocked")),
    "account gone": (refuses(403, "Forbidden: user is deactivated"), (False, True, False, None, "chat_gone")),
    "not started": (
        refuses(403, "Forbidden: bot can't initiate conversation with a user"),
        (False, True, False, None, "not_started"),
    ),
    "no such chat": (refuses(400, "Bad Request: chat not found"), (False, True, False, None, "chat_not_found")),
    "other bad request": (refuses(400, "Bad Request: strange"), (False, True, False, None, "bad_request")),
    "token revoked": (refuses(401, "Unauthorized"), (False, True, True, None, "unauthorized")),
    "no such bot": (refuses(404, "Not Found"), (False, True, True, None, "unauthorized")),
    "file too large": (refuses(413, "Request Entity Too Large"), (False, True, False, None, "too_large")),
    "internal error": (refuses(500, "Internal Server Error"), (False, False, False, None, "send_unknown")),
    "proxy error": (html_502, (False, False, False, None, "send_unknown")),
    "half an answer": (cut_json, (False, False, False, None, "send_unknown")),
    "hung up after reading": (hang_up, (False, False, False, None, "send_unknown")),
}


@pytest.mark.parametrize("name", ERRORS)
async def test_every_refusal_and_fault_maps_to_one_send_error(api: FakeTelegram, name: str) -> None:
    fault, expected = ERRORS[name]
    api.break_next("sendMessage", fault)
    error = await fault_of(api)
    facts = error.facts
    assert (facts.retry, facts.certain, facts.ours, facts.retry_after, error.code) == expected
    assert len(api.called("sendMessage")) == 1
    assert "TEST-token" not in f"{error!r} {error.facts} {error.__cause__!r}"


async def test_no_connection_is_a_certain_failure_that_may_be_repeated() -> None:
    error = await fault_of("http://127.0.0.1:9")
    assert (error.facts.retry, error.facts.certain) == (True, True)


async def test_an_answer_that_does_not_come_leaves_the_message_uncertain(
    api: FakeTelegram, monkeypatch: pytest.MonkeyPatch
) -> None:
    never = asyncio.Event()

    async def silence(request: web.Request) -> web.StreamResponse:
        await never.wait()
        return web.Response()

    monkeypatch.setattr("gateway.channels.telegram.sending.SEND_SECONDS", 0.2)
    api.break_next("sendMessage", silence)
    error = await fault_of(api)
    never.set()
    assert (error.facts.retry, error.facts.certain) == (False, False)


async def test_a_fault_after_the_first_part_is_never_repeated_by_itself(api: FakeTelegram) -> None:
    async def second_is_refused(request: web.Request) -> web.StreamResponse:
        api.break_next("sendMessage", refuses(429, "Too Many Requests", retry_after=600))
        chat = {"id": 7001, "type": "private"}
        return answered({"message_id": 101, "date": 1767603700, "chat": chat, "text": "x"})

    api.break_next("sendMessage", second_is_refused)
    error = await fault_of(api, "word " * 1000)
    assert (error.facts.retry, error.facts.certain) == (False, False)
    assert "1 of 2 parts" in error.facts.text


async def test_a_short_wait_between_two_parts_is_waited_for(api: FakeTelegram) -> None:
    async def then_slow_down(request: web.Request) -> web.StreamResponse:
        api.break_next("sendMessage", refuses(429, "Too Many Requests", retry_after=1))
        chat = {"id": 7001, "type": "private"}
        return answered({"message_id": 101, "date": 1767603700, "chat": chat, "text": "x"})

    api.break_next("sendMessage", then_slow_down)
    async with closing(bot(api)) as channel:
        receipt = await channel.send(letter("word " * 1000))
    calls = api.called("sendMessage")
    assert receipt.external_id == "7001:101"
    assert len(calls) == 3
    assert calls[2].at - calls[1].at >= 1.0


async def test_a_group_that_became_a_supergroup_is_written_to_under_its_new_id(api: FakeTelegram) -> None:
    moved = refuses(400, "Bad Request: group chat was upgraded to a supergroup chat", migrate_to_chat_id=-1009)
    api.break_next("sendMessage", moved)
    async with closing(bot(api)) as channel:
        receipt = await channel.send(letter("Hello all"))
    assert [call.params["chat_id"] for call in api.called("sendMessage")] == ["7001", "-1009"]
    assert (receipt.external_id, receipt.moved_to) == ("-1009:101", "-1009")


@pytest.mark.parametrize("text", ["", "  \n "])
async def test_nothing_is_refused_without_asking_telegram(api: FakeTelegram, text: str) -> None:
    error = await fault_of(api, text)
    assert (error.code, error.facts.certain, api.calls) == ("empty", True, [])


async def test_a_file_over_the_limit_is_refused_without_asking_telegram(api: FakeTelegram) -> None:
    error = await fault_of(api, files=(attachment("film.mp4", "video/mp4", size=51 * 1024 * 1024),))
    assert (error.code, api.calls) == ("too_large", [])


@pytest.mark.parametrize(("key", "again", "code"), [("blob-away", True, "send_failed"), ("blob-gone", False, "file_missing")])
async def test_a_file_our_storage_does_not_hand_out_was_surely_not_sent(
    api: FakeTelegram, key: str, again: bool, code: str
) -> None:
    fault = await fault_of(api, files=(attachment("Order 2214.pdf", "application/pdf", key=key),))
    assert (fault.facts.certain, fault.facts.retry, fault.code, api.sent) == (True, again, code, [])


async def test_typing_is_shown_and_its_failure_ignored(api: FakeTelegram) -> None:
    api.break_next("sendChatAction", refuses(403, "Forbidden: bot was blocked by the user"))
    async with closing(bot(api)) as channel:
        await channel.typing("7001", on=True)
        await channel.typing("7001", on=True)
        await channel.typing("7001", on=False)
    assert [call.params for call in api.calls] == [{"chat_id": "7001", "action": "typing"}] * 2
