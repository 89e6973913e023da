"""The running adapters, as the use cases see them: by channel id, with the capabilities each has.

The composition root fills it; services ask it for a capability by Protocol and never for a kind. May talk to: ports, domain.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from gateway.domain.channel import Channel as ChannelRecord
from gateway.domain.errors import Unreadable
from gateway.domain.ids import ChannelId
from gateway.ports.channel import Channel, MediaSource
from gateway.ports.core import Core
from gateway.services.outbox import NotYet

OFF_SECONDS = 15.0


class Adapters(Protocol):
    """The table of kinds, brought to life."""

    def get(self, id: ChannelId) -> Channel | None:
        """The running adapter of an enabled channel; None while it is off or its settings are wrong."""
        ...

    def build(self, channel: ChannelRecord) -> Channel:
        """A fresh one, not kept: for "test connection". Raises ConfigError."""
        ...

    def kinds(self) -> Mapping[str, Mapping[str, Any]]:
        """kind → {"schema": JSON Schema of the settings, "secrets": names that are write-only}."""
        ...

    def validate(self, kind: str, settings: Mapping[str, Any]) -> Mapping[str, Any]:
        """Normalised settings; raises ConfigError that names the wrong key and the remedy."""
        ...


async def media_source(core: Core, adapters: Adapters, id: ChannelId) -> MediaSource:
    """Where a channel's files come from. Raises NotYet while it is off or being made anew, NotFound once it was removed."""
    adapter: object = adapters.get(id)
    if adapter is None:
        await core.store.read(lambda uow: uow.channels.get(id))
        raise NotYet("The channel is off; its files wait.", seconds=OFF_SECONDS)
    if not isinstance(adapter, MediaSource):
        raise Unreadable("Files of this channel cannot be fetched.")
    return adapter
