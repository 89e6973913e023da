"""The real clock and the real id maker, the only readers of the machine's time and of randomness for ids.

Handed to everyone else through the ports Clock and NewId, so that tests can move time by hand.
"""

from __future__ import annotations

from base64 import b32hexencode
from datetime import UTC, datetime

from uuid_utils import uuid7

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's base 32: no i, l, o, u
LENGTH = 26  # characters of five bits that hold 128


class SystemClock:
    """Clock port: the machine's time."""

    def now(self) -> datetime:
        """Aware UTC."""
        return datetime.now(UTC)


class SystemIds:
    """NewId port: UUIDv7 in a spelling that sorts as text in the order the ids were made."""

    def new(self, prefix: str) -> str:
        """`cnv` → `cnv_01ke6…`: unique everywhere, growing within a process (the library keeps a counter per millisecond)."""
        return f"{prefix}_{_base32(uuid7().int)}"


_SPELLING = bytes.maketrans(b"0123456789ABCDEFGHIJKLMNOPQRSTUV", ALPHABET.encode())


def _base32(number: int) -> str:
    # 20 bytes are 32 digits without padding; the last 26 hold our 128 bits
    spelled = b32hexencode(number.to_bytes(20, "big"))[-LENGTH:]
    return spelled.translate(_SPELLING).decode()
