"""The e-mail channel kind. This file is the door: nothing heavy is imported until it is used.

`build` makes the channel of one mailbox, `inspect` reads one mail without any channel, `sanitise` makes HTML safe to show.
docs/adr/0006-mail-in-threads-and-killable-workers.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gateway.channels.email.channel import EmailChannel, ReadBlob, Shared
    from gateway.domain.channel import Channel
    from gateway.ports.clock import Clock


def build(channel: Channel, *, secret: bytes, read_blob: ReadBlob, clock: Clock, shared: Shared | None = None) -> EmailChannel:
    """The channel of one mailbox. secret: the installation's, signs Message-IDs; read_blob: key → bytes of a stored file.

    Raises ConfigError if its settings are wrong.
    """
    from gateway.channels.email.channel import Collaborators, EmailChannel, Shared
    from gateway.channels.email.settings import read_settings

    given = Collaborators(secret, clock, read_blob, shared or Shared(), since=channel.created_at)
    return EmailChannel(channel.id, read_settings(channel.settings), given)


def inspect(raw: bytes) -> dict[str, Any]:
    """One mail as plain, JSON-ready values; never raises, on any bytes."""
    from gateway.channels.email.inspection import inspect as read

    return read(raw)


def sanitise(html: str, *, images: Mapping[str, str] | None = None, show_remote: bool = False) -> str:
    """HTML that is safe to show; images maps Content-IDs to addresses of stored files."""
    from gateway.channels.email.sanitise import sanitise as clean

    return clean(html, images=images, show_remote=show_remote)
