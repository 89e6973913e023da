"""One bot's connection to the Bot API: aiogram's Bot with time limits of ours, and getUpdates without its parsing.

getUpdates is asked for plain dictionaries: with the library's types one unknown update would make the whole batch
unreadable, and the untouched input is what we must keep.
"""

from __future__ import annotations

from typing import Any, ClassVar, cast

from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.methods.base import TelegramMethod
from aiohttp import ClientTimeout

from gateway.channels.telegram.settings import TelegramSettings

ALLOWED_UPDATES = ["message", "edited_message", "callback_query", "my_chat_member"]
CONNECT_SECONDS = 10.0
CALL_SECONDS = 50.0  # the port allows a send 60


class GetRawUpdates(TelegramMethod[list[dict[str, Any]]]):
    """getUpdates, https://core.telegram.org/bots/api#getupdates. A higher offset confirms everything below it."""

    __returning__: ClassVar[Any] = list[dict[str, Any]]
    __api_method__: ClassVar[str] = "getUpdates"

    offset: int | None = None
    timeout: int = 0
    limit: int = 100
    allowed_updates: list[str] = ALLOWED_UPDATES


def open_bot(settings: TelegramSettings) -> Bot:
    """A Bot that has not connected yet. Its session never reads proxy settings of the environment."""
    session = AiohttpSession(api=TelegramAPIServer.from_base(settings.api_base))
    session.timeout = limit(CALL_SECONDS)
    return Bot(settings.token.get_secret_value(), session=session)


def limit(seconds: float) -> float:
    """A total limit with an own, shorter one for connecting: a connection that never was is a certain failure.

    The library's annotation says float; it hands the value to aiohttp, which wants the richer type.
    """
    return cast("float", ClientTimeout(total=seconds, sock_connect=CONNECT_SECONDS))


async def get_updates(bot: Bot, *, offset: int | None, wait: int) -> list[dict[str, Any]]:
    """Ask for what came since; waits up to `wait` seconds for news."""
    method = GetRawUpdates(offset=offset, timeout=wait)
    return await bot(method, request_timeout=cast("int", limit(wait + 15)))
