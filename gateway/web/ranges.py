"""Single byte ranges (RFC 9110 section 14): what part of a file is asked for. Pure.

Several ranges at once are answered with the whole file: RFC 9110 allows it, and it cannot be used to amplify.
"""

from __future__ import annotations

import re

from gateway.domain.errors import GatewayError

_ONE = re.compile(r"bytes=\s*(\d{0,18})-(\d{0,18})\s*", re.IGNORECASE)


class Unsatisfiable(GatewayError):
    """The range lies outside the file: 416."""

    code = "range_not_satisfiable"


def wanted(header: str | None, *, size: int, if_range: str | None = None, etag: str = "") -> tuple[int, int] | None:
    """[start, end) or None for the whole file. Raises Unsatisfiable. A weak or other If-Range means the whole file."""
    if not header or (if_range is not None and if_range != etag):
        return None
    found = _ONE.fullmatch(header.strip())
    if found is None or (not found[1] and not found[2]):
        return None
    if not found[1]:
        last = int(found[2])
        if last == 0 or size == 0:
            raise Unsatisfiable
        return max(0, size - last), size
    start = int(found[1])
    if found[2] and int(found[2]) < start:
        return None
    if start >= size:
        raise Unsatisfiable
    return start, min(size, int(found[2]) + 1) if found[2] else size
