"""A Channel: one configured account of a kind (a mailbox, a bot, a site's widget, a PBX trunk). Feeds one Line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Literal

from gateway.domain.ids import ChannelId, LineId
from gateway.domain.sentence import said

ChannelKind = Literal["email", "telegram", "webchat", "pbx"]
Health = Literal["unknown", "ok", "retrying", "paused", "off"]
LEAVE_SECONDS = 180


@dataclass(frozen=True, slots=True)
class Channel:
    """settings is what the kind's settings value validates; it holds secrets and is never logged nor sent to a browser as is.

    key: public name in addresses (site key of a widget, path token of a hook), random, unique.
    health: `retrying` = passing fault, back-off; `paused` = a person must act. `problem` says what and how to mend it,
    `said` says the same for screens (domain/sentence).
    """

    id: ChannelId
    kind: ChannelKind
    line_id: LineId
    name: str
    key: str
    settings: Mapping[str, Any] = field(default_factory=dict)
    enabled: bool = True
    health: Health = "unknown"
    problem: str = ""
    last_ok_at: datetime | None = None
    last_event_at: datetime | None = None
    created_at: datetime | None = None
    version: int = 1
    said: Mapping[str, Any] | None = None

    @property
    def leave_grace(self) -> timedelta:
        """So long may somebody who waits be out of sight before they have left; a setting of the kinds that abandon."""
        return timedelta(seconds=self.settings.get("leave_seconds", LEAVE_SECONDS))

    def well(self, *, now: datetime) -> Channel:
        """It answered."""
        return replace(self, health="ok", problem="", said=None, last_ok_at=now)

    def ailing(self, problem: str, *, paused: bool) -> Channel:
        """It did not; paused = it will not by itself."""
        return replace(self, health="paused" if paused else "retrying", problem=str(problem), said=said(problem))


@dataclass(frozen=True, slots=True)
class Traits:
    """What the core must know of a kind to count and to carry; everything else is the adapter's affair.

    live_weight: capacity units while the customer is owed an answer; quiet_weight: after QUIET_MINUTES of silence.
    instant: a message is with the contact once it is committed (our own web chat), so there is nothing to send.
    quotes: an answer carries what it answers (mail), for the reader has nothing but that one letter before them.
    abandons: the visitor can leave for good (web chat); mail and messengers never abandon.
    """

    live_weight: float
    quiet_weight: float
    instant: bool = False
    abandons: bool = False
    quotes: bool = False


QUIET_MINUTES = 15
TRAITS: Mapping[ChannelKind, Traits] = {
    "webchat": Traits(1.0, 1.0, instant=True, abandons=True),
    "telegram": Traits(1.0, 0.25),
    "email": Traits(0.25, 0.25, quotes=True),
    "pbx": Traits(1.0, 1.0),
}
