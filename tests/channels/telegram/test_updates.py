"""Wire file → event, one row per kind of update."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from gateway.channels.telegram.updates import read_update
from gateway.domain.errors import Unreadable
from gateway.domain.inbound import Claim, DialogueMoved, InboundEvent, MessageEdited, MessageReceived, Raw
from tests.channels.telegram.stage import CHANNEL, MONDAY

WIRE = Path(__file__).parents[2] / "wire" / "telegram"
ANN = Claim("telegram", "7001")
NINE = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)


def raw(body: bytes) -> Raw:
    """As the inbox hands it back."""
    return Raw(CHANNEL, "880000101", "7001", body, MONDAY)


def events(name: str) -> list[InboundEvent]:
    """What a wire file means."""
    return list(read_update(raw((WIRE / f"{name}.json").read_bytes())))


def received(name: str) -> MessageReceived:
    """The one message in a wire file."""
    (event,) = events(name)
    assert isinstance(event, MessageReceived)
    return event


def test_a_text_becomes_a_message_of_the_numeric_sender() -> None:
    message = received("text")
    assert message.external_id == "7001:11"
    assert message.dialogue_key == "7001"
    assert message.sender.claims == (ANN,)
    assert (message.sender.name, message.sender.locale) == ("Ann", "en")
    assert message.text == "Is the blue one in stock?"
    assert message.at == NINE
    assert message.data == {"username": "ann"}
    assert not message.automatic


def test_the_username_is_never_an_identity() -> None:
    for path in WIRE.glob("*.json"):
        for event in read_update(raw(path.read_bytes())):
            if isinstance(event, MessageReceived):
                assert not [claim for claim in event.sender.claims if "ann" in claim.value.lower()]
                assert event.sender.claims[0].value.lstrip("-").isdigit()


@pytest.mark.parametrize("told_in", ["group-became-supergroup", "supergroup-was-group"])
def test_a_group_that_becomes_a_supergroup_tells_its_new_id_in_either_chat(told_in: str) -> None:
    assert events(told_in) == [DialogueMoved(CHANNEL, "-1500", "-1001001500")]


FILES: dict[str, tuple[str, str, int, str, str]] = {
    "photo-with-caption": ("photo-11.jpg", "image/jpeg", 90000, "large", "Like this"),
    "document": ("order.pdf", "application/pdf", 34000, "doc", ""),
    "voice": ("voice-11.ogg", "audio/ogg", 9000, "voice", ""),
    "video": ("clip.mp4", "video/mp4", 25000000, "video", ""),
    "video-note": ("video-note-11.mp4", "video/mp4", 70000, "note", ""),
    "audio": ("song.mp3", "audio/mpeg", 300000, "audio", ""),
    "sticker": ("sticker-11.webp", "image/webp", 15000, "sticker", "👍"),
    "sticker-animated": ("sticker-11.tgs", "application/x-tgsticker", 15000, "stickera", "🎉"),
    "animation": ("cat.mp4", "video/mp4", 40000, "anim", ""),
}


@pytest.mark.parametrize("name", FILES)
def test_a_file_is_referenced_with_name_type_and_size(name: str) -> None:
    message = received(name)
    (file,) = message.files
    assert (file.name, file.content_type, file.size, file.reference, message.text) == FILES[name]


def test_photos_of_one_album_carry_the_same_group() -> None:
    first, second = received("album-first"), received("album-second")
    assert first.data["media_group_id"] == second.data["media_group_id"] == "1357"
    assert [first.files[0].reference, second.files[0].reference] == ["one", "two"]
    assert first.text == "Two photos"


def test_an_own_contact_card_vouches_for_the_number() -> None:
    assert received("contact-own").sender.claims == (ANN, Claim("phone", "+442071838750", verified=True))


def test_the_card_of_somebody_else_does_not() -> None:
    message = received("contact-of-another")
    assert message.sender.claims == (ANN, Claim("phone", "+79161234567", verified=False))
    assert message.text == "Boris, +79161234567"


def test_a_card_with_a_bad_number_is_only_shown() -> None:
    message = received("contact-bad-number")
    assert message.sender.claims == (ANN,)
    assert message.text == "Boris, 123"


DATA: dict[str, tuple[str, dict[str, Any]]] = {
    "location": ("52.52, 13.405", {"location": {"latitude": 52.52, "longitude": 13.405, "live": False}}),
    "venue": (
        "Cafe, Main street 1",
        {"location": {"latitude": 52.52, "longitude": 13.405, "title": "Cafe", "address": "Main street 1"}},
    ),
    "text-link": ("This one", {"links": ["https://shop.example/blue"]}),
    "forwarded": ("Look what they wrote", {"forwarded_from": "Boris"}),
    "poll": ("Which?\n• Red\n• Blue", {"kind": "poll"}),
    "poll-of-an-older-server": ("Vote", {"unsupported": "unknown"}),
    "story-not-known": ("", {"unsupported": "story"}),
    "kind-of-tomorrow": ("See", {"unsupported": "unknown"}),
    "unknown-fields": ("Hello", {}),
    "button": ("Good", {"kind": "button", "button": "rate:5"}),
    "cut-emoji-name": ("Hi there", {}),
}


@pytest.mark.parametrize("name", DATA)
def test_text_and_what_only_telegram_shows(name: str) -> None:
    message = received(name)
    text, data = DATA[name]
    assert message.text == text
    assert data.items() <= message.data.items()


SOURCES: dict[str, dict[str, str]] = {
    "start-with-word": {"start": "spring_sale"},
    "start-with-campaign": {
        "start": "dXRtX3NvdXJjZT1hZHMmdXRtX2NhbXBhaWduPW1heQ",
        "utm_source": "ads",
        "utm_campaign": "may",
    },
    "start-plain": {},
    "text": {},
}


@pytest.mark.parametrize("name", SOURCES)
def test_the_start_payload_is_the_source_of_the_lead(name: str) -> None:
    assert received(name).source == SOURCES[name]


def test_a_reply_names_the_message_it_answers() -> None:
    assert received("reply").reply_to == "7001:12"
    assert received("button").reply_to == "7001:51"


@pytest.mark.parametrize(("name", "text"), [("edited", "Is the red one in stock?"), ("edited-caption", "Like that")])
def test_an_edit_names_the_message_it_changes(name: str, text: str) -> None:
    (event,) = events(name)
    assert event == MessageEdited(CHANNEL, "7001:11", "7001", text, datetime(2026, 1, 5, 9, 0, 30, tzinfo=UTC))


def test_in_a_group_the_dialogue_is_the_chat_and_the_sender_the_person() -> None:
    message = received("group-message")
    assert message.dialogue_key == "-1001500"
    assert message.sender.claims == (Claim("telegram", "7002"),)
    assert message.data["chat"] == {"type": "supergroup", "title": "Shop talk"}


def test_an_anonymous_administrator_is_the_group() -> None:
    message = received("group-anonymous-admin")
    assert message.sender.claims == (Claim("telegram", "-1001500"),)
    assert not message.automatic


@pytest.mark.parametrize("name", ["blocked", "unblocked"])
def test_blocking_the_bot_is_a_line_without_text(name: str) -> None:
    message = received(name)
    assert message.data["system"] == f"telegram.{name}"
    assert message.automatic
    assert message.text == ""


@pytest.mark.parametrize("name", ["group-new-member", "update-of-tomorrow"])
def test_what_nobody_said_is_of_no_interest(name: str) -> None:
    assert events(name) == []


BAD = [b"", b"no json", b"[]", b'{"update_id":1,"message":{"text":"no chat"}}', b"[" * 100_000, b"\xff\xfe"]


@pytest.mark.parametrize("body", BAD, ids=range(len(BAD)))
def test_what_is_no_update_goes_to_quarantine(body: bytes) -> None:
    with pytest.raises(Unreadable):
        read_update(raw(body))


def test_every_event_can_be_stored_as_utf8_json() -> None:
    for path in WIRE.glob("*.json"):
        for event in read_update(raw(path.read_bytes())):
            told = json.dumps([getattr(event, "text", ""), getattr(event, "data", {})], ensure_ascii=False).encode()
            assert b"\\u0000" not in told


def with_file(name: str) -> str:
    """What a document of that name is called here."""
    update = json.loads((WIRE / "document.json").read_bytes())
    update["message"]["document"]["file_name"] = name
    (event,) = read_update(raw(json.dumps(update).encode()))
    assert isinstance(event, MessageReceived)
    return event.files[0].name


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("order.pdf", "order.pdf"),
        ("order\u202efdp.exe", "orderfdp.exe"),
        ("../../etc/passwd", "passwd"),
        ("C:\\order\n.pdf", "order .pdf"),
        ("..", "document-11"),
        ("\u200f\u2066", "document-11"),
        ("фото нашего двора.jpg", "фото нашего двора.jpg"),
    ],
)
def test_the_name_of_a_file_leads_nobody_astray(given: str, name: str) -> None:
    assert with_file(given) == name


def test_the_name_of_a_person_is_one_line_in_one_direction() -> None:
    update = json.loads((WIRE / "text.json").read_bytes())
    update["message"]["from"] |= {"first_name": "Ann\n\u202egolO", "last_name": "\u2067"}
    (event,) = read_update(raw(json.dumps(update).encode()))
    assert isinstance(event, MessageReceived)
    assert event.sender.name == "Ann golO"
