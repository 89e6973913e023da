"""The web chat kind: settings that explain themselves, and an adapter with nothing to carry."""

from __future__ import annotations

from typing import Any

import pytest

from gateway.channels.webchat import build, read_settings
from gateway.domain.channel import Channel
from gateway.domain.delivery import Letter
from gateway.domain.errors import ConfigError, SendError
from gateway.domain.ids import ChannelId, DialogueId, LineId, MessageId
from gateway.domain.message import OutboundMessage
from tests.fakes.clock import MONDAY

SITE = ChannelId("chn_site")


def letter(key: str) -> Letter:
    """An answer into a dialogue."""
    message = OutboundMessage(
        id=MessageId("msg_1"), dialogue_id=DialogueId("dlg_1"), conversation_id=None, seq=1, at=MONDAY, text="Yes",
        created_at=MONDAY, channel_id=SITE, operator_id=None,
    )  # fmt: skip
    return Letter(message, "dlv_1", key, ())


def adapter(**settings: Any) -> Any:
    """Of one site."""
    return build(Channel(SITE, "webchat", LineId("lin_1"), "Shop", "key", settings))


def test_no_settings_at_all_are_enough() -> None:
    settings = read_settings({})
    assert settings.welcomes("https://anything.example")
    assert [field.name for field in settings.offline] == [
        "name",
        "email",
        "phone",
    ]


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("https://Shop.Example", "https://shop.example"), ("https://shop.example:443/", "https://shop.example"),
        ("http://shop.example:8080", "http://shop.example:8080"), ("https://лавка.example", "https://xn--80aa2ad6c.example"),
    ],
)  # fmt: skip
def test_origins_are_kept_as_browsers_send_them(given: str, kept: str) -> None:
    settings = read_settings({"origins": [given]})
    assert settings.welcomes(settings.origins[0])
    assert not settings.welcomes(None)
    assert not settings.welcomes("null")
    assert settings.origins[0].isascii()
    assert kept == settings.origins[0] or "xn--" in kept


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"origins": ["shop.example"]}, "origins"), ({"origins": ["https://shop.example/path"]}, "origins"),
        ({"origins": ["https://*.example"]}, "origins"), ({"origins": ["https://a@shop.example"]}, "origins"),
        ({"identity_secret": "short secret"}, "identity_secret"), ({"color": "green"}, "color"),
        ({"file_bytes": 10**12}, "file_bytes"),
        ({"unknown": 1}, "unknown"), ({"prechat": [{"name": "Your name"}]}, "prechat"),
        ({"consent": {"version": ""}}, "consent"),
    ],
)  # fmt: skip
def test_a_wrong_setting_is_named_and_its_value_is_not_repeated(wrong: dict[str, Any], named: str) -> None:
    with pytest.raises(ConfigError, match=named) as refused:
        read_settings(wrong)
    assert "short secret" not in refused.value.detail


async def test_sending_succeeds_at_once_except_into_a_form() -> None:
    chat = adapter()
    assert (await chat.send(letter("a" * 32))).external_id == "dlv_1"
    with pytest.raises(SendError) as refused:
        await chat.send(letter("form:1"))
    assert refused.value.facts.certain
    assert not refused.value.facts.retry


async def test_the_check_tells_what_is_open() -> None:
    lines = await adapter().check()
    assert all(line.ok for line in lines)
    assert any("origins" in line.remedy for line in lines)
    assert "shop.example" in (await adapter(origins=["https://shop.example"]).check())[1].detail


def test_the_secret_is_in_no_text() -> None:
    settings = read_settings({"identity_secret": "s3cret" * 8})
    assert "s3cret" not in repr(settings)
    assert settings.secret == "s3cret" * 8
