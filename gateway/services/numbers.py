"""What a telephone system writes where a number should be, and the number behind it. Pure; talks to nobody.

The order of the tests matters: anonymous words, addresses and short extensions must be caught before the number
library, which makes +7101 of 101 without complaint. Results follow the library's metadata, so its version is pinned in tests.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container
from dataclasses import dataclass
from typing import Literal

import phonenumbers

PartyKind = Literal["e164", "candidate", "extension", "sip", "anonymous", "placeholder", "invalid"]
EXTENSION_DIGITS = 5

_ANONYMOUS = {
    "", "unknown", "anonymous", "restricted", "private", "unavailable", "withheld", "null", "none", "nil", "undefined",
    "blocked", "no caller id", "asterisk", "s", "anonymous.invalid",
    # RESTRICTED, ANONYMOUS, UNAVAILABLE, BLOCKED and UNKNOWN on a telephone's keys; the short two are numbers without +
    "7378742833", "+7378742833", "266696687", "+266696687", "86282452253", "+86282452253", "+2562533", "+8656696",
}  # fmt: skip
_PLACEHOLDER = re.compile(r"^(\[.*\]|\{\{.*\}\}|\$\{.*\}|%\w+%|<[^\W\d]\w*>)$")
_SIP = re.compile(r'^(?:"[^"]*"|[^<>]*)\s*<?(sips?):([^@;>\s]*)(?:@([^;>\s]*))?[^>]*>?$', re.IGNORECASE)
_NAMED = re.compile(r'^(?:"[^"]*"\s*|[^<>"]*)<([^<>]*)>$')  # Asterisk: "Ann 2" <101>
_MAILLIKE = re.compile(r"^([^@\s]+)@([^@\s;>]+)\S*$")
_DIAL_CODES = re.compile(r"^(?:[*#]\d{2}[*#])+")
_AFTERDIAL = re.compile(r"[,;&pwPW*].*$")
_EXTENSION_WORDS = re.compile(r"\s*(?:доб\.?|ext\.?|x|#|int\.?|داخلی)\s*\.?\s*(\d{1,6})$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Party:
    """One side of a call. e164 is set for `e164` only; `candidate` is possible but not valid: show it, create nobody.

    placeholder: the PBX sent a template unfilled, which is a fault of its configuration.
    """

    raw: str
    kind: PartyKind
    e164: str | None = None
    extension: str | None = None
    sip: str | None = None


def normalise(raw: str | None, *, region: str) -> str | None:
    """The E.164 form of a valid number, else None. region: the line's country, ISO 3166 alpha-2."""
    return recognise(raw, region=region).e164


def recognise(raw: str | None, *, region: str, devices: Container[str] = frozenset(), international: bool = False) -> Party:
    """Say what `raw` is. Never raises.

    devices: extensions of this PBX, which are never numbers. international: the PBX writes full numbers without plus.
    """
    kept = raw or ""
    text = _plain(kept)
    if _PLACEHOLDER.match(text) and text.strip("<>[]{}").lower() not in _ANONYMOUS:
        return Party(kept, "placeholder")
    uri, text = _user_part(text)
    if _is_anonymous(text):
        return Party(kept, "anonymous", sip=uri)
    if text in devices or _is_short(text):
        return Party(kept, "extension", extension=text, sip=uri)
    number, extension = _number_and_extension(text)
    party = _numbered(kept, _with_plus(number, region=region, international=international), region=region)
    if party.kind == "invalid" and uri:
        return Party(kept, "sip", sip=uri)
    return Party(kept, party.kind, party.e164, extension, uri)


def _plain(raw: str) -> str:
    """One width of digits, no control or direction marks. A lost plus is a space before digits: restore it."""
    folded = unicodedata.normalize("NFKC", raw)
    digits = "".join(str(unicodedata.digit(char)) if char.isdecimal() else char for char in folded)
    visible = "".join(char for char in digits if unicodedata.category(char) not in ("Cc", "Cf"))
    if re.match(r"^ \d{8,}", visible):
        return "+" + visible.strip()
    return visible.strip()


def _user_part(text: str) -> tuple[str | None, str]:
    if text.lower().startswith("tel:"):
        number, _, parameters = text[4:].partition(";")
        return None, number if "phone-context=" not in parameters or "phone-context=+" in parameters else number[:5]
    found = _SIP.match(text)
    if found:
        scheme, user, host = found[1].lower(), found[2], found[3]
        return (f"{scheme}:{user}@{host}", user) if host else (f"{scheme}:{user}", "")
    named = _NAMED.match(text)
    text = named[1].strip() if named else text
    found = _MAILLIKE.match(text)
    return (f"sip:{found[1]}@{found[2]}", found[1]) if found else (None, text)


def _is_anonymous(text: str) -> bool:
    word = text.strip("<>\"' ").lower()
    return word in _ANONYMOUS or not word.strip("+0")


def _is_short(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= EXTENSION_DIGITS


def _number_and_extension(text: str) -> tuple[str, str | None]:
    bare = _DIAL_CODES.sub("", text)
    found = _EXTENSION_WORDS.search(bare)
    if found:
        return bare[: found.start()], found[1]
    return _AFTERDIAL.sub("", bare).strip(), None


def _with_plus(number: str, *, region: str, international: bool) -> str:
    digits = re.sub(r"[\s().\-‐-―]", "", number)
    if digits.startswith("00") and len(digits) >= 10:
        return "+" + digits[2:]  # cloud PBXs write 00 in every country
    bare = digits.isascii() and digits.isdigit() and len(digits) >= 11
    national = region in ("RU", "KZ") and digits.startswith("8") and len(digits) == 11
    return "+" + digits if international and bare and not national else number


def _numbered(raw: str, number: str, *, region: str) -> Party:
    try:
        parsed = phonenumbers.parse(number, region)
    except phonenumbers.NumberParseException:
        return Party(raw, "invalid")
    written = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
    if not written.startswith("+") or not phonenumbers.is_possible_number(parsed):
        return Party(raw, "invalid")
    return Party(raw, "e164", e164=written) if phonenumbers.is_valid_number(parsed) else Party(raw, "candidate")
