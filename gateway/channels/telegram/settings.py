"""What an administrator sets for one bot, and the sentence they read when it is wrong. Talks to nobody."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator, model_validator

from gateway.domain.errors import ConfigError
from gateway.domain.sentence import Sentence, sentence


class TelegramSettings(BaseModel):
    """Frozen and self-validating; errors never repeat the value, which may be a secret."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    token: SecretStr = Field(description="The bot's token from @BotFather.")
    username: str | None = Field(default=None, description="The bot's @name, for links to it; shown only.")
    api_base: str = Field(default="https://api.telegram.org", description="Bot API server; a local one lifts file limits.")
    mode: Literal["polling", "webhook"] = Field(
        default="polling", description="polling needs no public address; webhook needs public_url and webhook_secret."
    )
    webhook_secret: SecretStr | None = Field(default=None, description="16–256 of A–Z a–z 0–9 _ -; sent back by Telegram.")
    poll_seconds: int = Field(default=25, ge=0, le=50, description="How long one getUpdates waits for news.")
    download_limit_mb: int = Field(default=20, ge=1, le=2000, description="Telegram's own servers allow bots 20 MB.")

    @field_validator("token")
    @classmethod
    def _token_has_two_parts(cls, token: SecretStr) -> SecretStr:
        number, _, rest = token.get_secret_value().strip().partition(":")
        if not (number.isascii() and number.isdigit() and len(rest) >= 6 and not any(c.isspace() for c in rest)):
            raise ValueError('must look like "123456789:AA…"; copy it from @BotFather')
        return SecretStr(f"{number}:{rest}")

    @field_validator("api_base")
    @classmethod
    def _base_is_an_address(cls, base: str) -> str:
        if not base.startswith(("https://", "http://")):
            raise ValueError("must begin with https:// (or http:// for a server of your own)")
        return base.rstrip("/")

    @field_validator("webhook_secret")
    @classmethod
    def _secret_is_sendable(cls, secret: SecretStr | None) -> SecretStr | None:
        value = secret.get_secret_value() if secret else ""
        plain = value.isascii() and value.replace("_", "a").replace("-", "a").isalnum()
        if secret is not None and not (plain and 16 <= len(value) <= 256):
            raise ValueError("must be 16 to 256 characters of A–Z, a–z, 0–9, _ and -")
        return secret

    @model_validator(mode="after")
    def _webhook_has_a_secret(self) -> Self:
        if self.mode == "webhook" and self.webhook_secret is None:
            raise ValueError("webhook_secret is required when mode is webhook")
        return self

    @property
    def bot_id(self) -> int:
        """The bot's own numeric id is the first half of its token."""
        return int(self.token.get_secret_value().partition(":")[0])

    @property
    def download_limit(self) -> int:
        """In bytes."""
        return self.download_limit_mb * 1024 * 1024


def read_settings(settings: Mapping[str, Any]) -> TelegramSettings:
    """Validate what the administrator wrote. Raises ConfigError: one sentence per wrong key, no values."""
    try:
        return TelegramSettings.model_validate(dict(settings))
    except ValidationError as error:
        raise ConfigError(_sentence(error)) from None


def _sentence(error: ValidationError) -> Sentence:
    parts = []
    for fault in error.errors(include_url=False, include_input=False, include_context=False):
        place = ".".join(str(step) for step in fault["loc"])
        message = fault["msg"].removeprefix("Value error, ")
        parts.append(f"{place}: {message}" if place else message)
    return sentence("config.telegram", "Telegram settings: {faults}.", faults="; ".join(parts))
