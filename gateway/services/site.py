"""What a site's administrator has set for its web chat, as the use cases read it.

The value itself belongs to the channel kind (channels/webchat.WebChatSettings); the composition root hands its reader over.
May talk to: domain.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, Protocol

from gateway.domain.channel import Channel
from gateway.domain.errors import Forbidden, NotFound
from gateway.domain.ids import ChannelId
from gateway.domain.rows import Row
from gateway.services.directory import Directory


class Field(Protocol):
    """One field of a form."""

    @property
    def name(self) -> str: ...
    @property
    def required(self) -> bool: ...
    @property
    def label(self) -> str | None: ...
    @property
    def options(self) -> Sequence[str] | None: ...


class Consent(Protocol):
    """What is agreed to."""

    @property
    def version(self) -> str: ...
    @property
    def text(self) -> str | None: ...
    @property
    def url(self) -> str | None: ...


class Site(Protocol):
    """Read-only; channels/webchat describes each."""

    @property
    def site_name(self) -> str: ...
    @property
    def color(self) -> str | None: ...
    @property
    def position(self) -> str: ...
    @property
    def prechat(self) -> Sequence[Field]: ...
    @property
    def offline(self) -> Sequence[Field]: ...
    @property
    def consent(self) -> Consent | None: ...
    @property
    def launcher(self) -> Mapping[str, str]: ...
    @property
    def greeting(self) -> Mapping[str, str]: ...
    @property
    def secret(self) -> str: ...
    @property
    def text_limit(self) -> int: ...
    @property
    def file_bytes(self) -> int: ...
    @property
    def file_types(self) -> Sequence[str]: ...
    @property
    def forms(self) -> bool: ...
    def welcomes(self, origin: str | None) -> bool: ...


class Sites:
    """Finds the channel and its settings; each settings value is read once per version of the directory.

    own: the gateway's own origins, whose demo page may carry every chat.
    """

    def __init__(self, directory: Directory, read: Callable[[Mapping[str, Any]], Site], *, own: Collection[str] = ()) -> None:
        self._directory, self._read, self._own = directory, read, own
        self._kept: dict[ChannelId, tuple[Channel, Site]] = {}

    def by_key(self, key: str) -> tuple[Channel, Site]:
        """By the site key. Raises NotFound for unknown, disabled and other kinds alike."""
        return self._open(self._directory.channel_by_key(key))

    def by_id(self, id: ChannelId) -> tuple[Channel, Site]:
        """Raises NotFound."""
        return self._open(self._directory.channel(id))

    def guard(self, id: ChannelId, origin: str | None) -> None:
        """Raises Forbidden (origin_refused) unless this channel's site may speak from there."""
        self.check(self.by_id(id)[1], origin)

    def check(self, site: Site, origin: str | None) -> None:
        """Raises Forbidden (origin_refused)."""
        if origin not in self._own and not site.welcomes(origin):
            raise Forbidden(
                "This site may not carry this chat; add its address to the channel's origins.", code="origin_refused"
            )

    def on_show(self, wanted: str | None, *, demo: str | None) -> str | None:
        """Key of the chat that the demo site carries: the one asked for, else the demo's own or any; without a demo none."""
        keys = [one.key for one in self._directory.now.channels.values() if one.kind == "webchat" and one.enabled]
        if wanted is not None or demo is None:
            return wanted if wanted in keys else None
        return demo if demo in keys else next(iter(keys), None)

    def _open(self, channel: Channel) -> tuple[Channel, Site]:
        if channel.kind != "webchat" or not channel.enabled:
            raise NotFound("There is no such channel.")
        kept = self._kept.get(channel.id)
        if kept is None or kept[0] is not channel:
            kept = self._kept[channel.id] = (channel, self._read(channel.settings))
        return kept


def form_row(fields: Sequence[Field], consent: Consent | None = None) -> Row | None:
    """A form as the widget draws it; None if it asks nothing."""
    if not fields:
        return None
    row: Row = {"fields": [_field(field) for field in fields]}
    if consent:
        row["consent"] = {"version": consent.version, "text": consent.text, "url": consent.url}
    return row


def _field(field: Field) -> Row:
    row: Row = {"name": field.name, "required": field.required}
    if field.label:
        row["label"] = field.label
    if field.options:
        row["options"] = list(field.options)
    return row
