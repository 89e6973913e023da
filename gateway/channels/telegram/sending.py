"""Carries one Letter to Telegram: text in pieces, then its files. Talks to the Bot API; a given function reads blobs.

The network does not deduplicate, so after the first part has arrived nothing may be sent again by itself: a fault
there becomes *uncertain* (docs/adr/0005-uncertain-deliveries.md). https://core.telegram.org/bots/api#sendmessage.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from aiogram import Bot
from aiogram import exceptions as vendor
from aiogram.types import BufferedInputFile, Message, ReplyParameters

from gateway.channels.telegram.faults import EVERY_FAULT, send_fault
from gateway.channels.telegram.splitting import CAPTION_LIMIT, split_text, units
from gateway.channels.telegram.updates import external_id
from gateway.domain.delivery import Letter, Receipt
from gateway.domain.errors import NotFound, SendError, StoreUnavailable, send_again, send_refused, send_unknown
from gateway.domain.message import Attachment
from gateway.domain.sentence import sentence

SEND_SECONDS = 55.0
PATIENCE_SECONDS = 20.0  # the longest wait Telegram may ask for between two parts of one message
PHOTO_LIMIT = 10 * 1024 * 1024
FILE_LIMIT = 50 * 1024 * 1024
PHOTO_TYPES = {"image/jpeg", "image/png", "image/webp"}
# Telegram takes the bytes, but not as the picture or the voice that they are; nothing has been sent then
UNFIT = ("photo_invalid_dimensions", "image_process_failed", "photo_save_file_invalid", "voice_messages_forbidden")

Part = Callable[[int | str, ReplyParameters | None], Awaitable[Message]]


class Sender:
    """Sends for one bot."""

    def __init__(self, bot: Bot, *, read_blob: Callable[[str], Awaitable[bytes]]) -> None:
        self._bot, self._read_blob = bot, read_blob

    async def send(self, letter: Letter) -> Receipt:
        """The receipt names the first part. Raises SendError only."""
        try:
            parts = await self._parts(letter)
        except (OSError, StoreUnavailable):
            raise send_again(sentence("send.file_unreadable", "An attachment cannot be read from the storage now.")) from None
        if not parts:
            raise send_refused(sentence("send.empty", "There was nothing to send."), code="empty")
        progress: list[Message] = []
        try:
            async with asyncio.timeout(SEND_SECONDS):
                await self._send_parts(letter, parts, progress)
        except TimeoutError:
            raise send_unknown(
                sentence("send.telegram_late", "Telegram did not answer in time; the message may have arrived.")
            ) from None
        except SendError as fault:
            raise _partly(fault, done=len(progress), of=len(parts)) if progress else fault from None
        chat = progress[0].chat.id
        moved = str(chat) if str(chat) != letter.dialogue_key else None
        return Receipt(external_id(chat, progress[0].message_id), moved_to=moved)

    async def _send_parts(self, letter: Letter, parts: list[Part], progress: list[Message]) -> None:
        chat: int | str = letter.dialogue_key
        for index, part in enumerate(parts):
            reply = _reply(letter, chat) if index == 0 else None
            sent = await self._send_part(part, chat, reply, first=index == 0)
            progress.append(sent)
            chat = sent.chat.id  # a group that became a supergroup answers under its new id

    async def _send_part(self, part: Part, chat: int | str, reply: ReplyParameters | None, *, first: bool) -> Message:
        try:
            return await part(chat, reply)
        except vendor.TelegramMigrateToChat as moved:
            target: int | str = moved.migrate_to_chat_id  # the old chat took nothing, so this is the first real attempt
        except vendor.TelegramRetryAfter as wait:
            if first or wait.retry_after > PATIENCE_SECONDS:
                raise send_fault(wait) from None
            await asyncio.sleep(wait.retry_after)
            target = chat
        except EVERY_FAULT as error:
            raise send_fault(error) from None
        try:
            return await part(target, None)
        except EVERY_FAULT as error:
            raise send_fault(error) from None

    async def _parts(self, letter: Letter) -> list[Part]:
        text, files = letter.message.text.strip(), list(letter.files)
        captioned = bool(files) and units(text) <= CAPTION_LIMIT
        parts = [] if captioned else [self._text_part(piece) for piece in split_text(text)]
        for index, file in enumerate(files):
            parts.append(await self._file_part(file, caption=text if captioned and index == 0 else ""))
        return parts

    def _text_part(self, text: str) -> Part:
        return lambda chat, reply: self._bot.send_message(chat, text, reply_parameters=reply)

    async def _file_part(self, file: Attachment, *, caption: str) -> Part:
        if file.size > FILE_LIMIT:
            raise send_refused(
                sentence("send.telegram_file_size", "“{name}” is over Telegram's limit for bots (50 MB).", name=file.name),
                code="too_large",
            )
        if file.blob_key is None:
            raise _missing(file)
        content = BufferedInputFile(await self._bytes_of(file, file.blob_key), filename=file.name)
        method, argument = self._method(file)

        async def part(chat: int | str, reply: ReplyParameters | None) -> Message:
            about: dict[str, Any] = {"chat_id": chat, "reply_parameters": reply, "caption": caption or None}
            try:
                return await method(**about, **{argument: content})
            except vendor.TelegramBadRequest as error:
                if argument == "document" or not any(word in error.message.lower() for word in UNFIT):
                    raise
                return await self._bot.send_document(**about, document=content)

        return part

    async def _bytes_of(self, file: Attachment, key: str) -> bytes:
        try:
            return await self._read_blob(key)
        except NotFound:
            raise _missing(file) from None

    def _method(self, file: Attachment) -> tuple[Callable[..., Awaitable[Message]], str]:
        kind = file.content_type.partition(";")[0].strip().lower()
        if kind in PHOTO_TYPES and file.size <= PHOTO_LIMIT:
            return self._bot.send_photo, "photo"
        if kind == "audio/ogg":
            return self._bot.send_voice, "voice"
        if kind == "video/mp4":
            return self._bot.send_video, "video"
        if kind in ("audio/mpeg", "audio/mp4"):
            return self._bot.send_audio, "audio"
        return self._bot.send_document, "document"


def _reply(letter: Letter, chat: Any) -> ReplyParameters | None:
    in_chat, _, number = (letter.reply_to_external_id or "").rpartition(":")
    if in_chat != str(chat) or not number.isdigit():
        return None
    return ReplyParameters(message_id=int(number), allow_sending_without_reply=True)


def _missing(file: Attachment) -> SendError:
    text = sentence("send.file_missing", "“{name}” is not in our storage.", name=file.name)
    return send_refused(text, ours=True, code="file_missing")


def _partly(fault: SendError, *, done: int, of: int) -> SendError:
    return send_unknown(
        sentence("send.partly", "Only {done} of {of} parts surely arrived. {reason}", done=done, of=of, reason=fault.detail)
    )
