"""A wrong setting is a sentence, and never shows a secret."""

from __future__ import annotations

from typing import Any

import pytest

from gateway.channels.email.settings import read_settings
from gateway.domain.errors import ConfigError
from tests.channels.email.people import settings

IMAP = {"host": "imap.shop.example", "username": "olga", "password": "secret-word"}
GOOD: dict[str, Any] = {"address": "help@shop.example", "imap": IMAP, "smtp": {"host": "smtp.shop.example"}}


def test_the_least_settings_have_safe_defaults() -> None:
    read = read_settings(GOOD)
    assert (read.imap.port, read.imap.security, read.imap.folder, read.smtp.port, read.smtp.security) == (
        993,
        "tls",
        "INBOX",
        465,
        "tls",
    )
    assert (read.backfill_days, read.mark_seen, read.exclude) == (0, False, ())


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"address": "shop"}, "address: “shop” is not a mail address."),
        ({"address": "a@b.c\r\nBcc: x@y.z"}, "is not a mail address."),
        ({"imap": {**IMAP, "folder": "INBOX\r\nA1 DELETE INBOX"}}, "imap.folder: It must be one line of text"),
        ({"imap": {"host": "x", "username": "olga"}}, "imap: Give a password or oauth"),
        ({"imap": {**IMAP, "username": ""}}, "imap: A username is missing."),
        ({"imap": {**IMAP, "security": "ssl"}}, "imap.security"),
        ({"imap": {**IMAP, "port": 70000}}, "imap.port"),
        ({"backfill_days": -1}, "backfill_days"),
        ({"own_addresses": ["nobody"]}, "own_addresses.0: “nobody” is not a mail address."),
        ({"colour": "red"}, "colour"),
        (
            {"imap": {**IMAP, "oauth": {"client_id": "c", "refresh_token": "r", "token_url": "https://x/"}}},
            "imap: Give a password or oauth, not both.",
        ),
        (
            {
                "imap": {
                    "host": "x",
                    "username": "o",
                    "oauth": {"client_id": "c", "refresh_token": "r", "token_url": "http://x/"},
                }
            },
            "imap.oauth.token_url",
        ),
    ],
)
def test_a_wrong_setting_is_named(change: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ConfigError) as caught:
        read_settings(GOOD | change)
    assert sentence in caught.value.detail
    assert "secret-word" not in caught.value.detail


def test_secrets_are_not_printed() -> None:
    assert "secret-word" not in repr(settings())
