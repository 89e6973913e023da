"""What a request carries, read within a size and a time: who sends a byte a second, or what nobody can unpack, is told so.

Whatever fails while a body is read is the sender's fault; only this module knows what the library raises for it.
May talk to: domain.errors.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from aiohttp import BodyPartReader, MultipartReader, web
from aiohttp.http_exceptions import HttpProcessingError

from gateway.domain.errors import Rejected, TooLarge, TooSlow

CHUNK = 1 << 16


@dataclass(frozen=True, slots=True)
class Patience:
    """In seconds. text: for a body that is read whole; file: for an upload; pause: for its next piece."""

    text: float = 20.0
    file: float = 570.0
    pause: float = 20.0


@asynccontextmanager
async def reading(*, seconds: float) -> AsyncIterator[None]:
    """Read inside. Raises TooSlow, Rejected (malformed)."""
    try:
        async with asyncio.timeout(seconds):
            yield
    except TimeoutError:
        raise TooSlow from None
    except (ValueError, HttpProcessingError, web.RequestPayloadError, ConnectionError):
        raise Rejected("The body of the request cannot be read.", code="malformed") from None


async def whole(request: web.Request, *, limit: int, seconds: float) -> bytes:
    """All of it. Raises TooLarge, TooSlow, Rejected (malformed)."""
    if (request.content_length or 0) > limit:
        raise TooLarge(f"At most {limit} bytes.")
    body = bytearray()
    async with reading(seconds=seconds):
        while chunk := await request.content.readany():
            body += chunk
            if len(body) > limit:
                raise TooLarge(f"At most {limit} bytes.")
    return bytes(body)


async def file_part(request: web.Request, *, patience: Patience) -> BodyPartReader:
    """The one part `file` of an upload. Raises TooSlow, Rejected (malformed)."""
    async with reading(seconds=patience.pause):
        parts: MultipartReader = await request.multipart()
        part = await parts.next()
    if not isinstance(part, BodyPartReader) or part.name != "file":
        raise Rejected("Send one part named file.", code="malformed")
    return part


async def pieces(part: BodyPartReader, *, patience: Patience) -> AsyncIterator[bytes]:
    """Its bytes. Raises TooSlow, Rejected (malformed)."""
    clock = asyncio.get_running_loop()
    until = clock.time() + patience.file
    while True:
        async with reading(seconds=min(patience.pause, until - clock.time())):
            chunk = await part.read_chunk(CHUNK)
        if not chunk:
            return
        yield chunk
