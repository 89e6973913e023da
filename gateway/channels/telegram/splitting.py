"""Cuts a long text into pieces a messenger takes. Pure.

Telegram counts UTF-16 code units (https://core.telegram.org/api/entities#entity-length), so an emoji is two.
"""

from __future__ import annotations

import unicodedata

MESSAGE_LIMIT = 4096
CAPTION_LIMIT = 1024
_JOINER = "\u200d"


def units(text: str) -> int:
    """Length as Telegram counts it."""
    return len(text) + sum(1 for char in text if ord(char) > 0xFFFF)


def split_text(text: str, *, limit: int = MESSAGE_LIMIT) -> list[str]:
    """Pieces of at most `limit` units that together hold every visible character, in order.

    Cut at a paragraph, else a line, else a sentence, else a word, provided the piece stays at least half full; else
    between two characters that do not belong together (no accent, emoji or flag is torn). White space at a cut goes.
    """
    pieces = []
    rest = text.strip()
    while units(rest) > limit:
        cut = _cut(rest, limit)
        pieces.append(rest[:cut].rstrip())
        rest = rest[cut:].lstrip()
    return [*pieces, rest] if rest else pieces


def _cut(text: str, limit: int) -> int:
    end = _fitting(text, limit)
    window = text[: end + 1]
    for mark in ("\n\n", "\n", ". ", "! ", "? ", "؟ ", "… ", " "):
        at = window.rfind(mark, end // 2)
        if at > 0:
            return min(at + len(mark.rstrip(" ")), end)
    return _between_characters(text, end)


def _fitting(text: str, limit: int) -> int:
    used = 0
    for index, char in enumerate(text):
        used += 2 if ord(char) > 0xFFFF else 1
        if used > limit:
            return index
    return len(text)


def _between_characters(text: str, end: int) -> int:
    cut = end
    while cut > end // 2 and _belong_together(text[cut - 1], text[cut]):
        cut -= 1
    return cut if cut > end // 2 else end


def _belong_together(left: str, right: str) -> bool:
    glued = unicodedata.category(right).startswith("M") or _JOINER in (left, right) or "\ufe00" <= right <= "\ufe0f"
    flag = all("\U0001f1e6" <= char <= "\U0001f1ff" for char in (left, right))
    skin = "\U0001f3fb" <= right <= "\U0001f3ff"
    return glued or flag or skin
