"""The table of channel kinds: one line each. Imports no adapter; the composition root loads a kind when a channel of it exists.

A kind's module has `build`; its settings class validates what an administrator typed. docs/howto/add-a-channel.md.
"""

from __future__ import annotations

from typing import NamedTuple


class KindEntry(NamedTuple):
    """Where a kind lives: the module with `build`, and `module:Class` of its settings."""

    module: str
    settings: str


KINDS: dict[str, KindEntry] = {
    "webchat": KindEntry("gateway.channels.webchat", "gateway.channels.webchat:WebChatSettings"),
    "email": KindEntry("gateway.channels.email", "gateway.channels.email.settings:EmailSettings"),
    "telegram": KindEntry("gateway.channels.telegram", "gateway.channels.telegram.settings:TelegramSettings"),
}
