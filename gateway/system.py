"""The real clock and the real id maker, the only readers of the machine's time and of randomness for ids.

Handed to everyone else through the ports Clock and NewId, so that tests can move time by hand.
"""

from __future__ import annotations

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


_PAIRS = [first + second for first in ALPHABET for second in ALPHABET]  # ten bits at a time


def _base32(number: int) -> str:
    return "".join([_PAIRS[number >> shift & 1023] for shift in range(5 * (LENGTH - 2), -1, -10)])
