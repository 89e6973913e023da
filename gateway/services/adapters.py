"""The running adapters, as the use cases see them: by channel id, with the capabilities each has.

The composition root fills it; services ask it for a capability by Protocol and never for a kind. May talk to: ports, domain.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from gateway.domain.channel import Channel as ChannelRecord
from gateway.domain.ids import ChannelId
from gateway.ports.channel import Channel


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
