"""Webhook mode: the secret must come back, the address is registered and watched."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from gateway.channels.telegram.adapter import TelegramChannel
from gateway.domain.errors import ChannelPaused, Rejected, Unauthenticated
from gateway.ports.channel import HookRequest
from tests.channels.telegram.stage import CHANNEL, MONDAY, Pauses, RememberingInbox, bot, closing
from tests.eventually import eventually
from tests.fakes.telegram_api import FakeTelegram, html_502, refuses

SECRET = "a-secret-of-16-or-more"
URL = "https://gateway.example/hooks/abc"
TEXT = (Path(__file__).parents[2] / "wire" / "telegram" / "text.json").read_bytes()


@pytest.fixture
async def api() -> AsyncIterator[FakeTelegram]:
    """A fresh Bot API."""
    async with FakeTelegram() as fake:
        yield fake


def hooked(api: FakeTelegram | str, pauses: Pauses | None = None) -> TelegramChannel:
    """A bot in webhook mode."""
    return bot(api, pause=pauses or Pauses(), hook_url=URL, mode="webhook", webhook_secret=SECRET)


def request(body: bytes = TEXT, **headers: str) -> HookRequest:
    """As the server hands it over."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return HookRequest("POST", "/hooks/abc", {}, named, body, "127.0.0.1")


async def test_the_right_secret_names_the_update() -> None:
    async with closing(hooked("http://127.0.0.1:9")) as channel:
        raw = channel.verify(request(x_telegram_bot_api_secret_token=SECRET))
    assert raw is not None
    assert (raw.channel_id, raw.external_id, raw.lane, raw.body, raw.received_at) == (
        CHANNEL, "880000101", "7001", TEXT, MONDAY,
    )  # fmt: skip
    assert SECRET not in str(raw)


@pytest.mark.parametrize("secret", ["", "a-secret-of-16-or-mor", "a-secret-of-16-or-more ", "é", SECRET.upper()])
async def test_any_other_secret_is_refused(secret: str) -> None:
    async with closing(hooked("http://127.0.0.1:9")) as channel:
        with pytest.raises(Unauthenticated):
            channel.verify(request(x_telegram_bot_api_secret_token=secret))


async def test_without_a_configured_secret_nobody_may_call() -> None:
    async with closing(bot("http://127.0.0.1:9")) as channel:
        with pytest.raises(Unauthenticated):
            channel.verify(request(x_telegram_bot_api_secret_token=""))


@pytest.mark.parametrize("body", [b"", b"{}", b"[1]", b'{"update_id":"x"}', b"\xff", b"[" * 100_000])
async def test_what_is_no_update_is_rejected(body: bytes) -> None:
    async with closing(hooked("http://127.0.0.1:9")) as channel:
        with pytest.raises(Rejected):
            channel.verify(request(body, x_telegram_bot_api_secret_token=SECRET))


async def test_the_address_is_registered_with_the_secret(api: FakeTelegram) -> None:
    inbox = RememberingInbox()
    async with closing(hooked(api)) as channel:
        task = asyncio.create_task(channel.listen(inbox))
        await eventually(lambda: len(api.called("getWebhookInfo")) > 1)
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
    (call,) = api.called("setWebhook")
    assert (call.params["url"], call.params["secret_token"]) == (URL, SECRET)
    assert inbox.problems[0] is None
    assert api.called("getUpdates") == []


async def test_telegrams_trouble_reaching_us_is_reported(api: FakeTelegram) -> None:
    inbox, pauses = RememberingInbox(), Pauses()
    api.webhook |= {
        "url": URL, "pending_update_count": 3, "last_error_date": int(MONDAY.timestamp()) - 60,
        "last_error_message": "Connection refused",
    }  # fmt: skip
    api.break_next("getWebhookInfo", html_502)
    async with closing(hooked(api, pauses)) as channel:
        task = asyncio.create_task(channel.listen(inbox))
        await eventually(lambda: len(inbox.problems) > 1)
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
    assert "trying again" in str(inbox.problems[0])
    assert inbox.problems[1] == "Telegram cannot deliver to our address: Connection refused"
    assert pauses.taken[0] == 30.0


async def test_a_refused_address_pauses_the_channel(api: FakeTelegram) -> None:
    api.break_next("setWebhook", refuses(400, "Bad Request: bad webhook: HTTPS url must be provided for webhook"))
    async with closing(hooked(api)) as channel:
        with pytest.raises(ChannelPaused, match="HTTPS url"):
            await channel.listen(RememberingInbox())


def test_the_answer_is_a_plain_200() -> None:
    assert hooked("http://127.0.0.1:9").answer() == (200, {"ok": True})
