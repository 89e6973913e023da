"""The rows of settings as types, for the OpenAPI document. Companion of web/shapes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from gateway.web.shapes import Operator, Said, Stamp


@dataclass(frozen=True, kw_only=True)
class Line:
    """A line."""

    id: str
    name: str
    members: list[str]
    distribution: str
    limit: float
    counts: str
    offer_seconds: int
    no_answer_seconds: int
    auto_close_hours: int
    reopen_hours: dict[str, int]
    responsible_first: bool
    grace_seconds: int
    callback_missed: bool
    region: str
    locale: str
    schedule: dict[str, Any]
    texts: dict[str, dict[str, str]]
    prechat: dict[str, Any]
    color: str
    enabled: bool
    version: int
    first_response_seconds: dict[str, int]
    next_response_seconds: dict[str, int]
    open_now: bool
    opens_at: Stamp


@dataclass(frozen=True, kw_only=True)
class Hours:
    """What happens at a moment."""

    open: bool
    opens_at: Stamp
    closes_at: Stamp


@dataclass(frozen=True, kw_only=True)
class Holiday:
    """A whole day off."""

    date: str
    name: str


@dataclass(frozen=True, kw_only=True)
class Subdivision:
    """A part of a country with holidays of its own."""

    code: str
    name: str


@dataclass(frozen=True, kw_only=True)
class Holidays:
    """Public holidays of one year."""

    country: str
    subdivisions: list[Subdivision]
    items: list[Holiday]


@dataclass(frozen=True, kw_only=True)
class Channel:
    """A channel; secrets read back masked."""

    id: str
    kind: str
    line_id: str
    name: str
    key: str
    settings: dict[str, Any]
    enabled: bool
    health: str
    problem: str
    said: Said | None
    last_ok_at: Stamp
    last_event_at: Stamp
    version: int
    install: dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A channel kind."""

    kind: str
    schema: dict[str, Any]
    secrets: list[str]


@dataclass(frozen=True, kw_only=True)
class Check:
    """One line of a connection test."""

    what: str
    ok: bool
    detail: str
    remedy: str
    millis: int | None
    detail_said: Said | None
    remedy_said: Said | None


@dataclass(frozen=True, kw_only=True)
class Invited:
    """A new colleague and how they sign in."""

    operator: Operator
    sign_in_link: str


@dataclass(frozen=True, kw_only=True)
class SignInLink:
    """A one-time link."""

    sign_in_link: str


@dataclass(frozen=True, kw_only=True)
class Canned:
    """A canned reply."""

    id: str
    shortcut: str
    text: str
    locale: str
    line_id: str | None
    operator_id: str | None


@dataclass(frozen=True, kw_only=True)
class Quarantined:
    """Input that could not be read."""

    id: str
    channel_id: str
    received_at: str
    size: int
    error: str
    code: str
    attempts: int
    subject: str
