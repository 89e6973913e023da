"""Hints, shared short-lived facts, files, and the way to open browsers."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from typing import Any, Protocol


class Signals(Protocol):
    """A bus between tasks and processes. A signal is a hint: losing one costs seconds, never a message.

    Topics in use: `outbox`, `deliveries`, `router`, `events`, `settings`, `ephemeral` (typing, viewing: carries a payload).
    """

    async def nudge(self, topic: str, payload: Mapping[str, Any] | None = None) -> None:
        """Wake everyone who waits for the topic, in all processes. Never raises: a lost bus is logged."""
        ...

    async def wait(self, topic: str, *, timeout: float) -> bool:
        """Sleep until the next nudge or `timeout` seconds. A nudge between two waits is not lost. True = nudged."""
        ...

    def subscribe(self, topic: str, listener: Callable[[Mapping[str, Any]], None]) -> Callable[[], None]:
        """Call the listener for each nudge (own process included); returns the way to stop."""
        ...

    async def check(self) -> None:
        """Raises StoreUnavailable if other processes cannot be reached."""
        ...

    async def close(self) -> None: ...


class Held(Protocol):
    """A lease that was ours when it was handed out."""

    def __call__(self) -> bool:
        """Is it surely still ours? Not while nobody can be asked."""
        ...

    async def lost(self) -> None:
        """Until it is known that somebody else has it. A bus that cannot be reached tells nothing: nobody takes it then."""
        ...


class Leases(Protocol):
    """One holder at a time over all processes, e.g. of a mailbox."""

    def hold(self, name: str, *, seconds: float) -> AbstractAsyncContextManager[Held]:
        """Wait until it is ours and keep renewing."""
        ...


class Blobs(Protocol):
    """Files by key. Keys are made from content (`sha256/ab/cdef…`): the same bytes are stored once and for good.

    What may have to go again is kept under a name of its own (`upload/NAME`), which nothing else ever refers to.
    """

    async def put(self, content: bytes) -> str:
        """Store durably; returns the key."""
        ...

    async def put_stream(self, chunks: AsyncIterator[bytes], *, limit: int, name: str | None = None) -> tuple[str, int, str]:
        """Store without holding it in memory; returns key, size in bytes, sha256. Raises TooLarge beyond `limit`.

        name: under `upload/NAME`, unless the very same bytes are there already under their content.
        """
        ...

    async def remove_upload(self, name: str) -> None:
        """Remove `upload/NAME`; harmless if it is not there. What lies under its content cannot be removed."""
        ...

    async def get(self, key: str) -> bytes:
        """Raises NotFound."""
        ...

    async def size(self, key: str) -> int: ...
    def open(self, key: str, *, start: int = 0, end: int | None = None) -> AsyncIterator[bytes]:
        """Stream bytes [start, end)."""
        ...

    async def check(self) -> None:
        """Raises StoreUnavailable if it cannot be written."""
        ...
