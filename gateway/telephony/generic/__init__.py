"""The generic PBX kind: any telephone system that can post JSON or a form. Format: docs/howto/connect-a-pbx.md."""

from __future__ import annotations

from gateway.domain.channel import Channel as ChannelRow
from gateway.ports.clock import Clock
from gateway.telephony.generic.adapter import GenericPbx
from gateway.telephony.generic.settings import PbxSettings, read_settings

__all__ = ["GenericPbx", "PbxSettings", "build", "read_settings"]


def build(channel: ChannelRow, *, clock: Clock, public_url: str | None = None) -> GenericPbx:
    """Make the adapter of one configured PBX. Raises ConfigError with a sentence when a setting is wrong."""
    settings = read_settings(channel.settings)
    hook_url = f"{public_url.rstrip('/')}/hooks/{channel.key}" if public_url else ""
    return GenericPbx(channel.id, settings, clock=clock, hook_url=hook_url, last_event_at=channel.last_event_at)
