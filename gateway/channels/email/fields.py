"""One header at a time: encoded words, parameters, addresses, ids. Pure and linear; raises only Unreadable.

The standard library's readers of these are not a safe boundary (they raise on real mail, recurse on nested comments and
are quadratic in places; docs/adr/0006), so structure is read here and only then are names decoded: an encoded word can
never become an address. RFC 5322, 2047, 2231.
"""

from __future__ import annotations

import binascii
import re
import unicodedata
from base64 import b64decode
from email.message import Message
from quopri import decodestring
from urllib.parse import unquote_to_bytes

from gateway.channels.email.limits import MAX_NAME, MAX_PARAMS, MAX_RECIPIENTS
from gateway.channels.email.model import Address
from gateway.domain.errors import Unreadable

_WORD = re.compile(r"=\?([\w.:+-]{1,60})(?:\*[\w-]{0,20})?\?([bBqQ])\?([^?\r\n]{0,2000})\?=")
_RUN = re.compile(rf"(?:{_WORD.pattern})+")
_BETWEEN = re.compile(r"(\?=)[ \t\r\n]+(?==\?[\w.:+*-]{1,80}\?[bBqQ]\?)")
_ID = re.compile(r"<([^<>\s]{1,500})>")
_ADDRESS = re.compile(r"[^\s@<>()\[\]\\,;:\"\x00-\x1f\x7f]{1,64}@[^\s@<>()\\,;:\"\x00-\x1f\x7f]{1,255}\Z")
_TOKEN = re.compile(r"\"(?:\\.|[^\"\\])*\"?|<[^<>]*>?|[()<>,;:]|\\.?|[^\"<>(),;:\\]+", re.DOTALL)
_HIGH = re.compile(rb"[\xc0-\xff\xa8\xb8]{3}")
_NOT_TEXT = {"idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined", "mbcs", "oem"}
_ALIASES = {
    "unknown-8bit": "utf-8", "x-unknown": "utf-8", "default": "utf-8", "iso-8859-8-i": "iso-8859-8",
    "ks_c_5601-1987": "cp949", "cp-1251": "cp1251", "win-1251": "cp1251", "windows1251": "cp1251", "x-gbk": "gbk",
    "windows-874": "cp874", "utf8mb4": "utf-8", "ascii": "cp1252", "us-ascii": "utf-8", "ansi_x3.4-1968": "utf-8",
}  # fmt: skip


def to_text(raw: bytes, charset: str | None, problems: list[str] | None = None) -> str:
    """Bytes to text under any name of a charset, known or not; never raises. NUL is dropped."""
    name = (charset or "utf-8").strip("'\" ").lower()[:60]
    name = _ALIASES.get(name, name)
    if name.replace("-", "_") not in _NOT_TEXT:
        try:
            return raw.decode(name).replace("\x00", "")
        except (LookupError, ValueError):
            pass
    if problems is not None:
        problems.append("charset")
    damaged = _nearly(raw, name)
    if damaged is not None:
        return damaged
    for other in ("utf-8", "cp1251" if _looks_cyrillic(raw) else "cp1252"):
        try:
            return raw.decode(other).replace("\x00", "")
        except UnicodeDecodeError:
            continue
    return raw.decode("latin-1").replace("\x00", "")


def _nearly(raw: bytes, name: str) -> str | None:
    """The text where the charset fits but for a few bytes: cut in the middle of a letter, or spoilt on the way."""
    try:
        text = raw.decode("utf-8" if name.replace("-", "_") in _NOT_TEXT else name, "replace").replace("\x00", "")
    except (LookupError, ValueError):
        return None
    spoilt = text.count("\ufffd")
    return text if spoilt * 10 <= sum(not character.isascii() for character in text) - spoilt else None


def _looks_cyrillic(raw: bytes) -> bool:
    """Three letters in a row beyond ASCII: a word in Russian, hardly ever one in a Western language."""
    return bool(_HIGH.search(raw[:4000]))


def header_text(value: object) -> str:
    """A header as it stands in the message → text with 8-bit bytes understood, not yet decoded words."""
    text = str(value)
    raw = text.encode("utf-8", "surrogateescape")
    if any(0xDC80 <= ord(character) <= 0xDCFF for character in text):
        return to_text(raw, "utf-8")
    return text.encode("utf-8", "replace").decode("utf-8")


def header(message: Message, name: str) -> str:
    """The first header of that name, as text; empty if there is none."""
    return next(iter(headers(message, name)), "")


def headers(message: Message, name: str) -> list[str]:
    """All headers of that name. (The library's own `get` turns 8-bit bytes into question marks.)"""
    return [header_text(value) for found, value in message.raw_items() if found.lower() == name.lower()]


def decode_words(value: str, *, cap: int) -> str:
    """RFC 2047 words decoded, control characters → space (an encoded CRLF too), bidi controls removed, capped."""
    joined = _BETWEEN.sub(r"\1", value)
    return clean(_RUN.sub(_decode_run, joined), cap=cap)


def _decode_run(run: re.Match[str]) -> str:
    """Neighbours of one charset are decoded together: many senders cut a letter in two between them."""
    pieces: list[tuple[str, bytes]] = []
    for word in _WORD.finditer(run[0]):
        charset, raw = _word_bytes(word)
        if pieces and pieces[-1][0] == charset:
            raw = pieces.pop()[1] + raw
        pieces.append((charset, raw))
    return "".join(to_text(raw, charset) for charset, raw in pieces)


