"""Hashing of passwords with Argon2id (RFC 9106), off the loop and never more than two at a time (64 MiB each).

May talk to: argon2 only.
"""

from __future__ import annotations

import asyncio
from functools import cached_property

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

AT_ONCE = 2
SHORTEST, LONGEST = 10, 256


class Passwords:
    """Give a cheap PasswordHasher in tests; the default follows the library's recommendation."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher()
        self._room = asyncio.Semaphore(AT_ONCE)

    async def hash(self, password: str) -> str:
        """What to store."""
        async with self._room:
            return await asyncio.to_thread(self._hasher.hash, password)

    async def matches(self, stored: str, *, password: str) -> bool:
        """Takes the same time whether `stored` is a hash or empty (no such account, or an account without password)."""
        async with self._room:
            return await asyncio.to_thread(self._verify, stored, password)

    def outdated(self, stored: str) -> bool:
        """Made with weaker settings than today's: hash again at the next sign-in."""
        return self._hasher.check_needs_rehash(stored)

    def _verify(self, stored: str, password: str) -> bool:
        try:
            self._hasher.verify(stored or self._nobody, password)
        except (VerificationError, InvalidHashError):
            return False
        return bool(stored)

    @cached_property
    def _nobody(self) -> str:
        return self._hasher.hash("nobody's password, only compared to spend the same time")
