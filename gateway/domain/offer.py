"""QueueEntry: a conversation's place in its line. Offer: an entry proposed to one operator until a time, with an epoch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Literal

from gateway.domain.errors import IllegalMove
from gateway.domain.ids import ContactId, ConversationId, LineId, OfferId, OperatorId

OfferState = Literal["pending", "accepted", "declined", "lapsed", "withdrawn"]
Refusal = Literal[
    "not_member", "not_active", "offline", "away", "stale_presence", "not_responding", "full", "lapsed_this_round",
    "declined_this_round",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class QueueEntry:
    """enqueued_at is the original time and is kept through requeues. passed: who lapsed or declined in this round.

    asked_at: when the last of them was asked.
    """

    conversation_id: ConversationId
    line_id: LineId
    contact_id: ContactId
    enqueued_at: datetime
    priority: int = 0
    due_at: datetime | None = None
    round: int = 1
    passed: Mapping[OperatorId, Refusal] = field(default_factory=dict)
    wanted: OperatorId | None = None
    why_wanted: Literal["responsible", "last_operator", "transfer", ""] = ""
    asked_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Offer:
    """decision: {"rule": why this person, "candidates": {operator id: refusal or "ok"}} as shown to a supervisor."""

    id: OfferId
    conversation_id: ConversationId
    operator_id: OperatorId
    epoch: int
    made_at: datetime
    until: datetime
    state: OfferState = "pending"
    ended_at: datetime | None = None
    decision: Mapping[str, Any] = field(default_factory=dict)

    def ended(self, state: OfferState, *, at: datetime) -> Offer:
        """Every offer ends once: accepted, declined, lapsed or withdrawn."""
        if self.state != "pending":
            raise IllegalMove(f"This offer was {self.state} already.")
        return replace(self, state=state, ended_at=at)
