"""A guard before any HTML parser: they are quadratic in the depth of the tree and in the attributes of one tag. Pure."""

from __future__ import annotations

import re

MAX_DEPTH = 1500
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]{0,20})")
# One attribute as the HTML standard cuts it (13.2.5.32 and on), tried at every "<" whatever stands around it: what looks like a
# comment or a value to one reader is a tag to another. Possessive and bounded, so the search itself is linear enough.
_ATTRIBUTE = (
    r"[ \t\n\f\r/]*+[^ \t\n\f\r/>][^ \t\n\f\r/>=]{0,255}+"
    r"""(?:[ \t\n\f\r]*+=[ \t\n\f\r]*+(?:"[^"]*+"|'[^']*+'|[^ \t\n\f\r>"'][^ \t\n\f\r>]{0,4095}+)?+)?+"""
)
_CROWDED = re.compile(rf"<[a-zA-Z/](?:{_ATTRIBUTE}){{64}}")
_ANY = re.compile(r"<[^<>]{0,2000}>")
_FLAT = {
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr", "p", "li",
    "td", "th", "tr", "tbody", "thead", "tfoot", "dt", "dd", "option", "html", "head", "body",
}  # fmt: skip


def looks_deep(html: str) -> bool:
    """True if more elements seem to be open at once than any letter has. A cheap estimate; the worker measures the tree."""
    opened: dict[str, int] = {}
    depth = 0
    for closing, name in _TAG.findall(html):
        tag = name.lower()
        if tag in _FLAT:
            continue
        if not closing:
            opened[tag] = opened.get(tag, 0) + 1
            depth += 1
        elif opened.get(tag):
            opened[tag] -= 1
            depth -= 1
        if depth > MAX_DEPTH:
            return True
    return False


def looks_crowded(html: str) -> bool:
    """True if a tag may have more attributes than any letter needs."""
    return _CROWDED.search(html) is not None


def strip_tags(html: str) -> str:
    """The bare words, for HTML that is not worth a parser."""
    return _ANY.sub(" ", html)
