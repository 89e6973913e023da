"""One webhook body → the facts it states. Pure. The format is documented in docs/howto/connect-a-pbx.md.

JSON and forms carry the same flat fields. Unknown events and fields are ignored; ids are text whatever they look like;
a time that cannot be right becomes the time of arrival.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, get_args
from urllib.parse import parse_qsl
from zoneinfo import ZoneInfo

from gateway.domain.call import CallFact, Direction, FactKind, LegRole
from gateway.domain.errors import Unreadable
from gateway.domain.inbound import Raw

Fields = dict[str, Any]
LONGEST_ID, LONGEST_TEXT, MOST_LEGS = 200, 300, 64
AHEAD, BEHIND = timedelta(minutes=5), timedelta(days=31)  # how far off arrival a stated time may be

EVENTS: dict[str, FactKind] = {
    "offered": "call.offered", "queued": "call.queued", "ringing": "leg.ringing", "answered": "leg.answered",
    "held": "leg.held", "resumed": "leg.resumed", "transferred": "call.transferred", "leg_ended": "leg.ended",
    "ended": "call.ended", "recording_ready": "recording.ready", "recording_failed": "recording.failed",
}  # fmt: skip
PING = "ping"
_DIRECTIONS: dict[str, Direction] = {
    "inbound": "inbound", "incoming": "inbound", "in": "inbound", "outbound": "outbound", "outgoing": "outbound",
    "out": "outbound", "internal": "internal", "local": "internal",
}  # fmt: skip
_YES, _NO = {"1", "true", "yes", "on"}, {"0", "false", "no", "off"}


@dataclass(frozen=True, slots=True)
class Dialect:
    """How this PBX writes. international: full numbers without plus; then eleven digits and more get it back.

    A leading 8 with eleven digits is Russian national form, never a country.
    """

    zone: ZoneInfo
    international: bool = False

    def number(self, written: str | None) -> str | None:
        """A party's number, with its plus if this PBX leaves it out."""
        digits = (written or "").strip()
        full = digits.isascii() and digits.isdigit() and len(digits) >= 11 and not re.fullmatch(r"[80]\d{10}|00\d*", digits)
        return f"+{digits}" if self.international and full else written


def read_fields(body: bytes, content_type: str) -> Fields:
    """The body as one flat mapping. Raises Unreadable."""
    try:
        text = body.decode("utf-8-sig", "replace")  # a caller's name in another charset shall not cost the call
        if content_type.partition(";")[0].strip().lower() == "application/x-www-form-urlencoded":
            return dict(parse_qsl(text, keep_blank_values=True, max_num_fields=200))
        fields = json.loads(text)
    except (ValueError, RecursionError):
        raise Unreadable("The body is neither JSON nor a form.") from None
    if not isinstance(fields, dict):
        raise Unreadable("The body must be one JSON object.")
    return fields


def event_name(fields: Fields) -> str:
    """`recording-ready`, `Recording_Ready` and `recording_ready` are one."""
    return (text_of(fields, "event") or "").lower().replace("-", "_").replace(".", "_")


def identity(fields: Fields) -> str:
    """The event's own id, else a hash over what makes it this event and no other; never over the whole body."""
    own = text_of(fields, "event_id")
    if own:
        return own
    names = ("call_id", "leg_id", "device", "sequence", "timestamp", "target", "recording_id", "recording_url")
    parts = [event_name(fields), *(str(fields.get(name) or "") for name in names), str(fields.get("legs") or "")]
    return "hash:" + hashlib.sha256(json.dumps(parts).encode("utf-8", "replace")).hexdigest()[:40]


def read_facts(raw: Raw, fields: Fields, *, dialect: Dialect) -> Sequence[CallFact]:
    """One fact, or one per leg. Empty: an event we do not know. Raises Unreadable without call_id."""
    kind = EVENTS.get(event_name(fields))
    if kind is None:
        return []
    if not text_of(fields, "call_id"):
        raise Unreadable("The event has no call_id.")
    legs = [leg for leg in fields["legs"] if isinstance(leg, dict)] if isinstance(fields.get("legs"), list) else []
    if len(legs) > MOST_LEGS:
        raise Unreadable(f"The event has more than {MOST_LEGS} legs.")
    if not legs:
        return [_fact(raw, fields, kind=kind, dialect=dialect)]
    same = {"call_id": fields["call_id"]}
    return [_fact(raw, fields | leg | same, kind=kind, dialect=dialect, suffix=f":{n}") for n, leg in enumerate(legs)]


def text_of(fields: Fields, name: str, *, longest: int = LONGEST_ID) -> str | None:
    """A field as text without control characters; None if absent, empty or no scalar. The lost plus stays a space."""
    value = fields.get(name)
    if value is None or isinstance(value, bool | dict | list):
        return None
    visible = "".join(char for char in str(value) if char.isprintable())[:longest]
    return visible if visible.strip() else None


def _fact(raw: Raw, fields: Fields, *, kind: FactKind, dialect: Dialect, suffix: str = "") -> CallFact:
    direction = _DIRECTIONS.get((text_of(fields, "direction") or "").lower())
    caller, called = dialect.number(text_of(fields, "from")), dialect.number(text_of(fields, "to"))
    remote, dialled = (called, caller) if direction == "outbound" else (caller, called)
    url = text_of(fields, "recording_url", longest=4096)
    return CallFact(
        key=text_of(fields, "call_id") or "",
        fact_id=raw.external_id + suffix,
        kind=kind,
        at=_time(fields.get("timestamp"), received=raw.received_at, zone=dialect.zone),
        direction=direction,
        remote=remote,
        dialled=dialled,
        leg=text_of(fields, "leg_id"),
        role=_role(fields),
        device=text_of(fields, "device"),
        target=text_of(fields, "target"),
        cause=text_of(fields, "cause"),
        recording_id=text_of(fields, "recording_id") or (_url_id(url) if url else None),
        recording_url=url,
        duration_s=_seconds(fields, "talk_seconds" if kind == "call.ended" else "duration"),
        consent=_yes_or_no(fields.get("consent")),
        remote_name=text_of(fields, "from_name", longest=LONGEST_TEXT) or "",
    )


def _time(value: Any, *, received: datetime, zone: ZoneInfo) -> datetime:
    stated = _stated_time(str(value).strip(), zone) if isinstance(value, str | int | float) else None
    if stated is None or not received - BEHIND <= stated <= received + AHEAD:
        return received
    return stated


def _stated_time(text: str, zone: ZoneInfo) -> datetime | None:
    try:
        if re.fullmatch(r"\d{9,16}(\.\d{1,9})?", text):
            number = float(text)
            while number > 1e11:  # milliseconds, microseconds
                number /= 1000
            return datetime.fromtimestamp(number, UTC)
        stated = datetime.fromisoformat(text)
        return (stated if stated.tzinfo else stated.replace(tzinfo=zone)).astimezone(UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _seconds(fields: Fields, name: str) -> float | None:
    text = text_of(fields, name) or ""
    return float(text) if re.fullmatch(r"\d{1,7}(\.\d{1,6})?", text.strip()) else None


def _role(fields: Fields) -> LegRole | None:
    role = text_of(fields, "leg_role")
    return next((known for known in get_args(LegRole) if known == role), None)


def _yes_or_no(value: Any) -> bool | None:
    word = str(value).strip().lower()
    return True if word in _YES else False if word in _NO else None


def _url_id(url: str) -> str:
    return "url:" + hashlib.sha256(url.encode("utf-8", "replace")).hexdigest()[:24]
