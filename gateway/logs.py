"""Structured log lines: one dotted event name, everything else fields; JSON for machines, colours for a terminal.

Every line passes `redact`: secrets vanish, addresses and numbers are masked, control characters are escaped, so that a
sender cannot forge a line. May be imported by every layer; imports nothing of the gateway. ADR 0013.

    log = logs.get("intake")
    log.info("message.stored", dialogue=dialogue_id, seq=seq)
"""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Mapping, MutableMapping
from typing import Any, Literal, TextIO, cast

import orjson
import structlog
from structlog.typing import EventDict, FilteringBoundLogger, WrappedLogger

Format = Literal["auto", "json", "console"]

HIDDEN = "[hidden]"
DEEPEST = 6
LONGEST = 2000
_SECRET = re.compile(
    r"passw|secret|token|authori[sz]ation|cookie|api_?key|private_?key|credential|signature|otp|session_?id",
    re.IGNORECASE,
)
_BEARER = re.compile(r"(?i)\b(bearer|basic)\s+[\w.~+/=-]{6,}")
_BOT_TOKEN = re.compile(r"(?<!\d)\d{6,12}:[\w-]{30,}")
_URL_PASSWORD = re.compile(r"(?<=://)([^/\s:@]*):[^/\s@]+@")
_EMAIL = re.compile(r"\b([\w.+-])[\w.+-]*@([\w-]+(?:\.[\w-]+)+)")
_PHONE = re.compile(r"(?<![\w.:-])\+?\d[\d() -]{7,16}\d(?![\w:-])")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")


def get(name: str) -> FilteringBoundLogger:
    """The logger of one part of the gateway; cheap, made at import time."""
    return cast(FilteringBoundLogger, structlog.get_logger(part=name))


def configure(*, style: Format = "auto", level: str = "info", stream: TextIO | None = None) -> None:
    """Decide once, at start, how lines look and from which level on they are written.

    `auto` is colours on a terminal and JSON elsewhere. Lines of libraries that use the standard `logging` take the same way.
    """
    stream = stream or sys.stderr
    number = logging.getLevelNamesMapping()[level.upper()]
    shared = _shared()
    structlog.configure(
        processors=[*shared, _renderer(style, stream)],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.WriteLoggerFactory(stream),  # line and end in one write: several processes share a stream
        cache_logger_on_first_use=False,
    )
    _adopt_standard_logging(shared, _renderer(style, stream), stream, number)


def redact(_logger: WrappedLogger, _method: str, line: EventDict) -> EventDict:
    """A structlog processor: no field of the line keeps a secret, a full address or a control character."""
    return cast(EventDict, {key: _field(key, value, 0) for key, value in line.items()})


def masked(text: str) -> str:
    """`olga@example.test` → `o…@example.test`, `+7 495 123-45-67` → `+…67`; also for texts that go to operators."""
    return _PHONE.sub(_short_number, _EMAIL.sub(r"\1…@\2", text))


def _shared() -> list[structlog.typing.Processor]:
    return [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
        structlog.processors.format_exc_info,
        redact,
    ]


def _renderer(style: Format, stream: TextIO) -> structlog.typing.Processor:
    if style == "console" or (style == "auto" and stream.isatty()):
        return structlog.dev.ConsoleRenderer(colors=stream.isatty(), sort_keys=False)
    return structlog.processors.JSONRenderer(serializer=_json)


def _json(line: Mapping[str, Any], **_: Any) -> str:
    return orjson.dumps(line, default=str).decode()


def _adopt_standard_logging(
    shared: list[structlog.typing.Processor], renderer: structlog.typing.Processor, stream: TextIO, level: int
) -> None:
    handler = logging.StreamHandler(stream)
    meta = structlog.stdlib.ProcessorFormatter.remove_processors_meta
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.add_logger_name, *shared], processors=[meta, renderer]
        )
    )
    handler.setLevel(max(level, logging.WARNING))  # also of those whose loggers have a level of their own
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(handler.level)


def _field(key: object, value: Any, depth: int) -> Any:
    if isinstance(key, str) and _SECRET.search(key) and not isinstance(value, bool | None):
        return HIDDEN
    return _value(value, depth, multiline=key == "exception")


def _value(value: Any, depth: int, *, multiline: bool = False) -> Any:
    if value is None or isinstance(value, bool | int | float):
        return value
    if depth >= DEEPEST:
        return "…"
    if isinstance(value, MutableMapping | Mapping):
        return {str(key): _field(key, inner, depth + 1) for key, inner in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_value(inner, depth + 1) for inner in value]
    return _text(value, multiline=multiline)


def _text(value: Any, *, multiline: bool) -> str:
    text = f"<{len(value)} bytes>" if isinstance(value, bytes | bytearray) else str(value)
    text = _URL_PASSWORD.sub(r"\1:" + HIDDEN + "@", _BOT_TOKEN.sub(HIDDEN, _BEARER.sub(r"\1 " + HIDDEN, text)))
    text = _CONTROL.sub(lambda found: found[0] if multiline and found[0] == "\n" else _escape(found[0]), masked(text))
    return text if multiline or len(text) <= LONGEST else f"{text[:LONGEST]}… ({len(text)} characters)"


def _escape(character: str) -> str:
    return character.encode("unicode_escape").decode()


def _short_number(found: re.Match[str]) -> str:
    digits = re.sub(r"\D", "", found[0])
    if len(digits) < 9 or len(digits) > 15:
        return found[0]
    return f"{'+' if found[0].startswith('+') else ''}…{digits[-2:]}"
