"""The text of an HTML mail, for people and for folding: links, lists, line ends; quotes become `> `. Pure.

Walks selectolax's tree without recursion; hidden parts (preheaders, scripts, styles) are left out.
"""

from __future__ import annotations

import re
from typing import Any

from gateway.channels.email.limits import MAX_TEXT
from gateway.channels.email.markup import MAX_DEPTH, looks_deep

_SKIP = {"script", "style", "head", "title", "template", "noscript", "svg", "math", "object", "iframe"}
_BLOCK = {
    "address", "article", "aside", "blockquote", "center", "dd", "div", "dl", "dt", "fieldset", "figure", "footer", "form",
    "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main", "nav", "ol", "p", "pre", "section", "table", "tr", "ul",
}  # fmt: skip
_APART = {"p", "h1", "h2", "h3", "h4", "h5", "h6", "table", "ul", "ol", "pre"}
_SPACE = re.compile(r"[ \t\r\n\f\u00a0]+")
_GAPS = re.compile(r"\n{3,}")
_HIDDEN = re.compile(r"display\s{0,5}:\s{0,5}none", re.IGNORECASE)


class TooDeep(ValueError):
    """More nested than any letter is: neither read nor shown as HTML."""


def html_to_text(html: str) -> str:
    """Readable lines; at most a million characters of HTML are looked at. Raises TooDeep."""
    if looks_deep(html[:MAX_TEXT]):
        raise TooDeep
    from selectolax.lexbor import LexborHTMLParser

    root = LexborHTMLParser(html[:MAX_TEXT]).body
    if root is None:
        return ""
    page = _Page()
    _walk(root, page)
    return page.text()


def _walk(root: Any, page: _Page) -> None:
    """Depth first with a stack of (node, are we leaving it)."""
    stack: list[tuple[Any, bool]] = [(root, False)]
    depth = 0
    while stack:
        node, leaving = stack.pop()
        if leaving:
            depth -= 1
            page.leave(node)
            continue
        if not page.enter(node):
            continue
        depth += 1
        if depth > MAX_DEPTH:
            raise TooDeep
        stack.append((node, True))
        children = []
        child = node.child
        while child is not None:
            children.append((child, False))
            child = child.next
        stack.extend(reversed(children))


class _Page:
    """Collects lines while the walk enters and leaves elements."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._line: list[str] = []
        self._quotes = 0
        self._plain = 0

    def enter(self, node: Any) -> bool:
        """Take note of a node; False = do not look inside."""
        tag = node.tag or ""  # the parser has no name for some of what a broken mail holds
        if tag == "-text":
            self._add(node.text_content or "")
            return False
        if tag in _SKIP or tag.startswith(("-", "!")) or _HIDDEN.search((node.attributes.get("style") or "")[:500]):
            return False
        if tag in _BLOCK:
            self._break()
        if tag == "blockquote":
            self._quotes += 1
        elif tag == "br":
            self._end_line()
        elif tag == "li":
            self._line.append("• ")
        elif tag == "pre":
            self._plain += 1
        elif tag == "img":
            self._add(f" {(node.attributes.get('alt') or '')[:200]} ")
        return True

    def leave(self, node: Any) -> None:
        """The end of an element."""
        tag = node.tag
        if tag in ("td", "th"):
            self._add(" ")
        if tag == "a":
            self._link(node)
        if tag in _BLOCK:
            self._break()
            if tag in _APART:
                self._lines.append("> " * min(self._quotes, 20))
        if tag == "blockquote":
            self._quotes = max(0, self._quotes - 1)
        elif tag == "pre":
            self._plain = max(0, self._plain - 1)

    def text(self) -> str:
        """All of it, without towers of empty lines."""
        self._break()
        return _GAPS.sub("\n\n", "\n".join(line.rstrip() for line in self._lines)).strip()

    def _add(self, text: str) -> None:
        if self._plain:
            first, *rest = text.split("\n")
            self._line.append(first)
            for line in rest:
                self._end_line()
                self._line.append(line)
        else:
            self._line.append(_SPACE.sub(" ", text))

    def _link(self, node: Any) -> None:
        target = (node.attributes.get("href") or "").strip()[:500]
        shown = "".join(self._line[-5:])
        if target.startswith(("http://", "https://")) and target.rstrip("/") not in shown and self._line:
            self._line.append(f" ({target})")

    def _end_line(self) -> None:
        self._lines.append("> " * min(self._quotes, 20) + _SPACE.sub(" ", "".join(self._line)).strip(" ") if not self._plain
                           else "> " * min(self._quotes, 20) + "".join(self._line))  # fmt: skip
        self._line = []

    def _break(self) -> None:
        if "".join(self._line).strip():
            self._end_line()
        else:
            self._line = []
