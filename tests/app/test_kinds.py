"""The table of kinds: every kind loads, its schema names its secrets, wrong settings are named with the place."""

from __future__ import annotations

import pytest

from gateway.app import kinds
from gateway.domain.channel import TRAITS
from gateway.domain.errors import ConfigError

GOOD = {
    "webchat": {"site_name": "Larka Cycles"},
    "telegram": {"token": "123456789:AAEhBOweik6ad9r_QXMENQjcrGbqCr4K-bc"},
    "pbx": {"secret": "a secret of at least sixteen characters"},
    "email": {
        "address": "hello@example.com",
        "imap": {"host": "imap.example.com", "username": "hello", "password": "open sesame"},
        "smtp": {"host": "smtp.example.com", "username": "hello", "password": "open sesame"},
    },
}


def test_the_table_knows_every_kind_the_core_counts() -> None:
    assert set(kinds.TABLE) == set(TRAITS)


@pytest.mark.parametrize("kind", sorted(GOOD))
def test_good_settings_come_back_with_their_secrets_in_the_clear(kind: str) -> None:
    stored = kinds.validate(kind, GOOD[kind])
    assert kinds.validate(kind, stored) == stored
    assert "**" not in repr(stored)


def test_secrets_are_found_by_their_dotted_path() -> None:
    found = {kind: set(facts["secrets"]) for kind, facts in kinds.schemas().items()}
    assert {"token", "webhook_secret"} <= found["telegram"]
    assert {"imap.password", "smtp.password"} <= found["email"]
    assert "secret" in found["pbx"]


@pytest.mark.parametrize(
    ("kind", "settings", "named"),
    [
        ("telegram", {}, "token"),
        ("telegram", {"token": "nonsense"}, "token"),
        ("webchat", {"colour": "#ffffff"}, "colour"),
        ("email", {"address": "hello@example.com"}, "imap"),
        ("fax", {}, "use one of"),
    ],
)
def test_wrong_settings_are_named(kind: str, settings: dict[str, object], named: str) -> None:
    with pytest.raises(ConfigError, match=named):
        kinds.validate(kind, settings)


def test_a_wrong_secret_is_not_repeated_in_the_error() -> None:
    with pytest.raises(ConfigError) as caught:
        kinds.validate("telegram", {"token": "very-secret-nonsense"})
    assert "very-secret-nonsense" not in caught.value.detail
