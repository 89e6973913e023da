"""Downloads what somebody sent to the bot. Talks to the Bot API.

A file's address lives an hour and holds the token, so only the file id is kept and the address is asked for each time.
https://core.telegram.org/bots/api#getfile.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any, cast

from aiogram import Bot
from aiogram import exceptions as vendor
from aiohttp import ClientError, ClientResponseError

from gateway.channels.telegram.api import limit
from gateway.channels.telegram.faults import UNREADABLE_ANSWERS
from gateway.domain.errors import TooLarge, Unreadable

GONE = {400, 403, 404, 410}
DOWNLOAD_SECONDS = 300.0


async def download(bot: Bot, reference: str, *, largest: int) -> AsyncIterator[bytes]:
    """Stream a file by its id. Raises TooLarge, Unreadable (gone for good), ConnectionError, TimeoutError (passing)."""
    path = await _path(bot, reference, largest=largest)
    stream = _stream(bot, path)
    try:
        first = await anext(stream, b"")
    except _Expired:
        stream = _stream(bot, await _path(bot, reference, largest=largest))
        first = await _again(stream)
    taken = len(first)
    yield first
    async for chunk in stream:
        taken += len(chunk)
        if taken > largest:
            raise _too_large(largest)
        yield chunk


async def _path(bot: Bot, reference: str, *, largest: int) -> str:
    try:
        file = await bot.get_file(reference)
    except vendor.TelegramBadRequest as error:
        if "too big" in error.message.lower():
            raise _too_large(largest) from None
        raise Unreadable("Telegram no longer has this file.") from None
    except (vendor.TelegramAPIError, *UNREADABLE_ANSWERS):
        raise ConnectionError("Telegram did not tell where the file is.") from None
    if file.file_size and file.file_size > largest:
        raise _too_large(largest)
    if not file.file_path:
        raise Unreadable("Telegram does not offer this file for download.")
    return file.file_path


async def _stream(bot: Bot, path: str) -> AsyncIterator[bytes]:
    """Errors are replaced, not chained: their text holds the address, and that the token."""
    url = bot.session.api.file_url(bot.token, path)
    chunks: Any = bot.session.stream_content(url, timeout=cast("int", limit(DOWNLOAD_SECONDS)))
    try:
        async for chunk in chunks:
            yield chunk
    except ClientResponseError as error:
        if error.status in GONE:
            raise _Expired from None
        raise ConnectionError(f"Telegram's file server answered {error.status}.") from None
    except ClientError:
        raise ConnectionError("The download from Telegram broke off.") from None


async def _again(stream: AsyncIterator[bytes]) -> bytes:
    try:
        return await anext(stream, b"")
    except _Expired:
        raise Unreadable("Telegram no longer has this file.") from None


def _too_large(largest: int) -> TooLarge:
    return TooLarge(f"Telegram lets a bot download files up to {largest // (1024 * 1024)} MB; this one is larger.")


class _Expired(Exception):
    """The address has run out, or the file is gone; asking once more tells which."""
