"""How big a mail may be before anybody parses it. Pure, linear in the size of the input; knows only domain errors.

The figures are those of docs/adr/0006-mail-in-threads-and-killable-workers.md. `precheck` looks at raw bytes, so that
no library ever sees an input on which it is known to be quadratic or to recurse without end.
"""

from __future__ import annotations

import re

from gateway.domain.errors import Unreadable

MAX_BYTES = 25 * 1024 * 1024
MAX_PARTS = 200
MAX_DEPTH = 20
MAX_RECIPIENTS = 1000
MAX_HEADER = 64 * 1024
MAX_HEADERS = 256 * 1024
MAX_PARAMS = 1000
MAX_TEXT = 1024 * 1024
MAX_SUBJECT = 255
MAX_NAME = 64
MAX_FILE_NAME = 120

_BLANK = re.compile(rb"\r?\n\r?\n")
_FIELD_END = re.compile(rb"\n(?![ \t])")
_BOUNDARY = re.compile(rb"boundary\*?0?\*?\s{0,20}=\s{0,20}(?:\"([^\"\r\n]{1,300})\"|([^\s\";]{1,300}))", re.IGNORECASE)
_NESTED = re.compile(rb"^content-type:[ \t]{0,20}message/", re.IGNORECASE | re.MULTILINE)


def precheck(raw: bytes) -> None:
    """Refuse by name what is over a limit. Raises Unreadable with the reason."""
    if len(raw) > MAX_BYTES:
        raise Unreadable(f"This mail is larger than {MAX_BYTES // 1024 // 1024} MB.", code="mail_too_large")
    check_headers(header_block(raw))
    if len(_NESTED.findall(raw)) > MAX_PARTS:
        raise Unreadable(f"This mail has more than {MAX_PARTS} mails inside.", code="mail_too_many_parts")
    _check_parts(raw)


def header_block(raw: bytes) -> bytes:
    """The bytes before the first blank line."""
    found = _BLANK.search(raw)
    return raw[: found.start()] if found else raw


def check_headers(block: bytes) -> None:
    """One block of headers: the whole, each field, the parameters of each field. Raises Unreadable."""
    if len(block) > MAX_HEADERS:
        raise Unreadable(f"The headers of this mail are larger than {MAX_HEADERS // 1024} kB.", code="mail_headers_too_large")
    for field in _FIELD_END.split(block):
        if len(field) > MAX_HEADER:
            raise Unreadable(f"A header of this mail is larger than {MAX_HEADER // 1024} kB.", code="mail_headers_too_large")
        if field.count(b";") > MAX_PARAMS and field[:8].lower() == b"content-":
            raise Unreadable(f"A header of this mail has more than {MAX_PARAMS} parameters.", code="mail_too_many_params")


def _check_parts(raw: bytes) -> None:
    """Count the lines that could start a part, against every boundary that is named anywhere."""
    names = set()
    for number, found in enumerate(_BOUNDARY.finditer(raw)):
        if number > MAX_PARTS:
            raise Unreadable(f"This mail has more than {MAX_PARTS} parts.", code="mail_too_many_parts")
        names.add((found[1] or found[2]).rstrip())
    if not names:
        return
    parts = 0
    start = 0
    while (start := raw.find(b"\n--", start)) >= 0:
        end = raw.find(b"\n", start + 1)
        line = raw[start + 3 : min(end if end >= 0 else len(raw), start + 310)].rstrip()
        parts += line in names
        start += 3
    if parts > MAX_PARTS:
        raise Unreadable(f"This mail has more than {MAX_PARTS} parts.", code="mail_too_many_parts")
