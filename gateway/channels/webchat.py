"""The web chat kind: what an administrator sets for one site, and the adapter.

The visitor's browser talks to gateway/web/widget.py and gateway/web/live_widget.py; a message is with the visitor once it is
committed, so `send` has nothing to carry. May talk to: ports, domain. Contract: docs/reference/widget-protocol.md.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator

from gateway.domain.channel import LEAVE_SECONDS, ChannelKind
from gateway.domain.channel import Channel as ChannelRow
from gateway.domain.delivery import Letter, Receipt
from gateway.domain.dialogue import FORM_KEY
from gateway.domain.errors import ConfigError, send_refused
from gateway.domain.sentence import sentence
from gateway.ports.channel import CheckLine

MIB = 1024 * 1024
Locales = Annotated[Mapping[str, Annotated[str, Field(max_length=300)]], Field(json_schema_extra={"format": "languages"})]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class FormField(_Frozen):
    """One field of a form; name, email and phone are understood, others are kept as they are."""

    name: str = Field(pattern=r"^[a-z][a-z0-9_]{0,31}$")
    required: bool = False
    label: str | None = Field(default=None, max_length=100)
    options: tuple[str, ...] | None = None


class Consent(_Frozen):
    """What the visitor agrees to. A new version is asked again."""

    version: str = Field(min_length=1, max_length=32)
    text: str | None = Field(default=None, max_length=1000)
    url: str | None = Field(default=None, pattern=r"^https?://")


class WebChatSettings(_Frozen):
    """Frozen and self-validating; errors never repeat the value, which may be a secret."""

    site_name: str = Field(default="", max_length=100, description="The firm's name as visitors know it.")
    origins: tuple[str, ...] = Field(default=(), description="Sites that may carry the widget; empty = every site.")
    color: Annotated[str, Field(pattern=r"^#[0-9a-fA-F]{6}$", json_schema_extra={"format": "color"})] | None = Field(
        default=None, description="Brand colour; empty = the line's."
    )
    position: Literal["start", "end"] = Field(default="end", description="Side of the page, in reading direction.")
    prechat: tuple[FormField, ...] = Field(default=(), description="Asked before the first message; empty = nothing.")
    offline: tuple[FormField, ...] = Field(
        default=(FormField(name="name", required=True), FormField(name="email", required=True), FormField(name="phone")),
        description="Asked while the line is closed.",
    )
    consent: Consent | None = Field(default=None, description="Asked with the first form.")
    launcher: Locales = Field(default_factory=dict, description="Text of the launcher per language, '' is the default.")
    greeting: Locales = Field(default_factory=dict, description="First line of the panel per language.")
    identity_secret: SecretStr | None = Field(default=None, description="Signs who a visitor is; at least 32 characters.")
    leave_seconds: int = Field(
        default=LEAVE_SECONDS, ge=10, le=3600, description="Who waits and closes the page has left after this long."
    )
    text_limit: int = Field(default=4000, ge=100, le=50_000, description="Characters of one message.")
    file_bytes: int = Field(default=20 * MIB, ge=0, le=100 * MIB, description="Largest file; 0 = no files.")
    file_types: tuple[str, ...] = Field(
        default=("image/*", "application/pdf", "audio/*", "video/*", "text/plain"), description="Types by content."
    )
    forms: bool = Field(default=True, description="Take HTML forms of the site at /forms/<key>.")

    @field_validator("origins")
    @classmethod
    def _origins_are_exact(cls, origins: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(_origin(origin) for origin in origins))

    @field_validator("identity_secret")
    @classmethod
    def _secret_is_long(cls, secret: SecretStr | None) -> SecretStr | None:
        if secret is not None and len(secret.get_secret_value()) < 32:
            raise ValueError("must have at least 32 characters")
        return secret

    @property
    def secret(self) -> str:
        """The identity secret in the clear, empty if there is none."""
        return self.identity_secret.get_secret_value() if self.identity_secret else ""

    def welcomes(self, origin: str | None) -> bool:
        """May a page of this origin carry the widget? Exact comparison; no list = every page."""
        return not self.origins or origin in self.origins


def read_settings(settings: Mapping[str, Any]) -> WebChatSettings:
    """Raises ConfigError with a sentence per wrong setting."""
    try:
        return WebChatSettings.model_validate(settings)
    except ValidationError as error:
        places = [f"{'.'.join(map(str, e['loc'])) or 'settings'}: {e['msg']}" for e in error.errors(include_url=False)]
        raise ConfigError(
            sentence("config.webchat", "The web chat's settings are wrong. {faults}", faults="; ".join(places))
        ) from None


def build(channel: ChannelRow) -> WebChat:
    """Make the adapter of one configured site. Raises ConfigError."""
    return WebChat(read_settings(channel.settings), key=channel.key)


class WebChat:
    """Implements ports.channel.Channel."""

    kind: ChannelKind = "webchat"
    deduplicates = True

    def __init__(self, settings: WebChatSettings, *, key: str) -> None:
        self._settings, self._key = settings, key

    async def send(self, letter: Letter) -> Receipt:
        """Nothing to carry: it is in the dialogue, and open browsers are told by the relay.

        Raises SendError for somebody who wrote through a form of a site: no browser reads that dialogue.
        """
        if letter.dialogue_key.startswith(FORM_KEY):
            raise send_refused(
                sentence("send.form", "This came through a form of a site. Answer by mail or phone."), code="no_way_back"
            )
        return Receipt(external_id=letter.key)

    async def check(self) -> Sequence[CheckLine]:
        """What a person should know before they put the line on their site."""
        return (self._key_line(), self._sites_line(), self._identity_line())

    def _key_line(self) -> CheckLine:
        remedy = "" if self._key else sentence("webchat.save_first", "Save the channel once to get a key.")
        return CheckLine("site key", bool(self._key), remedy=remedy)

    def _sites_line(self) -> CheckLine:
        if self._settings.origins:
            return CheckLine("sites", True, detail=", ".join(self._settings.origins))
        remedy = sentence("webchat.list_sites", "List your sites under origins, so that nobody else can use your key.")
        return CheckLine("sites", True, sentence("webchat.every_site", "every site may carry this widget"), remedy)

    def _identity_line(self) -> CheckLine:
        if self._settings.secret:
            return CheckLine("signed identity", True, detail=sentence("webchat.on", "on"))
        remedy = sentence("webchat.set_secret", "Set identity_secret to recognise signed-in customers.")
        return CheckLine("signed identity", True, sentence("webchat.off", "off"), remedy)

    async def close(self) -> None:
        """Nothing is held."""


def _origin(text: str) -> str:
    parts = urlsplit(text.strip().rstrip("/"))
    plain = parts.scheme in ("http", "https") and parts.hostname and not (parts.path or parts.query or parts.fragment)
    if not plain or "@" in parts.netloc or "*" in parts.netloc:
        raise ValueError("each origin must look like https://www.example.com, without a path")
    host = (parts.hostname or "").encode("idna").decode() if not (parts.hostname or "").isascii() else parts.hostname or ""
    host = f"[{host}]" if ":" in host else host
    usual = {"http": 80, "https": 443}[parts.scheme]
    return f"{parts.scheme}://{host.lower()}" + (f":{parts.port}" if parts.port not in (None, usual) else "")
