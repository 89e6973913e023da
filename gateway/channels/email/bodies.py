"""The inside of one part of a mail, whatever its headers claim. Pure; raises nothing.

The library asks the declared charset even where nobody wants text, and some names that it knows as charsets raise there;
so what is inside is only ever asked for as parts or as bytes.
"""

from __future__ import annotations

from email.message import Message


def children(part: Message) -> list[Message]:
    """The parts inside, none for a leaf."""
    inside = part.get_payload() if part.is_multipart() else []
    return [one for one in inside if isinstance(one, Message)] if isinstance(inside, list) else []


def content_bytes(part: Message) -> bytes:
    """The bytes of a leaf, its transfer encoding taken off."""
    try:
        decoded = part.get_payload(decode=True)
    except (ValueError, LookupError, AssertionError):
        return b""
    return decoded if isinstance(decoded, bytes) else b""
