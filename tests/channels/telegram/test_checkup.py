""" "Test connection": what works, what does not, and how to mend it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from gateway.ports.channel import CheckLine
from tests.channels.telegram.stage import bot, closing
from tests.fakes.telegram_api import FakeTelegram, html_502, refuses


@pytest.fixture
async def api() -> AsyncIterator[FakeTelegram]:
    """A fresh Bot API."""
    async with FakeTelegram() as fake:
        yield fake


async def checked(api: FakeTelegram | str, **settings: str) -> list[CheckLine]:
    """All lines."""
    async with closing(bot(api, **settings)) as channel:
        return list(await channel.check())


async def test_a_good_bot_passes_and_privacy_mode_is_explained(api: FakeTelegram) -> None:
    lines = await checked(api)
    assert [(line.what, line.ok) for line in lines] == [("token", True), ("receiving", True), ("groups", True)]
    assert lines[0].detail == "@shop_bot"
    assert "/setprivacy" in lines[2].remedy
    assert all(line.millis is not None for line in lines)


async def test_a_bot_without_privacy_mode_needs_no_remedy(api: FakeTelegram) -> None:
    api.privacy = False
    assert (await checked(api))[2].remedy == ""


async def test_a_wrong_token_is_the_first_and_last_line(api: FakeTelegram) -> None:
    (line,) = await checked(api, token="999:not-this-one")
    assert (line.ok, line.remedy) == (False, "Copy the token from @BotFather again.")


async def test_no_connection_names_what_to_check() -> None:
    (line,) = await checked("http://127.0.0.1:9")
    assert "firewall" in line.remedy


@pytest.mark.parametrize("fault", [html_502, refuses(429, "Too Many Requests", retry_after=5)])
async def test_an_odd_answer_is_a_line_not_an_error(api: FakeTelegram, fault: object) -> None:
    api.break_next("getMe", fault)  # type: ignore[arg-type]
    (line,) = await checked(api)
    assert not line.ok
    assert line.remedy


async def test_a_webhook_of_another_program_is_pointed_out(api: FakeTelegram) -> None:
    api.webhook["url"] = "https://old.example/hook"
    assert "removed" in (await checked(api))[1].remedy


async def test_telegrams_trouble_reaching_us_fails_the_check(api: FakeTelegram) -> None:
    api.webhook |= {"url": "x", "pending_update_count": 2, "last_error_message": "Connection refused"}
    line = (await checked(api, mode="webhook", webhook_secret="a-secret-of-16-or-more"))[1]
    assert (line.ok, line.detail) == (False, "Connection refused")
