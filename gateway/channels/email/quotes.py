"""Fold earlier text and signatures away: what the sender wrote now, and the rest. Pure; linear in bounded input.

Own rules for English, Russian, Spanish and Persian clients (Gmail, Outlook, Apple Mail, Mail.ru, Yandex): the libraries
know no Russian or Persian header (docs/adr/0006). When in doubt everything stays visible: answers written between
quoted lines, a forward without a word of one's own, a sentence that only sounds like the line above a quote.
"""

from __future__ import annotations

import re

MAX_CHARS, MAX_LINES, MAX_LINE = 64 * 1024, 2000, 1000
_MARKS = re.compile("[\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]")

_WROTE = re.compile(
    r"""(?:on\b.{4,400}\bwrote\s?:
    | (?:el|en)\b.{4,400}\bescribi(?:ó|o)\s?:
    | .{0,200}\d.{2,400}\b(?:пишет|написал|написала|написали|написал\(а\))\s?:
    | (?:در)\b.{4,400}\bنوشت(?:ه\sاست|ه|ند)?\s?:)\Z""",
    re.IGNORECASE | re.VERBOSE,
)
_DATED = re.compile(r".{0,60}\d{1,4}.{1,200}[<\[(\"][^<>\s]{1,100}@[^<>\s]{1,200}[>\])\"]\s?:\Z")
_SEPARATOR = re.compile(
    r"""(?:[-_*]{2,30}\s{0,3})(?:original\smessage|forwarded\smessage|reply\smessage|исходное\sсообщение
    |пересылаемое\sсообщение|перенаправленное\sсообщение|пересланное\sсообщение|оригинальное\sсообщение
    |mensaje\soriginal|mensaje\sreenviado|forwarded\smessage|پیام\sاصلی|پیام\sهدایت\u200c?\s?شده|پیام\sبازارسال\u200c?\s?شده)
    (?:\s{0,3}[-_*]{2,30})?\Z
    | (?:begin\sforwarded\smessage|начало\sпереадресованного\sсообщения|начало\sпереадресованного\sписьма
    |inicio\sdel\smensaje\sreenviado|شروع\sپیام\sهدایت\u200c?\s?شده)\s?:\Z""",
    re.IGNORECASE | re.VERBOSE,
)
_RULE = re.compile(r"[_]{20,80}\Z|-{16,80}\Z")
_FIELD = re.compile(
    r"\*?(from|sent|date|to|cc|subject|от|от кого|отправлено|дата|кому|копия|тема|de|enviado|enviado el|fecha|para|asunto"
    r"|از|فرستنده|ارسال|ارسال شده|تاریخ|به|گیرنده|رونوشت|موضوع)\s?\*?\s?:\*?\s",
    re.IGNORECASE,
)
_FROM = {"from", "от", "от кого", "de", "از", "فرستنده"}
_SUBJECT = re.compile(r"\*?(?:subject|тема|asunto|موضوع)\s?\*?\s?:", re.IGNORECASE)
_MOMENT = re.compile(r"\d{1,2}[:.]\d{2}|\d{4}")  # a time or a year
_POSTSCRIPT = re.compile(r"(?:p\.?\s?s\b|p\.?\s?d\.|п\.?\s?с\b|з\.?ы\b|پ\.?\s?ن\b)", re.IGNORECASE)
_DEVICE = (
    r"(?:i(?:phone|pad|os)\b|android|mobile|phone|tablet|device|galaxy|samsung|xiaomi|redmi|poco|huawei|honor|pixel|oneplus|realme|oppo"
    r"|vivo|motorola|nokia|sony|blackberry|windows|outlook|mail|spark|aol\b|thunderbird|яндекс|почт|мобильн|телефон|смартфон|планшет"
    r"|устройств|айфон|андроид|приложени|móvil|teléfono|dispositivo|correo|گوشی|موبایل|آیفون|اندروید|تلفن|ایمیل|جیمیل|یاهو)"
)
_MOBILE = re.compile(
    rf"""(?=.{{0,80}}{_DEVICE})(?:sent\s(?:from|with|via)\s.{{1,60}}|отправлено\s(?:со?|из|через)\s.{{1,60}}
    |enviado\s(?:desde|con)\s.{{1,60}}|(?:ارسال|فرستاده)\u200c?\s?شده\s?(?:از|با)\s.{{1,60}})\Z
    | (?:get\soutlook\sfor|obtener\soutlook\spara)\s.{{1,60}}\Z""",
    re.IGNORECASE | re.VERBOSE,
)


