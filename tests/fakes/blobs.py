"""Blobs in a dict, with the same keys as the real ones."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator

from gateway.domain.errors import NotFound, TooLarge


class DictBlobs:
    """Everything stays in `files`."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}

    async def put(self, content: bytes) -> str:
        """Store."""
        digest = hashlib.sha256(content).hexdigest()
        key = f"sha256/{digest[:2]}/{digest[2:]}"
        self.files[key] = content
        return key

    async def put_stream(self, chunks: AsyncIterator[bytes], *, limit: int, name: str | None = None) -> tuple[str, int, str]:
        """Store, or TooLarge."""
        content = b"".join([chunk async for chunk in chunks])
        if len(content) > limit:
            raise TooLarge(f"The file is larger than {limit} bytes.")
        digest = hashlib.sha256(content).hexdigest()
        if name is None or f"sha256/{digest[:2]}/{digest[2:]}" in self.files:
            return await self.put(content), len(content), digest
        self.files[f"upload/{name}"] = content
        return f"upload/{name}", len(content), digest

    async def remove_upload(self, name: str) -> None:
        """Harmless if it is not there."""
        self.files.pop(f"upload/{name}", None)

    async def get(self, key: str) -> bytes:
        """Or NotFound."""
        if key not in self.files:
            raise NotFound("There is no such file.")
        return self.files[key]

    async def size(self, key: str) -> int:
        """In bytes."""
        return len(await self.get(key))

    async def open(self, key: str, *, start: int = 0, end: int | None = None) -> AsyncIterator[bytes]:
        """In one piece."""
        yield (await self.get(key))[start:end]

    async def check(self) -> None:
        """Always well."""
