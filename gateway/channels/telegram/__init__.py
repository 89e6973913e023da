"""The Telegram channel kind: one bot is one Channel. Talks to the Bot API and to the ports only.

Importing this package is cheap: aiogram (seconds, 120 MB) is loaded when a bot is built, not before.
Specification: https://core.telegram.org/bots/api. Why we poll ourselves: docs/adr/0003-intake.md (store, commit, then
confirm; the library's own polling confirms first).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from gateway.channels.telegram.settings import TelegramSettings, read_settings
from gateway.domain.channel import Channel as ChannelRow
from gateway.domain.errors import ConfigError
from gateway.domain.sentence import sentence
from gateway.ports.clock import Clock

if TYPE_CHECKING:
    from gateway.channels.telegram.adapter import TelegramChannel

__all__ = ["TelegramSettings", "build", "read_settings"]


def build(
    channel: ChannelRow,
    *,
    read_blob: Callable[[str], Awaitable[bytes]],
    clock: Clock,
    public_url: str | None = None,
) -> TelegramChannel:
    """Make the adapter of one configured bot. Opens no connection.

    public_url: this server's own address, needed in webhook mode only; updates are expected at
    `<public_url>/hooks/<channel.key>`. Raises ConfigError with a sentence when a setting is wrong.
    """
    settings = read_settings(channel.settings)
    if settings.mode == "webhook" and not public_url:
        raise ConfigError(
            sentence(
                "config.telegram_url", "Telegram webhook mode needs the server's public_url; set it, or choose mode: polling."
            )
        )
    from gateway.channels.telegram.adapter import TelegramChannel

    hook_url = f"{public_url.rstrip('/')}/hooks/{channel.key}" if public_url else None
    return TelegramChannel(channel.id, settings, read_blob=read_blob, clock=clock, hook_url=hook_url)
