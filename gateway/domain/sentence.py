"""A sentence for people that remembers what it says: English as it stands (command line, logs), and a code with values,
from which a screen makes the same sentence in its reader's language. docs/adr/0016-sentences.md.

    raise send_refused(sentence("send.mail_size", "The mail is larger than the {n} MB this server takes.", n=25))

Each code has a key in every catalogue of the console: `send.*` as it is, the others below `settings.said`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

Value = str | int


class Sentence(str):
    """A str in every respect; where it is made into another str it is plain English and no more."""

    __slots__ = ("code", "values")
    code: str
    values: Mapping[str, Value]

    def __new__(cls, text: str, code: str = "", values: Mapping[str, Value] | None = None) -> Self:
        """Use `sentence`."""
        made = super().__new__(cls, text)
        made.code, made.values = code, dict(values or {})
        return made


def sentence(code: str, english: str, /, **values: Value) -> Sentence:
    """The English text with the values put in; `code` is stable and says where and what."""
    return Sentence(english.format(**values), code, values)


def said(text: str) -> dict[str, Any] | None:
    """`{code, values}` for a screen; None if the text is only text."""
    return {"code": text.code, "values": dict(text.values)} if isinstance(text, Sentence) else None
