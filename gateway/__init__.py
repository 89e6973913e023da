"""The omnichannel gateway: mail, messengers, web chat and telephony in one console. Start reading at ARCHITECTURE.md."""

from __future__ import annotations

__version__ = "0.1.0"
