"""Sending a stored file: headers that make it harmless, ranges, conditional requests, streaming.

May talk to: ports.live.Blobs, web.ranges, web.disposition.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass

from aiohttp import web

from gateway.domain.errors import NotFound
from gateway.ports.live import Blobs
from gateway.web.disposition import disposition
from gateway.web.marks import STREAMING
from gateway.web.ranges import Unsatisfiable, wanted

SANDBOX = "default-src 'none'; style-src 'unsafe-inline'; sandbox"


@dataclass(frozen=True, slots=True)
class Stored:
    """A file to send. The etag is its blob key: content-addressed, hence strong."""

    blob_key: str | None
    name: str
    content_type: str
    size: int


async def send(request: web.Request, file: Stored, *, blobs: Blobs, download: bool = False) -> web.StreamResponse:
    """200, 206, 304 or 416; raises NotFound when its bytes are not here (yet)."""
    if file.blob_key is None:
        raise NotFound("The file is not here yet.")
    size = await blobs.size(file.blob_key)
    etag = f'"{file.blob_key.replace("/", "")}"'
    how, content_type = disposition(file.name, content_type=file.content_type, download=download)
    headers = {
        "Content-Disposition": how, "Content-Type": content_type, "Content-Security-Policy": SANDBOX, "ETag": etag,
        "Accept-Ranges": "bytes", "Cache-Control": "private, no-store", "Cross-Origin-Resource-Policy": "same-origin",
    }  # fmt: skip
    if etag in [tag.strip() for tag in request.headers.get("If-None-Match", "").split(",")]:
        return web.Response(status=304, headers=headers)
    try:
        part = wanted(request.headers.get("Range"), size=size, if_range=request.headers.get("If-Range"), etag=etag)
    except Unsatisfiable:
        raise web.HTTPRequestRangeNotSatisfiable(headers={"Content-Range": f"bytes */{size}"}) from None
    start, end = part or (0, size)
    if part:
        headers["Content-Range"] = f"bytes {start}-{end - 1}/{size}"
    response = web.StreamResponse(status=206 if part else 200, headers=headers)
    response.content_length = end - start
    return await _stream(request, response, blobs.open(file.blob_key, start=start, end=end))


async def _stream(request: web.Request, response: web.StreamResponse, chunks: AsyncIterator[bytes]) -> web.StreamResponse:
    request[STREAMING] = True
    await response.prepare(request)
    if request.method != "HEAD":
        async for chunk in chunks:
            await response.write(chunk)
    await response.write_eof()
    return response
