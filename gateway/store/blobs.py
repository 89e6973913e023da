"""Files by content: a folder of this machine, or a bucket that speaks S3 (docs/adr/0002, section "Files").

Implements ports.live.Blobs over obstore. A key is made from the SHA-256 of the bytes, so the same bytes are stored once and
nothing is ever overwritten or removed; only uploads lie under names of their own until they are settled (services/uploads).
obstore does not flush files to the disk, so a folder is written by us: spool, fsync, rename.
See https://developmentseed.org/obstore/latest/.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import os
import re
import tempfile
import uuid
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import obstore
from obstore.exceptions import BaseError
from obstore.store import LocalStore, MemoryStore, S3Store

from gateway.domain.errors import ConfigError, NotFound, StoreUnavailable, TooLarge

KEY = re.compile(r"sha256/[0-9a-f]{2}/[0-9a-f]{62}|upload/[A-Za-z0-9_-]{1,80}")
CHUNK_BYTES = 256 * 1024
INCOMING = "incoming"
LEFT_OVER_SECONDS = 86400.0  # longer than any file takes to arrive
# Who asks tries again by itself, and is told so; the library's own three minutes outlast every time limit above it.
RETRY: Any = {"max_retries": 2, "retry_timeout": timedelta(seconds=10)}


def open_blobs(url: str) -> RemoteBlobs:
    """`file:///folder` or a path, `s3://bucket/prefix` (credentials from the environment), `memory://`. Raises ConfigError."""
    if url.startswith("memory://"):
        return RemoteBlobs(MemoryStore())
    if url.startswith("s3://"):
        return RemoteBlobs(S3Store.from_url(url, retry_config=RETRY))
    if "://" in url and not url.startswith("file://"):
        raise ConfigError(f"“{url}” is no place for files; write a folder, s3://bucket/prefix or memory://.")
    return FolderBlobs(Path(url.removeprefix("file://")))


def key_of(sha256: str) -> str:
    """Where bytes with this hash lie."""
    return f"sha256/{sha256[:2]}/{sha256[2:]}"


def upload_key(name: str) -> str:
    """Where an upload lies until it is settled."""
    return f"upload/{name}"


class RemoteBlobs:
    """Implements ports.live.Blobs on any store that obstore knows."""

    def __init__(self, store: Any, *, spool: Path | None = None) -> None:
        self._store, self._spool = store, spool

    async def put(self, content: bytes) -> str:
        """Store durably; returns the key."""
        key = key_of(hashlib.sha256(content).hexdigest())
        if not await self._has(key):
            await self._keep_bytes(key, content)
        return key

    async def put_stream(self, chunks: AsyncIterator[bytes], *, limit: int, name: str | None = None) -> tuple[str, int, str]:
        """Spool to a file of this machine, then store it; returns key, size, sha256. Raises TooLarge."""
        spooled = self._new_spool()
        try:
            size, sha256 = await _spool(chunks, spooled, limit=limit)
            key = key_of(sha256)
            if not await self._has(key):
                key = upload_key(name) if name else key
                await self._keep_file(key, spooled)
            return key, size, sha256
        finally:
            await asyncio.to_thread(spooled.unlink, missing_ok=True)

    async def remove_upload(self, name: str) -> None:
        """Harmless if it is not there."""
        key = upload_key(name)
        with contextlib.suppress(NotFound), _translated(key):
            await obstore.delete_async(self._store, key)

    async def get(self, key: str) -> bytes:
        """Raises NotFound."""
        with _translated(key):
            return bytes(await (await obstore.get_async(self._store, key)).bytes_async())

    async def size(self, key: str) -> int:
        """In bytes. Raises NotFound."""
        with _translated(key):
            return int((await obstore.head_async(self._store, key))["size"])

    async def open(self, key: str, *, start: int = 0, end: int | None = None) -> AsyncIterator[bytes]:
        """Stream bytes [start, end)."""
        end = min(await self.size(key), end if end is not None else 1 << 62)
        if start >= end:
            return
        with _translated(key):
            found = await obstore.get_async(self._store, key, options={"range": (start, end)})
            async for chunk in found.stream(min_chunk_size=CHUNK_BYTES):
                yield bytes(chunk)

    async def check(self) -> None:
        """Raises StoreUnavailable if it cannot be written."""
        name = f"{INCOMING}/check-{uuid.uuid4().hex}"
        with _translated(None):
            await obstore.put_async(self._store, name, b"check")
            await obstore.delete_async(self._store, name)

    async def _has(self, key: str) -> bool:
        try:
            await self.size(key)
        except NotFound:
            return False
        return True

    async def _keep_bytes(self, key: str, content: bytes) -> None:
        with _translated(None):
            await obstore.put_async(self._store, key, content)

    async def _keep_file(self, key: str, spooled: Path) -> None:
        with _translated(None):
            await obstore.put_async(self._store, key, spooled)

    def _new_spool(self) -> Path:
        folder = self._spool or Path(tempfile.gettempdir())
        return folder / f"gateway-{uuid.uuid4().hex}"


class FolderBlobs(RemoteBlobs):
    """A folder, where a stored file survives power loss: flushed under another name, then renamed, folder flushed."""

    def __init__(self, root: Path) -> None:
        self._root = root.absolute()
        incoming = self._root / INCOMING
        try:
            self._root.mkdir(mode=0o700, parents=True, exist_ok=True)  # what people sent is for our own user alone
            incoming.mkdir(exist_ok=True)
            _forget_left_over(incoming)
        except OSError as error:
            raise ConfigError(f"The folder for files {self._root} cannot be made: {error.strerror}.") from error
        super().__init__(LocalStore(self._root), spool=incoming)

    async def check(self) -> None:
        """Raises StoreUnavailable if it cannot be written."""
        spooled = self._new_spool()
        with _translated(None):
            try:
                await asyncio.to_thread(_write, spooled, b"check")
            finally:
                await asyncio.to_thread(spooled.unlink, missing_ok=True)

    async def _keep_bytes(self, key: str, content: bytes) -> None:
        spooled = self._new_spool()
        with _translated(None):
            try:
                await asyncio.to_thread(_write, spooled, content)
                await asyncio.to_thread(_move, spooled, self._root / key, self._root)
            finally:
                await asyncio.to_thread(spooled.unlink, missing_ok=True)

    async def _keep_file(self, key: str, spooled: Path) -> None:
        with _translated(None):
            await asyncio.to_thread(_move, spooled, self._root / key, self._root)


async def _spool(chunks: AsyncIterator[bytes], spooled: Path, *, limit: int) -> tuple[int, str]:
    """What goes wrong at the source is raised as it is: only our own disk is the storage's fault."""
    size, digest = 0, hashlib.sha256()
    with _translated(None):
        file = await asyncio.to_thread(spooled.open, "xb")
    try:
        async for chunk in chunks:
            size += len(chunk)
            if size > limit:
                raise TooLarge(f"The file is larger than {limit} bytes.")
            digest.update(chunk)
            with _translated(None):
                await asyncio.to_thread(file.write, chunk)
        with _translated(None):
            await asyncio.to_thread(_flush, file)
    finally:
        _close(file)
    return size, digest.hexdigest()


