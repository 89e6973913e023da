"""One kept update → the events it means. Pure: the same bytes give the same events.

Identity is the numeric user id and nothing else: @usernames change hands so a username is only
shown. A message's external id is `chat_id:message_id`. https://core.telegram.org/bots/api#update.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from aiogram.enums import ChatMemberStatus, ChatType
from aiogram.types import CallbackQuery, Chat, ChatMemberUpdated, Message, Update, User
from pydantic import ValidationError

from gateway.channels.telegram.content import clean, label, read_content
from gateway.channels.telegram.start import start_source
from gateway.domain.errors import Unreadable
from gateway.domain.ids import ChannelId
from gateway.domain.inbound import Claim, DialogueMoved, InboundEvent, MessageEdited, MessageReceived, Raw, Sender

_AWAY = {ChatMemberStatus.KICKED, ChatMemberStatus.LEFT}


def read_update(raw: Raw) -> Sequence[InboundEvent]:
    """Raises Unreadable. An empty list: an update that concerns nobody here."""
    try:
        update = _understood(json.loads(raw.body))
    except (ValueError, RecursionError) as error:  # pydantic's and json's errors are ValueErrors
        raise Unreadable(f"This is not a Telegram update ({type(error).__name__}).") from None
    event = _event(update, raw)
    return [event] if event else []


def external_id(chat_id: int, message_id: int) -> str:
    """How a message is named towards the core."""
    return f"{chat_id}:{message_id}"


def lane_of(update: Mapping[str, Any]) -> str:
    """The chat an update belongs to, read without the library; updates of one chat keep their order."""
    for value in update.values():
        if isinstance(value, dict):
            carrier = value if "chat" in value else value.get("message")
            chat = carrier.get("chat") if isinstance(carrier, dict) else None
            if isinstance(chat, dict) and "id" in chat:
                return str(chat["id"])
    return "updates"


def _understood(body: Any) -> Update:
    """The library's types demand fields that an older server leaves out; one odd part must not cost the text."""
    try:
        return Update.model_validate(body)
    except ValidationError as error:
        for fault in error.errors(include_url=False, include_input=False):
            if len(fault["loc"]) >= 3:
                kind, part = fault["loc"][:2]
                body[kind].pop(part, None)
        return Update.model_validate(body)


def _event(update: Update, raw: Raw) -> InboundEvent | None:
    if update.message:
        return _moved(update.message, raw.channel_id) or _received(update.message, raw.channel_id)
    if update.edited_message:
        return _edited(update.edited_message, raw.channel_id)
    if update.callback_query:
        return _pressed(update.callback_query, raw)
    if update.my_chat_member:
        return _membership(update.my_chat_member, update.update_id, raw.channel_id)
    return None


def _moved(message: Message, channel_id: ChannelId) -> DialogueMoved | None:
    """A group became a supergroup: the old chat tells the new id, the new chat the old one; either may be missing."""
    here = str(message.chat.id)
    if message.migrate_to_chat_id:
        return DialogueMoved(channel_id, here, str(message.migrate_to_chat_id))
    if message.migrate_from_chat_id:
        return DialogueMoved(channel_id, str(message.migrate_from_chat_id), here)
    return None


def _received(message: Message, channel_id: ChannelId) -> MessageReceived | None:
    content = read_content(message)
    if content is None or message.chat.type == ChatType.CHANNEL:
        return None
    sender = _sender(message.from_user, message.sender_chat, extra=content.claims)
    answered = message.reply_to_message
    return MessageReceived(
        channel_id=channel_id,
        external_id=external_id(message.chat.id, message.message_id),
        dialogue_key=str(message.chat.id),
        sender=sender,
        text=content.text,
        at=message.date.astimezone(UTC),
        files=content.files,
        reply_to=external_id(message.chat.id, answered.message_id) if answered else None,
        automatic=bool(message.from_user and message.from_user.is_bot and not message.sender_chat),
        source=start_source(content.text),
        data={**_facts(message), **content.data},
    )


