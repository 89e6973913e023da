"""An open Line: where conversations wait and who answers them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from gateway.domain.channel import ChannelKind
from gateway.domain.ids import LineId, OperatorId
from gateway.domain.schedule import Schedule

Distribution = Literal["evenly", "strictly", "all", "least_loaded"]
Counts = Literal["unanswered", "answered_and_new", "until_closed"]


@dataclass(frozen=True, slots=True)
class Texts:
    """What the line says by itself, per locale code ("" is the default). Empty = says nothing."""

    welcome: Mapping[str, str] = field(default_factory=dict)
    out_of_hours: Mapping[str, str] = field(default_factory=dict)
    no_answer: Mapping[str, str] = field(default_factory=dict)
    closed: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Line:
    """limit is in capacity units (live chat 1, messenger 1 or 0.25, mail 0.25). offer_seconds: time to the next operator.

    no_answer_seconds: when the customer is told (0 = never). reopen_hours: per channel kind. region: default for phone
    numbers without country code (ISO 3166-1). grace_seconds: an operator offline this long gives waiting work back.
    first_response_seconds, next_response_seconds: the service goals per channel kind, what a contact should wait at most for
    the first and for each further answer; a kind that is not named has the usual one. They measure, they never move anything.
    """

    id: LineId
    name: str
    members: tuple[OperatorId, ...] = ()
    distribution: Distribution = "evenly"
    limit: float = 4.0
    counts: Counts = "answered_and_new"
    offer_seconds: int = 60
    no_answer_seconds: int = 0
    auto_close_hours: int = 0
    reopen_hours: Mapping[str, int] = field(default_factory=lambda: {"email": 168, "telegram": 24, "webchat": 24, "pbx": 24})
    affinity_hours: int = 72
    responsible_first: bool = True
    grace_seconds: int = 180
    short_abandon_seconds: int = 5
    callback_missed: bool = True
    region: str = "GB"
    locale: str = "en"
    schedule: Schedule = field(default_factory=lambda: Schedule(always=True))
    texts: Texts = field(default_factory=Texts)
    prechat: Mapping[str, object] = field(default_factory=dict)
    color: str = "#0f6d52"
    enabled: bool = True
    version: int = 1
    first_response_seconds: Mapping[str, int] = field(default_factory=dict)
    next_response_seconds: Mapping[str, int] = field(default_factory=dict)

    def is_open(self, at: datetime) -> bool:
        """Is anybody asked at that moment? A line that is switched off keeps what comes in, as one that is closed does."""
        return self.enabled and self.schedule.is_open(at)

    def closes_at(self, at: datetime) -> datetime | None:
        """When nobody is asked any more; None if that is so already, or never comes."""
        return self.schedule.next_closing(at) if self.enabled else None

    def reopen_seconds(self, kind: ChannelKind) -> int:
        """How long after closing a message of this kind still reopens the conversation."""
        return self.reopen_hours.get(kind, 24) * 3600


def say(text: Mapping[str, str], locale: str | None) -> str:
    """The text in the best language there is: exact, language only, default."""
    language = (locale or "").split("-")[0]
    return text.get(locale or "") or text.get(language) or text.get("") or ""
