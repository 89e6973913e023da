"""An Operator: a person who answers. Presence is a separate fact."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, Literal

from gateway.domain.ids import OperatorId

Role = Literal["operator", "supervisor", "admin"]
PresenceState = Literal["online", "away", "offline"]
PRESENCE_FRESH_SECONDS = 45
NOT_RESPONDING_STREAK = 2


class Permission(StrEnum):
    """What a role may do; decided nowhere else (see `may`)."""

    ANSWER = "answer"  # work with conversations of one's own lines
    SEE_ALL = "see_all"  # conversations of every line
    STEER = "steer"  # assign and close for others, see decisions
    CONFIGURE = "configure"  # lines, channels, operators, quarantine


ROLE_PERMISSIONS: Mapping[Role, frozenset[Permission]] = {
    "operator": frozenset({Permission.ANSWER}),
    "supervisor": frozenset({Permission.ANSWER, Permission.SEE_ALL, Permission.STEER}),
    "admin": frozenset(Permission),
}


@dataclass(frozen=True, slots=True)
class Operator:
    """email signs in and is unique. devices: extensions and phones the PBX knows this person by. limit overrides the line's."""

    id: OperatorId
    email: str
    name: str
    roles: tuple[Role, ...]
    password_hash: str = ""
    locale: str = "en"
    devices: tuple[str, ...] = ()
    limit: float | None = None
    active: bool = True
    preferences: Mapping[str, Any] = field(default_factory=dict)
    created_at: datetime | None = None
    version: int = 1

    def may(self, permission: Permission) -> bool:
        """The one place where roles turn into rights."""
        return self.active and any(permission in ROLE_PERMISSIONS[role] for role in self.roles)


@dataclass(frozen=True, slots=True)
class Presence:
    """seen_at is the last sign of life of any of the operator's consoles; streak counts lapses in a row."""

    operator_id: OperatorId
    state: PresenceState
    since: datetime
    seen_at: datetime
    reason: str = ""
    streak: int = 0
    last_offer_at: datetime | None = None
    last_reply_at: datetime | None = None

    @property
    def not_responding(self) -> bool:
        """Let too many offers lapse; a click of their own clears it."""
        return self.streak >= NOT_RESPONDING_STREAK

    def absent_since(self, now: datetime) -> datetime | None:
        """Since when nobody sits at their desk: they left, or no console of theirs gives a sign of life. A break is none."""
        if self.state == "offline":
            return self.since
        return self.seen_at if (now - self.seen_at).total_seconds() > PRESENCE_FRESH_SECONDS else None

    def lapsed(self) -> Presence:
        """One more offer ran out."""
        return replace(self, streak=self.streak + 1)

    def awake(self) -> Presence:
        """The person did something."""
        return replace(self, streak=0) if self.streak else self
