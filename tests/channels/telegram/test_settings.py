"""Bad setting → sentence; the value never shows. And the package is cheap until a bot is built."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest

from gateway.channels.telegram import build, read_settings
from gateway.domain.channel import Channel
from gateway.domain.errors import ConfigError
from gateway.domain.ids import ChannelId, LineId
from tests.channels.telegram.stage import StandingClock, read_blob

TOKEN = "123456:TEST-token-not-a-real-one"

SENTENCES: dict[str, tuple[dict[str, Any], str]] = {
    "no token": ({}, "token: Field required"),
    "token without colon": ({"token": "secret-thing"}, "copy it from @BotFather"),
    "unknown key": ({"token": TOKEN, "tokn": "x"}, "tokn: Extra inputs are not permitted"),
    "bad base": ({"token": TOKEN, "api_base": "api.telegram.org"}, "must begin with https://"),
    "webhook without secret": ({"token": TOKEN, "mode": "webhook"}, "webhook_secret is required"),
    "short secret": ({"token": TOKEN, "webhook_secret": "secret-thing"}, "16 to 256 characters"),
    "unsendable secret": ({"token": TOKEN, "webhook_secret": "secret-thing with spaces"}, "16 to 256 characters"),
    "long poll": ({"token": TOKEN, "poll_seconds": 500}, "poll_seconds: Input should be less than or equal to 50"),
}


@pytest.mark.parametrize("name", SENTENCES)
def test_a_bad_setting_is_one_sentence_without_the_value(name: str) -> None:
    settings, sentence = SENTENCES[name]
    with pytest.raises(ConfigError) as caught:
        read_settings(settings)
    assert sentence in caught.value.detail
    assert "secret-thing" not in repr(caught.value)
    assert caught.value.__suppress_context__


def test_settings_do_not_show_secrets() -> None:
    assert "TEST-token" not in repr(read_settings({"token": TOKEN}))


def test_webhook_mode_needs_the_servers_address() -> None:
    settings = {"token": TOKEN, "mode": "webhook", "webhook_secret": "a-secret-of-16-or-more"}
    row = Channel(ChannelId("chn_1"), "telegram", LineId("lin_1"), "Shop bot", "abc", settings)
    with pytest.raises(ConfigError, match="public_url"):
        build(row, read_blob=read_blob, clock=StandingClock())


def test_importing_the_package_does_not_import_aiogram() -> None:
    code = "import sys, gateway.channels.telegram; sys.exit('aiogram' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
