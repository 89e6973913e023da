"""Text as every database can keep it, whatever it comes from.

PostgreSQL refuses the character NUL, which people paste without seeing it; nothing can write half of a surrogate pair, which is
what remains of an emoji that was cut in the middle. Neither may keep the words around it from being stored.
"""

from __future__ import annotations

import re
from dataclasses import fields, is_dataclass, replace
from functools import cache
from typing import Any, TypeVar

T = TypeVar("T")
_HALF = re.compile("[\ud800-\udfff]")


def storable(given: T) -> T:
    """The same value (JSON, or a frozen value of the domain): NUL dropped from its texts, half characters shown as U+FFFD.

    What needs no change is given back itself.
    """
    kept: T = _kept(given)
    return kept


def _kept(given: Any) -> Any:
    match given:
        case str():
            return given if given.isascii() and "\0" not in given else _HALF.sub("\ufffd", given.replace("\0", ""))
        case dict():
            fresh = {_kept(name): _kept(value) for name, value in given.items()}
            return given if fresh == given else fresh
        case list() | tuple():
            parts = [_kept(one) for one in given]
            return given if all(new is old for new, old in zip(parts, given, strict=True)) else type(given)(parts)
    kind: Any = type(given)
    changed = {name: new for name in _names(kind) if (new := _kept(old := getattr(given, name))) != old}
    return replace(given, **changed) if changed else given


@cache
def _names(kind: Any) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind)) if is_dataclass(kind) else ()
