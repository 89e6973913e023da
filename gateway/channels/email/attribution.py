"""What an answer carries below it: the mail that is answered, one level deep, below who wrote it when. Pure.

The line is written so that other mail programs, and our own folding (quotes.py), know it for what it is. The words are
those of the conversation's language; the time is that of the line's zone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from html import escape
from zoneinfo import ZoneInfo

from gateway.channels.email.fields import clean
from gateway.channels.email.limits import MAX_NAME
from gateway.domain.delivery import Quotation

MOST_LINES, MOST_CHARACTERS = 400, 20_000
_MONTHS: Mapping[str, tuple[str, ...]] = {
    "en": ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
    "ru": (
        "января", "февраля", "марта", "апреля", "мая", "июня", "июля", "августа", "сентября", "октября", "ноября", "декабря",
    ),
    "es": ("ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "sep", "oct", "nov", "dic"),
    "fa": ("ژانویهٔ", "فوریهٔ", "مارس", "آوریل", "مهٔ", "ژوئن", "ژوئیهٔ", "اوت", "سپتامبر", "اکتبر", "نوامبر", "دسامبر"),
}  # fmt: skip
_LINES: Mapping[str, str] = {
    "en": "On {day} {month} {year} at {time}, {who} wrote:",
    "ru": "{day} {month} {year} г., {time}, {who} пишет:",
    "es": "El {day} {month} {year} a las {time}, {who} escribió:",
    "fa": "در {day} {month} {year}، ساعت {time}، {who} نوشت:",
}
_PERSIAN = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")
_QUOTE_STYLE = "margin:0 0 0 .8ex;border-inline-start:1px solid #ccc;padding-inline-start:1ex"


def attribution(quotation: Quotation, *, locale: str | None) -> str:
    """ "On 5 Jan 2026 at 10:00, Ann <ann@example.com> wrote:"."""
    language = (locale or "").split("-")[0]
    language = language if language in _LINES else "en"
    at = quotation.at.astimezone(_zone(quotation.zone))
    digits = _digits(language)
    return _LINES[language].format(
        day=digits(str(at.day)), month=_MONTHS[language][at.month - 1], year=digits(str(at.year)),
        time=digits(f"{at:%H:%M}"), who=_who(quotation),
    )  # fmt: skip


def quoted_text(quotation: Quotation, *, locale: str | None) -> str:
    """The attribution and the lines behind `>`."""
    lines = (f">{line}" if line.startswith(">") else f"> {line}".rstrip() for line in _lines(quotation))
    return "\n".join((attribution(quotation, locale=locale), *lines))


def quoted_html(quotation: Quotation, *, locale: str | None, markup: Callable[[str], str]) -> str:
    """The same as a citation; `markup` makes HTML of text."""
    head = escape(attribution(quotation, locale=locale))
    body = markup("\n".join(_lines(quotation)))
    return f'<div dir="auto">{head}</div>\n<blockquote type="cite" dir="auto" style="{_QUOTE_STYLE}">{body}</blockquote>'


def _lines(quotation: Quotation) -> list[str]:
    text = quotation.text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "")
    lines = text[:MOST_CHARACTERS].strip("\n").split("\n")
    cut = len(text) > MOST_CHARACTERS or len(lines) > MOST_LINES
    return [*lines[:MOST_LINES], *(["…"] if cut else [])]


def _who(quotation: Quotation) -> str:
    name = clean(quotation.name, cap=MAX_NAME)
    if not name or name == quotation.address:
        return quotation.address or "…"
    return f"{name} <{quotation.address}>" if quotation.address else name


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, KeyError):
        return ZoneInfo("UTC")


def _digits(language: str) -> Callable[[str], str]:
    return (lambda text: text.translate(_PERSIAN)) if language == "fa" else str
