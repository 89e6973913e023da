"""What one Telegram message holds: text, files, further identities, and what only Telegram shows. Pure.

One function per kind of content, https://core.telegram.org/bots/api#message. Kinds that are no speech (a pinned
message, a new title) give None; kinds we do not know yet are kept by name, never dropped.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import phonenumbers
from aiogram.enums import ContentType
from aiogram.types import Message

from gateway.domain.inbound import Claim, IncomingFile
from gateway.domain.storable import storable

_BREAKS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_TURNS = re.compile(r"[\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]+")


@dataclass(frozen=True, slots=True)
class Content:
    """What was said, before it is known to whom."""

    text: str = ""
    files: tuple[IncomingFile, ...] = ()
    claims: tuple[Claim, ...] = ()
    data: Mapping[str, Any] = field(default_factory=dict)


def clean(text: str | None) -> str:
    """None is nothing; names may be cut in the middle of an emoji."""
    return storable(text or "")


def label(text: str | None) -> str:
    """A name as one line; without what turns the direction of letters round, and "exe.jpg" out of a program."""
    return " ".join(_TURNS.sub("", _BREAKS.sub(" ", clean(text))).split())


def read_content(message: Message) -> Content | None:
    """None: a service message, nothing anybody said."""
    kind = message.content_type
    if kind in _SERVICE:
        return None
    reader = _READERS.get(kind)
    return reader(message) if reader else Content(text=clean(message.caption), data={"unsupported": ContentType(kind).value})


def _text(message: Message) -> Content:
    links = [entity.url for entity in message.entities or () if entity.url]
    return Content(text=clean(message.text), data={"links": links} if links else {})


def _photo(message: Message) -> Content:
    largest = max(message.photo or (), key=lambda size: size.width * size.height)
    name = f"photo-{message.message_id}.jpg"
    return _with_file(message, largest, name=name, content_type="image/jpeg", kind="photo")


def _document(message: Message) -> Content:
    return _named(message, message.document, "application/octet-stream", kind="document")


def _audio(message: Message) -> Content:
    return _named(message, message.audio, "audio/mpeg", kind="audio")


def _video(message: Message) -> Content:
    return _named(message, message.video, "video/mp4", kind="video")


def _animation(message: Message) -> Content:
    return _named(message, message.animation, "video/mp4", kind="animation")


def _voice(message: Message) -> Content:
    name = f"voice-{message.message_id}.ogg"
    return _with_file(message, message.voice, name=name, content_type="audio/ogg", kind="voice")


def _video_note(message: Message) -> Content:
    name = f"video-note-{message.message_id}.mp4"
    return _with_file(message, message.video_note, name=name, content_type="video/mp4", kind="video_note")


def _sticker(message: Message) -> Content:
    sticker = message.sticker
    suffix, content_type = ".webp", "image/webp"
    if sticker and sticker.is_animated:
        suffix, content_type = ".tgs", "application/x-tgsticker"
    elif sticker and sticker.is_video:
        suffix, content_type = ".webm", "video/webm"
    name = f"sticker-{message.message_id}{suffix}"
    seen = _with_file(message, sticker, name=name, content_type=content_type, kind="sticker")
    emoji = clean(sticker.emoji) if sticker else ""
    return Content(text=emoji, files=seen.files, data={**seen.data, "emoji": emoji})


def _contact(message: Message) -> Content:
    card = message.contact
    if card is None:
        return Content()
    name = label(" ".join(part for part in (card.first_name, card.last_name) if part))
    number = _e164(card.phone_number)
    own = message.from_user is not None and card.user_id == message.from_user.id
    claims = (Claim("phone", number, verified=own),) if number else ()
    data = {"kind": "contact", "contact": {"name": name, "phone": number or clean(card.phone_number), "own": own}}
    return Content(text=f"{name}, {number or clean(card.phone_number)}".strip(", "), claims=claims, data=data)


def _venue(message: Message) -> Content:
    venue = message.venue
    if venue is None:
        return Content()
    place = {"latitude": venue.location.latitude, "longitude": venue.location.longitude}
    data = {"kind": "venue", "location": place | {"title": clean(venue.title), "address": clean(venue.address)}}
    return Content(text=clean(f"{venue.title}, {venue.address}"), data=data)


def _location(message: Message) -> Content:
    spot = message.location
    if spot is None:
        return Content()
    place = {"latitude": spot.latitude, "longitude": spot.longitude, "live": spot.live_period is not None}
    return Content(text=f"{spot.latitude}, {spot.longitude}", data={"kind": "location", "location": place})


def _poll(message: Message) -> Content:
    poll = message.poll
    lines = [poll.question, *(f"• {option.text}" for option in poll.options)] if poll else []
    return Content(text=clean("\n".join(lines)), data={"kind": "poll"})


def _dice(message: Message) -> Content:
    dice = message.dice
    return Content(text=f"{dice.emoji} {dice.value}" if dice else "", data={"kind": "dice"})


def _named(message: Message, file: Any, content_type: str, *, kind: str) -> Content:
    name = re.split(r"[/\\]", label(file.file_name))[-1].strip(". ") or f"{kind}-{message.message_id}"
    return _with_file(message, file, name=name, content_type=file.mime_type or content_type, kind=kind)


def _with_file(message: Message, file: Any, *, name: str, content_type: str, kind: str) -> Content:
    data = {"kind": kind}
    duration = getattr(file, "duration", None)
    if isinstance(duration, int):
        data["duration"] = str(duration)
    incoming = IncomingFile(name=name, content_type=content_type, size=file.file_size, reference=file.file_id)
    return Content(text=clean(message.caption), files=(incoming,), data=data)


def _e164(phone: str) -> str | None:
    """Telegram writes full international numbers, mostly without the plus."""
    try:
        number = phonenumbers.parse("+" + phone.strip().lstrip("+"), None)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


_READERS: dict[str, Callable[[Message], Content]] = {
    ContentType.TEXT: _text,
    ContentType.PHOTO: _photo,
    ContentType.DOCUMENT: _document,
    ContentType.AUDIO: _audio,
    ContentType.VIDEO: _video,
    ContentType.ANIMATION: _animation,
    ContentType.VOICE: _voice,
    ContentType.VIDEO_NOTE: _video_note,
    ContentType.STICKER: _sticker,
    ContentType.CONTACT: _contact,
    ContentType.VENUE: _venue,
    ContentType.LOCATION: _location,
    ContentType.POLL: _poll,
    ContentType.DICE: _dice,
}
# Everything the library knows by name and that is neither above nor something a person said.
_SPOKEN = {
    *_READERS, ContentType.UNKNOWN, ContentType.STORY, ContentType.GAME, ContentType.LIVE_PHOTO, ContentType.CHECKLIST,
    ContentType.PAID_MEDIA, ContentType.INVOICE, ContentType.GIVEAWAY, ContentType.WEB_APP_DATA,
    ContentType.SUCCESSFUL_PAYMENT, ContentType.PASSPORT_DATA,
}  # fmt: skip
_SERVICE = {kind for kind in ContentType if kind not in _SPOKEN}