def _edited(message: Message, channel_id: ChannelId) -> MessageEdited | None:
    content = read_content(message)
    if content is None:
        return None
    return MessageEdited(
        channel_id=channel_id,
        external_id=external_id(message.chat.id, message.message_id),
        dialogue_key=str(message.chat.id),
        text=content.text,
        at=datetime.fromtimestamp(message.edit_date, UTC) if message.edit_date else message.date.astimezone(UTC),
    )


def _pressed(query: CallbackQuery, raw: Raw) -> MessageReceived | None:
    """A button is an answer in words: its label is the text. The press carries no time, so arrival counts."""
    message = query.message
    if message is None:
        return None
    return MessageReceived(
        channel_id=raw.channel_id,
        external_id=f"{message.chat.id}:press:{query.id}",
        dialogue_key=str(message.chat.id),
        sender=_sender(query.from_user, None),
        text=_label(message, query.data) or clean(query.data),
        at=raw.received_at,
        reply_to=external_id(message.chat.id, message.message_id),
        data={
            "kind": "button",
            "button": clean(query.data),
            **_chat_facts(message.chat),
            **_user_facts(query.from_user),
        },
    )


def _label(message: Any, pressed: str | None) -> str:
    markup = getattr(message, "reply_markup", None)
    rows = markup.inline_keyboard if markup else ()
    return next((clean(key.text) for row in rows for key in row if key.callback_data == pressed), "")


def _membership(change: ChatMemberUpdated, update_id: int, channel_id: ChannelId) -> MessageReceived | None:
    """The person blocked or unblocked the bot, or a group took it in or threw it out: a line without text."""
    before, after = change.old_chat_member.status in _AWAY, change.new_chat_member.status in _AWAY
    if before == after:
        return None
    private = change.chat.type == ChatType.PRIVATE
    word = ("blocked" if after else "unblocked") if private else ("removed" if after else "added")
    return MessageReceived(
        channel_id=channel_id,
        external_id=f"{change.chat.id}:member:{update_id}",
        dialogue_key=str(change.chat.id),
        sender=_sender(change.from_user, None),
        text="",
        at=change.date.astimezone(UTC),
        automatic=True,
        data={"system": f"telegram.{word}", **_chat_facts(change.chat), **_user_facts(change.from_user)},
    )


def _sender(user: User | None, chat: Chat | None, *, extra: tuple[Claim, ...] = ()) -> Sender:
    """`chat` stands in for people who write in a group's or channel's name; both ids are numbers that never change."""
    if chat is not None:
        return Sender((Claim("telegram", str(chat.id)), *extra), name=label(chat.title))
    if user is None:
        raise Unreadable("A Telegram message without a sender.")
    return Sender((Claim("telegram", str(user.id)), *extra), name=label(user.full_name), locale=user.language_code)


def _facts(message: Message) -> dict[str, Any]:
    facts: dict[str, Any] = {**_chat_facts(message.chat), **_user_facts(message.from_user)}
    if message.media_group_id:
        facts["media_group_id"] = message.media_group_id
    if message.message_thread_id:
        facts["topic"] = message.message_thread_id
    if message.forward_origin:
        facts["forwarded_from"] = _origin(message.forward_origin)
    if message.quote:
        facts["quote"] = clean(message.quote.text)
    return facts


def _chat_facts(chat: Chat) -> dict[str, Any]:
    return {} if chat.type == ChatType.PRIVATE else {"chat": {"type": str(chat.type), "title": label(chat.title)}}


def _user_facts(user: User | None) -> dict[str, Any]:
    return {"username": user.username} if user and user.username else {}


def _origin(origin: Any) -> str:
    person, chat = (
        getattr(origin, "sender_user", None),
        getattr(origin, "chat", None) or getattr(origin, "sender_chat", None),
    )
    name = person.full_name if person else getattr(origin, "sender_user_name", None) or (chat and chat.title)
    return label(name)
