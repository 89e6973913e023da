"""The table of channel kinds: one line each. Imports no adapter; the composition root loads a kind when a channel of it exists.

A kind's module has `build`; its settings class validates what an administrator typed. docs/howto/add-a-channel.md.
"""

from __future__ import annotations

KINDS: dict[str, tuple[str, str]] = {  # kind → the module with `build`, `module:Class` of its settings
    "webchat": ("gateway.channels.webchat", "gateway.channels.webchat:WebChatSettings"),
    "email": ("gateway.channels.email", "gateway.channels.email.settings:EmailSettings"),
    "telegram": ("gateway.channels.telegram", "gateway.channels.telegram.settings:TelegramSettings"),
}
