"""The settings of one mailbox: a frozen value that checks itself and says in a sentence what is wrong. Pure."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, ValidationError, model_validator

from gateway.channels.email.fields import clean, normal_address
from gateway.domain.errors import ConfigError
from gateway.domain.sentence import sentence

Security = Literal["none", "starttls", "tls"]


def _address(value: str) -> str:
    found = normal_address(value)
    if found is None:
        raise ValueError(f"“{clean(value, cap=80)}” is not a mail address.")
    return found


def _one_line(value: str) -> str:
    if clean(value, cap=400) != value.strip() or not value.strip():
        raise ValueError("It must be one line of text without control characters.")
    return value.strip()


Line = Annotated[str, AfterValidator(_one_line)]
MailAddress = Annotated[str, AfterValidator(_address)]


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class OAuth(_Value):
    """XOAUTH2 with a refresh token (RFC 6749 section 6)."""

    client_id: Line
    client_secret: SecretStr = SecretStr("")
    refresh_token: SecretStr
    token_url: Annotated[str, Field(pattern=r"^https://|^http://(127\.0\.0\.1|localhost)[:/]")]
    scope: str = ""


class _Server(_Value):
    host: Line
    port: Annotated[int, Field(ge=1, le=65535)]
    security: Security = "tls"
    username: str = ""
    password: SecretStr | None = None
    oauth: OAuth | None = None

    @model_validator(mode="after")
    def _one_way_to_log_in(self) -> Self:
        if self.password is not None and self.oauth is not None:
            raise ValueError("Give a password or oauth, not both.")
        if (self.password or self.oauth) and not self.username:
            raise ValueError("A username is missing.")
        return self


class Imap(_Server):
    """Where mail is fetched."""

    port: Annotated[int, Field(ge=1, le=65535)] = 993
    folder: Line = "INBOX"

    @model_validator(mode="after")
    def _needs_login(self) -> Self:
        if self.password is None and self.oauth is None:
            raise ValueError("Give a password or oauth: a mailbox cannot be read without.")
        return self


class Smtp(_Server):
    """Where mail is handed over. No password and no oauth: the server takes mail from us as it is."""

    port: Annotated[int, Field(ge=1, le=65535)] = 465
    per_minute: Annotated[int, Field(ge=1, le=6000)] = 60


class EmailSettings(_Value):
    """One mailbox. backfill_days: how far back the first fetch goes; exclude: `*@example.com` or whole addresses.

    quote_original: an answer carries the mail it answers below it.
    """

    address: MailAddress
    name: Annotated[str, Field(max_length=64)] = ""
    imap: Imap
    smtp: Smtp
    backfill_days: Annotated[int, Field(ge=0, le=3650)] = 0
    exclude: tuple[Annotated[str, Field(min_length=1, max_length=254)], ...] = ()
    mark_seen: bool = False
    quote_original: bool = True
    own_addresses: tuple[MailAddress, ...] = ()

    @property
    def own(self) -> frozenset[str]:
        """Every address that is us."""
        return frozenset({self.address, *self.own_addresses})


def read_settings(settings: Any) -> EmailSettings:
    """From what the channel stores. Raises ConfigError: one sentence per wrong key, never with its value."""
    try:
        return EmailSettings.model_validate(settings)
    except ValidationError as error:
        lines = [
            f"{'.'.join(str(part) for part in item['loc']) or 'settings'}: {item['msg'].removeprefix('Value error, ')}"
            for item in error.errors(include_input=False, include_url=False)
        ]
        raise ConfigError(
            sentence("config.mailbox", "The mailbox settings are wrong. {faults}", faults=" ".join(lines))
        ) from None
