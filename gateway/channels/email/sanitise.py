"""Make the HTML of a mail safe to show, at display time; the raw HTML stays as it came. Pure; uses nh3 only.

Parse and rebuild with an allow-list; nothing is fetched by opening a mail: remote images wait in `data-remote-src` until
the operator asks for them, `cid:` images point to the attachment's own address, CSS can hold no url. The console shows
the result in a sandboxed frame all the same (docs/adr/0006).
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Mapping
from html import escape
from urllib.parse import quote, unquote

from gateway.channels.email.markup import looks_crowded, looks_deep, strip_tags

MAX_HTML = 2 * 1024 * 1024
_TAGS = {
    "a", "abbr", "address", "article", "b", "bdi", "bdo", "big", "blockquote", "br", "caption", "center", "cite", "code", "col",
    "colgroup", "dd", "del", "details", "dfn", "div", "dl", "dt", "em", "figcaption", "figure", "font", "footer", "h1", "h2",
    "h3", "h4", "h5", "h6", "header", "hr", "i", "img", "ins", "kbd", "li", "mark", "ol", "p", "pre", "q", "s", "samp",
    "section", "small", "span", "strike", "strong", "sub", "summary", "sup", "table", "tbody", "td", "tfoot", "th", "thead",
    "time", "tr", "tt", "u", "ul", "var", "wbr",
}  # fmt: skip
_CELL = {"align", "bgcolor", "colspan", "height", "rowspan", "valign", "width"}
_ATTRIBUTES = {
    "*": {"dir", "lang", "style", "title"},
    "a": {"href"},
    "img": {"src", "alt", "width", "height"},
    "font": {"color", "face", "size"},
    "table": {"align", "bgcolor", "border", "cellpadding", "cellspacing", "width", "height"},
    "td": _CELL, "th": _CELL, "tr": {"align", "bgcolor", "valign"}, "col": {"span", "width"},
    "ol": {"start", "type"}, "ul": {"type"}, "p": {"align"}, "div": {"align"},
}  # fmt: skip
_STYLES = {
    "background-color", "border", "border-bottom", "border-collapse", "border-color", "border-left", "border-radius",
    "border-right", "border-spacing", "border-style", "border-top", "border-width", "color", "direction", "display", "font",
    "font-family", "font-size", "font-style", "font-weight", "height", "letter-spacing", "line-height", "list-style-type",
    "margin", "margin-bottom", "margin-left", "margin-right", "margin-top", "max-width", "min-width", "padding",
    "padding-bottom", "padding-left", "padding-right", "padding-top", "text-align", "text-decoration", "text-indent",
    "text-transform", "unicode-bidi", "vertical-align", "white-space", "width", "word-break", "word-wrap",
}  # fmt: skip
_DATA_IMAGE = re.compile(r"data:image/(?:png|gif|jpeg|webp);base64,[A-Za-z0-9+/=\s]*\Z")
_CALL = re.compile(r"([a-z-]*)\s*\(", re.IGNORECASE)
_AWAY = re.compile(r"-\s*(?:\d{3,}|\d{2,}(?:\.\d+)?\s*(?:r?em|ex|ch|in|cm|pc|v[a-z]+|%))", re.IGNORECASE)
_CALLS = {"rgb", "rgba", "hsl", "hsla"}


def sanitise(html: str, *, images: Mapping[str, str] | None = None, show_remote: bool = False) -> str:
    """Safe HTML. images: Content-ID → address of the stored file; show_remote: the operator asked to see them."""
    import nh3

    if looks_deep(html[:MAX_HTML]) or looks_crowded(html[:MAX_HTML]):
        return f"<p>{escape(strip_tags(html[:MAX_HTML]))}</p>"
    mark = f"x{secrets.token_hex(8)}:"
    clean = nh3.clean(
        html[:MAX_HTML],
        tags=_TAGS,
        clean_content_tags={"script", "style", "title", "template", "noscript", "iframe", "object", "svg", "math"},
        attributes=_ATTRIBUTES,
        attribute_filter=_filter(images or {}, mark=mark, show_remote=show_remote),
        filter_style_properties=_STYLES,
        url_schemes={"http", "https", "mailto", "tel", "cid", "data"},
        link_rel="noopener noreferrer nofollow",
        set_tag_attribute_values={"a": {"target": "_blank"}},
    )
    return re.sub(rf' src="{mark}([A-Za-z0-9_.~%-]*)"', _put_off, clean)


def _put_off(found: re.Match[str]) -> str:
    return f' data-remote-src="{escape(unquote(found[1]))}"'


def _filter(images: Mapping[str, str], *, mark: str, show_remote: bool) -> Callable[[str, str, str], str | None]:
    def keep(tag: str, name: str, value: str) -> str | None:
        if name == "style":
            return value if _harmless_style(value) else None
        if (tag, name) == ("img", "src"):
            return _image(value.strip(), images, mark=mark, show_remote=show_remote)
        if (tag, name) == ("a", "href"):
            scheme = value.strip().split(":", 1)[0].lower()
            return value if scheme in ("http", "https", "mailto", "tel") else None
        return value

    return keep


def _image(source: str, images: Mapping[str, str], *, mark: str, show_remote: bool) -> str | None:
    kind = source.split(":", 1)[0].lower()
    if kind == "cid":
        return images.get(unquote(source[4:]).strip("<>"))
    if kind == "data":
        return source if _DATA_IMAGE.match(source) else None
    if kind in ("http", "https"):
        return source if show_remote else mark + quote(source[:4000], safe="")
    return None


def _harmless_style(value: str) -> bool:
    """No escapes, no comments, no function but colours, nothing pulled far away: so nothing that could load, move or cover."""
    if "\\" in value or "/*" in value or "@" in value or len(value) > 4000 or _AWAY.search(value):
        return False
    return all(name.lower() in _CALLS for name in _CALL.findall(value))
