"""The language between the gateway and a mail worker: two lengths, a JSON object, bytes. Pure; no pickle, ever.

4 bytes length of JSON · 4 bytes length of the bytes · JSON · bytes          (big endian)
"""

from __future__ import annotations

import struct
from typing import Any

import orjson

HEAD = struct.Struct(">II")
LARGEST = 512 * 1024 * 1024


def pack(plain: dict[str, Any], body: bytes = b"") -> bytes:
    """One frame."""
    text = orjson.dumps(plain)
    return HEAD.pack(len(text), len(body)) + text + body


def lengths(head: bytes) -> tuple[int, int]:
    """The two lengths. Raises ValueError if they cannot be meant."""
    text, body = HEAD.unpack(head)
    if text + body > LARGEST:
        raise ValueError("frame too large")
    return text, body


def unpack(text: bytes) -> dict[str, Any]:
    """The JSON object. Raises ValueError."""
    plain = orjson.loads(text)
    if not isinstance(plain, dict):
        raise ValueError("not an object")
    return plain