def _word_bytes(found: re.Match[str]) -> tuple[str, bytes]:
    charset, how, payload = found[1].lower(), found[2].lower(), found[3]
    try:
        if how == "b":
            return charset, b64decode(payload + "=" * (-len(payload) % 4))
        return charset, decodestring(payload.replace("_", " ").encode("utf-8", "replace"), header=True)
    except (binascii.Error, ValueError):
        return "utf-8", found[0].encode("utf-8", "replace")


def clean(value: str, *, cap: int) -> str:
    """One line, without anything that could break a header, a log line or the direction of a page."""
    kept = []
    for character in value[: cap * 8]:
        kind = unicodedata.category(character)
        if kind in ("Cc", "Zl", "Zp"):
            kept.append(" ")
        elif kind == "Cs" or (kind == "Cf" and character not in "\u200c\u200d"):
            continue
        else:
            kept.append(character)
    return " ".join("".join(kept).split(" ")).strip()[:cap].rstrip()


def message_ids(value: str) -> list[str]:
    """`<id>` items in order, without repeats, at most 200 (the first and the last ones).

    Some mailers fold a long id into encoded words, which RFC 2047 section 5 does not allow there; it is the same id.
    """
    if "=?" in value:
        value = decode_words(value, cap=len(value))
    found = list(dict.fromkeys(f"<{item}>" for item in _ID.findall(value)))
    return found if len(found) <= 200 else [found[0], *found[-199:]]


def parameters(value: str) -> tuple[str, dict[str, str]]:
    """`type/sub; a=b; c*0*=…` → the value and its parameters, RFC 2231 pieces put together. Raises Unreadable."""
    head, *rest = _split(value, ";")
    if len(rest) > MAX_PARAMS:
        raise Unreadable(f"A header of this mail has more than {MAX_PARAMS} parameters.", code="mail_too_many_params")
    plain: dict[str, str] = {}
    pieces: dict[str, dict[int, tuple[str, bool]]] = {}
    for item in rest:
        name, _, content = item.partition("=")
        name, content = name.strip().lower(), _unquote(content.strip())
        stem, *marks = name.split("*")
        if not marks:
            plain.setdefault(stem, content)
            continue
        place = int(marks[0]) if marks[0].isascii() and marks[0].isdigit() and len(marks[0]) < 5 else 0
        pieces.setdefault(stem, {})[place] = (content, name.endswith("*"))
    return head.strip().lower(), plain | {stem: _assemble(parts) for stem, parts in pieces.items()}


def _assemble(parts: dict[int, tuple[str, bool]]) -> str:
    charset, raw = "utf-8", []
    for place in sorted(parts):
        content, encoded = parts[place]
        if encoded and place == 0 and content.count("'") >= 2:
            charset, _, content = content.split("'", 2)
        raw.append(unquote_to_bytes(content) if encoded else content.encode("utf-8", "replace"))
    return to_text(b"".join(raw), charset)


def _split(value: str, mark: str) -> list[str]:
    """Split outside of quoted strings."""
    parts, start, quoted, skip = [], 0, False, False
    for place, character in enumerate(value):
        if skip:
            skip = False
        elif character == "\\" and quoted:
            skip = True
        elif character == '"':
            quoted = not quoted
        elif character == mark and not quoted:
            parts.append(value[start:place])
            start = place + 1
    parts.append(value[start:])
    return parts


def _unquote(value: str) -> str:
    if len(value) >= 2 and value[0] == '"' == value[-1]:
        value = value[1:-1]
        return re.sub(r"\\(.)", r"\1", value)
    return value


def addresses(value: str) -> list[Address]:
    """The mailboxes of an address header, groups flattened, unreadable entries left out. Raises Unreadable if too many."""
    found = []
    for entry in _entries(value):
        address = _mailbox(*entry)
        if address is not None:
            found.append(address)
        if len(found) > MAX_RECIPIENTS:
            raise Unreadable(f"This mail names more than {MAX_RECIPIENTS} recipients.", code="mail_too_many_recipients")
    return found


def _entries(value: str) -> list[tuple[str, str | None]]:
    """(words outside brackets, text inside the first <>) per comma; one pass, comments counted, never recursed into."""
    entries: list[tuple[str, str | None]] = []
    words: list[str] = []
    angle: str | None = None
    depth = 0
    for token in _TOKEN.findall(value.replace("\r", "").replace("\n", "")):
        kind = token[0]
        if kind in "()":
            depth = max(0, depth + (1 if kind == "(" else -1))
        elif depth:
            continue
        elif kind == "<":
            angle = token.strip("<>") if angle is None else angle
        elif kind in ",;":
            entries.append(("".join(words), angle))
            words, angle = [], None
        elif kind == ":" and angle is None:
            words = []  # it was the name of a group
        else:
            words.append(_unquote(token))
    return [*entries, ("".join(words), angle)]


def _mailbox(words: str, angle: str | None) -> Address | None:
    spec = (words if angle is None else angle).strip()
    if spec.startswith("@") and ":" in spec:
        spec = spec.split(":", 1)[1]  # an obsolete source route
    address = normal_address(spec)
    if address is None:
        return None
    return Address(name=decode_words(words, cap=MAX_NAME) if angle is not None else "", address=address)


def normal_address(value: str) -> str | None:
    """Lower-case address, or None if it is not exactly one plain mailbox."""
    value = value.strip()
    if len(value) > 254 or not _ADDRESS.match(value) or clean(value, cap=254) != value:
        return None
    local, _, domain = value.rpartition("@")
    if domain.startswith(".") or ".." in domain or domain.endswith("."):
        return None
    return f"{local}@{domain}".lower()
