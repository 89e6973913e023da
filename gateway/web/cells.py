"""Lines of CSV whose cells no spreadsheet takes for formulas (reliability class 29). Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from gateway.web.wire import dumps

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def line(cells: Iterable[Any]) -> str:
    """One record, all cells quoted, CRLF at the end."""
    return ",".join(f'"{_cell(value)}"' for value in cells) + "\r\n"


def _cell(value: Any) -> str:
    match value:
        case None:
            text = ""
        case bool():
            text = "true" if value else "false"
        case Mapping() | list() | tuple():
            text = dumps(value).decode() if value else ""
        case _:
            text = str(value)
    if text.lstrip(" \0").startswith(FORMULA):
        text = "'" + text
    return text.replace('"', '""').replace("\0", "")
