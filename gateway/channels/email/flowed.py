"""Paragraphs that a mail program broke into lines for the journey, put together again. Pure; raises nothing.

Many programs write text/plain with format=flowed: a line that ends in a space goes on in the next one (RFC 3676, 4.1 to 4.5).
"""

from __future__ import annotations

import re

_QUOTED = re.compile(r"(>*) ?(.*)", re.DOTALL)
SIGNATURE = "-- "


def unflow(text: str, *, drop_space: bool = False) -> str:
    """One line for each paragraph. drop_space: DelSp=yes, the space at the end is none of the writer's."""
    lines: list[tuple[str, list[str]]] = []
    goes_on = False
    for line in text.split("\n"):
        depth, words = _QUOTED.match(line).groups()  # type: ignore[union-attr]  # matches anything
        mark = words == SIGNATURE
        if goes_on and words and not mark and depth == lines[-1][0]:  # an empty line parts, whatever stands above it
            lines[-1][1].append(words)
        else:
            lines.append((depth, [words]))
        goes_on = words.endswith(" ") and not mark
        if goes_on and drop_space:
            lines[-1][1][-1] = words[:-1]
    return "\n".join(_line(depth, "".join(pieces)) for depth, pieces in lines)


def _line(depth: str, words: str) -> str:
    return f"{depth} {words}".rstrip() if depth else words if words == SIGNATURE else words.rstrip(" ")
