"""The body of a posted form as texts by name: urlencoded, multipart (texts only) or JSON, in whatever charset its page has.

Old pages post in their own charset, so what is not UTF-8 is read as what `_charset_` or the request names, else as the likelier
of the two Windows ones. A name that comes several times is a choice of several things: all of them.
May talk to: domain, services (limits), web.bodies.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import parse_qsl

from aiohttp import BodyPartReader, MultipartReader, web

from gateway.domain.errors import Rejected, TooLarge
from gateway.services.visitor_fields import MAX_FIELDS
from gateway.web.bodies import reading, whole
from gateway.web.wire import loads

BODY_LIMIT = 128 * 1024
CHARSET = "_charset_"  # browsers fill it in, https://html.spec.whatwg.org/#attr-fe-name-charset
_WORD = re.compile(rb"[\xc0-\xff\xa8\xb8]{3}")  # three letters in a row beyond ASCII: Russian, hardly ever a Western language


async def read_form(request: web.Request, *, seconds: float) -> dict[str, str]:
    """Raises TooLarge, TooSlow, Rejected (malformed, form_too_large, no_files)."""
    async with reading(seconds=seconds):
        if request.content_type == "multipart/form-data":
            return _texts(await _parts(request), charset=None)
        body = await whole(request, limit=BODY_LIMIT, seconds=seconds)
        if request.content_type == "application/json":
            return _json(loads(body))
        return _texts(_pairs(body), charset=request.charset)


def _json(value: Any) -> dict[str, str]:
    if not isinstance(value, dict):
        raise Rejected("Send one object with texts.", code="malformed")
    several = {name: given if isinstance(given, list) else [given] for name, given in value.items()}
    return _joined((str(name), str(one)) for name, all in several.items() for one in all if isinstance(one, str | int | float))


def _pairs(body: bytes) -> list[tuple[bytes, bytes]]:
    text = body.decode("latin-1")  # which keeps every byte for what it is
    pairs = parse_qsl(text, keep_blank_values=True, encoding="latin-1", max_num_fields=MAX_FIELDS * 2)
    return [(name.encode("latin-1"), value.encode("latin-1")) for name, value in pairs]


async def _parts(request: web.Request) -> list[tuple[bytes, bytes]]:
    try:
        return await _read(await request.multipart())
    except RuntimeError:  # what the library makes of parts without sense
        raise Rejected("The form cannot be read.", code="malformed") from None


async def _read(parts: MultipartReader) -> list[tuple[bytes, bytes]]:
    pairs: list[tuple[bytes, bytes]] = []
    size = number = 0
    async for part in parts:
        number += 1
        if number > MAX_FIELDS * 2:
            raise Rejected(f"A form may have {MAX_FIELDS} fields.", code="form_too_large")
        if not isinstance(part, BodyPartReader) or part.filename or not part.name:
            raise Rejected("Files cannot be sent with a form.", code="no_files")
        raw = bytearray()
        while chunk := await part.read_chunk():
            raw += chunk
            size += len(chunk)
            if size > BODY_LIMIT:
                raise TooLarge("The form is too large.")
        pairs.append((part.name.encode("utf-8", "surrogateescape"), bytes(raw)))
    return pairs


def _texts(pairs: list[tuple[bytes, bytes]], *, charset: str | None) -> dict[str, str]:
    named = next((value.decode("ascii", "replace") for name, value in pairs if name == CHARSET.encode()), None) or charset
    codec = _codec(b"\n".join(part for pair in pairs for part in pair), named)
    return _joined((name.decode(codec, "replace"), value.decode(codec, "replace")) for name, value in pairs)


def _codec(written: bytes, named: str | None) -> str:
    for name in ("utf-8", *([named] if named else [])):
        try:
            written.decode(name)
        except (LookupError, ValueError):
            continue
        return name
    return "cp1251" if _WORD.search(written) else "cp1252"


def _joined(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """What steers us (`_next`, `_id`) has one value, the last."""
    fields: dict[str, list[str]] = {}
    for name, value in pairs:
        before = [] if name.startswith("_") else fields.get(name, [])
        fields[name] = [*before, *([value] if value not in before else [])]
    return {name: ", ".join(filter(None, values)) for name, values in fields.items() if name != CHARSET}