def _close(file: Any) -> None:
    with suppress(OSError):  # what it could not flush any more was given up already, for a reason of its own
        file.close()


def _write(path: Path, content: bytes) -> None:
    with path.open("xb") as file:
        file.write(content)
        _flush(file)


def _flush(file: Any) -> None:
    file.flush()
    os.fsync(file.fileno())


def _move(spooled: Path, target: Path, root: Path) -> None:
    fresh = not target.parent.exists()
    target.parent.mkdir(parents=True, exist_ok=True)
    spooled.rename(target)
    for folder in target.parents if fresh else [target.parent]:
        if folder.is_relative_to(root):
            _flush_folder(folder)


def _forget_left_over(incoming: Path) -> None:
    """What a process was writing when it was killed. The folder's own clock tells how old it is."""
    mark = incoming / f"gateway-{uuid.uuid4().hex}"
    mark.touch()
    now = mark.stat().st_mtime
    for path in incoming.glob("gateway-*"):
        with contextlib.suppress(FileNotFoundError):  # another process begins too, or has just finished it
            if path == mark or now - path.stat().st_mtime > LEFT_OVER_SECONDS:
                path.unlink()


def _flush_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def _translated(key: str | None) -> Iterator[None]:
    if key is not None and not KEY.fullmatch(key):
        raise NotFound("There is no such file.")
    try:
        yield
    except FileNotFoundError as error:
        if key is None:
            raise StoreUnavailable(f"The file cannot be stored ({error}).") from error
        raise NotFound("There is no such file.") from error
    except (OSError, BaseError) as error:
        raise StoreUnavailable(f"The files cannot be reached ({type(error).__name__}: {error}).") from error
