"""JSON on the wire: orjson, times as RFC 3339 with Z. Also the codec python-socketio is given."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import orjson
from aiohttp import web

from gateway.domain.storable import storable

DEEPEST = 32  # orjson reads 1024 levels and writes 254: what comes in must also go out, inside rows, events and packets
OPTIONS = orjson.OPT_UTC_Z | orjson.OPT_NON_STR_KEYS


def dumps(value: Any) -> bytes:
    """Bytes of JSON."""
    return orjson.dumps(value, default=_plain, option=OPTIONS)


def loads(text: bytes | str) -> Any:
    """Raises ValueError. Every text in it can be stored: NUL is dropped, and half an emoji becomes U+FFFD.

    Scripts that cut texts leave such halves behind (RFC 8259, 8.2).
    """
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError:
        plain = text if isinstance(text, str) else text.decode()
        if "\\ud" not in plain.lower():
            raise
    else:
        return storable(value) if _names_nul(text) else value
    try:
        return storable(json.loads(plain, parse_constant=_no_number))
    except RecursionError:
        raise ValueError("too deep") from None


def too_deep(value: Any, *, levels: int = DEEPEST) -> bool:
    """More nested than anything of ours is."""
    if not isinstance(value, dict | list):
        return False
    inner = value.values() if isinstance(value, dict) else value
    return levels <= 0 or any(too_deep(one, levels=levels - 1) for one in inner)


def respond(value: Any, *, status: int = 200, headers: Mapping[str, str] | None = None) -> web.Response:
    """A JSON response."""
    return web.Response(body=dumps(value), status=status, headers=headers, content_type="application/json")


def _names_nul(text: bytes | str) -> bool:
    return "\\u0000" in text if isinstance(text, str) else b"\\u0000" in text


def _no_number(name: str) -> Any:
    raise ValueError(name)


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, (set, frozenset)):
        return sorted(value)
    raise TypeError(type(value).__name__)


class SocketCodec:
    """What python-socketio calls `json`; it hands over options meant for the standard library, which mean nothing here."""

    @staticmethod
    def dumps(value: Any, **_: Any) -> str:
        """Text."""
        return dumps(value).decode()

    @staticmethod
    def loads(text: bytes | str, **_: Any) -> Any:
        """The value."""
        return loads(text)
