"""What a stored sound is: its type from the first bytes, its length from the file. Never believes a name, never fails on bytes.

May talk to: ports. The library (tinytag) is imported when the first sound is measured. docs/adr/0011-dependencies.md.
"""

from __future__ import annotations

import asyncio
import math
import tempfile
from typing import Any

from gateway.ports.live import Blobs

UNKNOWN_SOUND = "application/octet-stream"
HEAD_BYTES = 64
IN_MEMORY = 1 << 20
LONGEST_S = 48 * 3600.0
SECONDS = 30.0


async def sound_type(blobs: Blobs, key: str) -> str:
    """What the bytes are, never what the PBX said they are."""
    return _type(b"".join([chunk async for chunk in blobs.open(key, end=HEAD_BYTES)]))


async def is_writing(blobs: Blobs, key: str) -> bool:
    """A page or a message where a sound should be: hosts answer so when they want a login, or are not ready."""
    head = b"".join([chunk async for chunk in blobs.open(key, end=HEAD_BYTES)])
    return head.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] in (b"<", b"{")


async def sound_seconds(blobs: Blobs, key: str) -> float | None:
    """How long it plays; None if the bytes do not tell. Reads the whole file, off the event loop. Raises what Blobs raises."""
    with tempfile.SpooledTemporaryFile(IN_MEMORY) as file:
        async for chunk in blobs.open(key):
            await asyncio.to_thread(file.write, chunk)
        try:
            async with asyncio.timeout(SECONDS):
                return await asyncio.to_thread(_measure, file)
        except TimeoutError:
            return None


def _measure(file: Any) -> float | None:
    from tinytag import TinyTag

    file.seek(0)
    try:
        seconds = TinyTag.get(file_obj=file, tags=False).duration
    except Exception:  # noqa: BLE001  a parser of strangers' bytes may raise anything; no length is an answer
        return None
    if seconds is None or not math.isfinite(seconds) or not 0 < seconds <= LONGEST_S:
        return None
    return max(0.1, round(float(seconds), 1))


def _type(head: bytes) -> str:
    if head[:4] == b"RIFF" and head[8:12] == b"WAVE":
        return "audio/wav"
    if head[:4] == b"OggS":
        return "audio/ogg"
    if head[:3] == b"ID3" or (len(head) > 1 and head[0] == 0xFF and head[1] & 0xE0 == 0xE0):
        return "audio/mpeg"
    if head[4:8] == b"ftyp":
        return "audio/mp4"
    if head[:4] == b"fLaC":
        return "audio/flac"
    return UNKNOWN_SOUND
