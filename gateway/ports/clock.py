"""Time and ids, injected everywhere; gateway/system.py holds the only real ones."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    """What time it is."""

    def now(self) -> datetime:
        """Aware UTC."""
        ...


class NewId(Protocol):
    """Makes ids that sort by time (UUIDv7, RFC 9562 section 5.7)."""

    def new(self, prefix: str) -> str:
        """`prefix` is one of domain.ids.PREFIXES; the result is `prefix_` + 26 characters, unique, growing within a process."""
        ...