def fold(text: str) -> tuple[str, str]:
    """(visible, quoted). Together they hold all of the text; nothing is dropped."""
    head, tail = text[:MAX_CHARS], text[MAX_CHARS:]
    lines = head.split("\n")
    if len(lines) > MAX_LINES:
        tail = "\n".join(lines[MAX_LINES:]) + tail
        lines = lines[:MAX_LINES]
    bare = [_MARKS.sub("", line[:MAX_LINE]).strip() for line in lines]
    cut = _cut(bare)
    visible = "\n".join(lines[:cut]).strip()
    quoted = "\n".join(lines[cut:]).strip("\r\n")
    if not visible:
        return text.strip(), ""
    if not tail:
        return visible, quoted
    return (visible, quoted + tail) if quoted else (f"{visible}{tail}".strip(), "")


def _cut(lines: list[str]) -> int:
    """The number of the first line that is not the sender's own news; len(lines) if all are."""
    cut = _quote_start(lines)
    cut = _without_trailing_quote(lines, cut)
    return _signature_start(lines, cut)


def _quote_start(lines: list[str]) -> int:
    for place, line in enumerate(lines):
        if not line:
            continue
        block = _is_header_block(lines, place)
        if block or _SEPARATOR.match(line):
            return place - 1 if place and _RULE.match(lines[place - 1]) else place
        after = _attribution_end(lines, place)
        if after and not _answered_below(lines, after):
            return place
        if after:
            return len(lines)
    return len(lines)


def _attribution_end(lines: list[str], place: int) -> int:
    """Where the quote begins if an attribution (of up to three wrapped lines) starts here, else 0."""
    joined = ""
    for end in range(place + 1, min(place + 3, len(lines)) + 1):
        line = lines[end - 1]
        if not line:
            return 0
        joined = f"{joined} {line.lstrip('> ')}".strip()
        if not joined.endswith(":"):
            continue
        if not _is_attribution(joined, quoted=line.startswith(">") or _next(lines, end).startswith(">")):
            return 0
        # what stands right above is the sender's own, if the rest is an attribution without it
        return 0 if any(_attribution_end(lines, later) == end for later in range(place + 1, end)) else end
    return 0


def _is_attribution(line: str, *, quoted: bool) -> bool:
    """People write such lines too: without quoted lines below it must name an address and a moment, as programs do."""
    return bool(_WROTE.match(line) or _DATED.match(line)) and (quoted or ("@" in line and bool(_MOMENT.search(line))))


def _next(lines: list[str], start: int) -> str:
    return next((line for line in lines[start:] if line), "")


def _answered_below(lines: list[str], start: int) -> bool:
    """True if quoted lines are followed by unquoted ones that are no signature: the answers stand in between."""
    seen_quote = False
    for place in range(start, len(lines)):
        line = lines[place]
        if line.startswith(">"):
            seen_quote = True
        elif seen_quote and (line == "--" or _MOBILE.match(line)):
            return False
        elif seen_quote and line:
            return True
    return False


def _is_header_block(lines: list[str], place: int) -> bool:
    """Outlook: From, Sent, To, Subject on lines of their own, in any of the four languages."""
    first = _FIELD.match(lines[place] + " ")
    if not first or first[1].lower() not in _FROM:
        return False
    following = [line for line in lines[place + 1 : place + 8] if line][:5]
    subject = any(_SUBJECT.match(line) for line in following)  # from, to and date alone may be a journey
    return subject and sum(bool(_FIELD.match(line + " ")) for line in following) >= 2


def _without_trailing_quote(lines: list[str], end: int) -> int:
    """A block of `>` lines at the very end, without a header line."""
    place = end
    while place and (not lines[place - 1] or lines[place - 1].startswith(">")):
        place -= 1
    quoted = any(line.startswith(">") for line in lines[place:end])
    above = any(line.startswith(">") for line in lines[:place])
    return place if quoted and place and not above else end


def _signature_start(lines: list[str], end: int) -> int:
    marks = [place for place in range(max(0, end - 60), end) if lines[place] == "--"]
    if len(marks) == 1 and not any(_POSTSCRIPT.match(line) for line in lines[marks[0] : end]):
        return marks[0]  # several of them part a text
    last = end
    while last and not lines[last - 1]:
        last -= 1
    return last - 1 if last and _MOBILE.match(lines[last - 1]) else end
