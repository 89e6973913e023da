"""What an administrator sets for a PBX that speaks our webhook, and the sentence they read when it is wrong.

The country of numbers and the threshold for giving up are the Line's, extensions are the Operator's: one table each.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator

from gateway.domain.errors import ConfigError
from gateway.domain.sentence import sentence
from gateway.telephony.guard import Door

PREFIX = "whsec_"


def _host(host: str) -> str:
    name = host.strip().lower().rstrip(".")
    if not name or any(char in name for char in "/@ ") or name in ("*", "*."):
        raise ValueError("must be a host name without scheme and path, e.g. pbx.example.com or *.example.com")
    return name


Host = Annotated[str, AfterValidator(_host)]


class PbxSettings(BaseModel):
    """Frozen and self-validating; errors never repeat the value, which may be a secret."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    secret: SecretStr = Field(description="At least 16 characters, or whsec_ + base64.")
    previous_secret: SecretStr | None = Field(default=None, description="Still accepted while the PBX is being changed.")
    signature: Literal["hmac", "path"] = Field(
        default="hmac",
        description="hmac: signed headers. path: the secret ends the address, for a PBX that cannot sign.",
    )
    international: bool = Field(default=False, description="The PBX writes full international numbers without +.")
    zone: str = Field(default="UTC", description="Zone of timestamps that name none.")
    recording_hosts: tuple[Host, ...] = Field(default=(), description="Where recordings may be fetched: name or *.name.")
    allow_private_hosts: tuple[Host, ...] = Field(default=(), description="Your own PBX inside the network, by name.")
    recording_ports: tuple[int, ...] = Field(default=(80, 443), description="Ports recordings may be fetched from.")
    recording_limit_mb: int = Field(default=100, ge=1, le=2000)

    @field_validator("secret", "previous_secret")
    @classmethod
    def _secret_is_long_enough(cls, secret: SecretStr | None) -> SecretStr | None:
        if secret is not None and len(_key(secret)) < 16:
            raise ValueError("must have at least 16 characters (openssl rand -hex 32 makes a good one)")
        return secret

    @field_validator("zone")
    @classmethod
    def _zone_exists(cls, zone: str) -> str:
        try:
            ZoneInfo(zone)
        except (ValueError, OSError, KeyError):
            raise ValueError("must be a zone name such as Europe/Berlin") from None
        return zone

    @property
    def keys(self) -> list[bytes]:
        """The signing keys that are good now."""
        return [_key(secret) for secret in (self.secret, self.previous_secret) if secret]

    @property
    def secrets(self) -> list[str]:
        """The same as they were written, for the address."""
        return [secret.get_secret_value() for secret in (self.secret, self.previous_secret) if secret]

    @property
    def door(self) -> Door:
        """Where recordings may be fetched from."""
        hosts, private = frozenset(self.recording_hosts), frozenset(self.allow_private_hosts)
        return Door(hosts, private, frozenset(self.recording_ports))


def read_settings(settings: Mapping[str, Any]) -> PbxSettings:
    """Validate what the administrator wrote. Raises ConfigError: one sentence per wrong key, no values."""
    try:
        return PbxSettings.model_validate(dict(settings))
    except ValidationError as error:
        faults = error.errors(include_url=False, include_input=False, include_context=False)
        parts = [f"{'.'.join(map(str, f['loc']))}: {f['msg'].removeprefix('Value error, ')}" for f in faults]
        raise ConfigError(sentence("config.pbx", "PBX settings: {faults}.", faults="; ".join(parts))) from None


def _key(secret: SecretStr) -> bytes:
    value = secret.get_secret_value()
    if not value.startswith(PREFIX):
        return value.encode()
    try:
        return base64.b64decode(value.removeprefix(PREFIX), validate=True)
    except binascii.Error:
        raise ValueError("after whsec_ must come base64") from None
