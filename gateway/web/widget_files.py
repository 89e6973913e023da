"""Files of visitors: judged by content on the way in, harmless on the way out (reliability class 3 and 35).

May talk to: domain, ports.live.Blobs.
"""

from __future__ import annotations

import codecs
import mimetypes
import re
from collections.abc import AsyncIterator, Sequence
from pathlib import PurePosixPath
from urllib.parse import quote

import puremagic
from aiohttp import web

from gateway.domain.errors import Rejected
from gateway.domain.message import Attachment
from gateway.ports.live import Blobs
from gateway.web.marks import STREAMING

MIB = 1024 * 1024
HEAD = 8192
INLINE = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp", "image/avif"})
ACTIVE = ("svg", "xml", "html", "script")
UNSAFE = re.compile(r"[\x00-\x1f\x7f\u200b-\u200f\ud800-\udfff\u202a-\u202e\u2066-\u2069\\/:*?\"<>|]")
OTHER_NAMES = {
    "audio/wave": "audio/wav", "audio/x-wav": "audio/wav", "application/ogg": "audio/ogg", "video/x-m4v": "video/mp4",
    "audio/x-m4a": "audio/mp4", "audio/mp3": "audio/mpeg",
}  # fmt: skip
RANGE = re.compile(r"bytes=(\d{1,15})-(\d{0,15})")


async def judge(
    given_name: str, chunks: AsyncIterator[bytes], *, allowed: Sequence[str]
) -> tuple[str, str, AsyncIterator[bytes]]:
    """Name, type and bytes of an upload. Raises Rejected (type_refused) unless both content and name are of an allowed type."""
    head = b""
    while len(head) < HEAD and (chunk := await anext(chunks, b"")):
        head += chunk
    if not head:
        raise Rejected("The file is empty.", code="empty_file")
    name, found = clean_name(given_name), content_type(head)
    named = mimetypes.guess_type(name)[0]
    if not fits(found, allowed) or (named is not None and not fits(OTHER_NAMES.get(named, named), allowed)):
        raise Rejected("Files of this type are not taken here.", code="type_refused")
    return name, found, _rest(head, chunks)


def content_type(head: bytes) -> str:
    """What the bytes are, whatever anybody says."""
    try:
        found = [str(match.mime_type) for match in puremagic.magic_string(head) if match.mime_type]
    except (puremagic.PureError, ValueError):
        found = []
    if found:
        return OTHER_NAMES.get(found[0], found[0])
    return "text/plain" if _is_text(head) else "application/octet-stream"


def fits(type: str, allowed: Sequence[str]) -> bool:
    """`image/*` takes every image except those that can carry scripts; these must be named."""
    if type in allowed:
        return True
    family = type.split("/", maxsplit=1)[0] + "/*"
    return family in allowed and not any(word in type for word in ACTIVE)


def clean_name(name: str) -> str:
    """A name fit to be shown: no path, no control or direction characters, at most 120 characters with its suffix."""
    plain = UNSAFE.sub("_", PurePosixPath(name.replace("\\", "/")).name).strip(" .") or "file"
    stem, dot, suffix = plain.rpartition(".")
    return f"{stem[:100]}{dot}{suffix[:15]}" if stem else plain[:100]


async def open_file(request: web.Request, attachment: Attachment, blobs: Blobs) -> web.StreamResponse:
    """The bytes, as something no browser runs. Serves one Range, which sound needs in some browsers. Raises NotFound."""
    key = attachment.blob_key or ""
    size = await blobs.size(key)
    inline = attachment.content_type in INLINE or attachment.content_type.startswith(("audio/", "video/"))
    headers = {
        "Content-Type": attachment.content_type if inline else "application/octet-stream",
        "Content-Disposition": f"{'inline' if inline else 'attachment'}; filename*=UTF-8''{quote(attachment.name, safe='')}",
        "X-Content-Type-Options": "nosniff", "Content-Security-Policy": "sandbox; default-src 'none'",
        "Cross-Origin-Resource-Policy": "cross-origin", "Cache-Control": "private, max-age=3600, immutable",
        "Referrer-Policy": "no-referrer", "Accept-Ranges": "bytes", "Access-Control-Allow-Origin": "*",
    }  # fmt: skip
    start, end, status = _range(request.headers.get("Range", ""), size)
    if status == 206:
        headers["Content-Range"] = f"bytes {start}-{end - 1}/{size}"
    response = web.StreamResponse(status=status, headers=headers)
    response.content_length = end - start
    request[STREAMING] = True
    await response.prepare(request)
    async for chunk in blobs.open(key, start=start, end=end):
        await response.write(chunk)
    await response.write_eof()
    return response


def _range(asked: str, size: int) -> tuple[int, int, int]:
    found = RANGE.fullmatch(asked.strip())
    if found is None:
        return 0, size, 200
    start, end = int(found[1]), min(size, int(found[2]) + 1 if found[2] else size)
    return (start, end, 206) if start < end else (0, size, 200)


def _is_text(head: bytes) -> bool:
    try:
        text = codecs.getincrementaldecoder("utf-8")().decode(head)  # the last character may be cut
    except UnicodeDecodeError:
        return False
    return not any(ch < " " and ch not in "\t\n\r\f" for ch in text)


async def _rest(head: bytes, chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    yield head
    async for chunk in chunks:
        yield chunk
