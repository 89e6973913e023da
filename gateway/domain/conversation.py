"""A Conversation: one numbered enquiry inside a Dialogue, and its legal moves.

    queued → offered → active ⇄ snoozed → closed          queued | offered → abandoned, closed, spam
       ▲        │         │
       └────────┴─────────┘  (lapse, decline, hand back, requeue)

A conversation is never in no queue and with no person unless it has ended. `turn` says who owes the next word.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from gateway.domain.channel import TRAITS, ChannelKind
from gateway.domain.errors import IllegalMove
from gateway.domain.ids import (
    ChannelId,
    ContactId,
    ConversationId,
    DialogueId,
    LeadId,
    LineId,
    OperatorId,
)
from gateway.domain.lead import Reason

State = Literal["queued", "offered", "active", "snoozed", "closed", "abandoned", "spam"]
Turn = Literal["ours", "theirs"]
Purpose = Literal["message", "callback"]
ENDED: frozenset[State] = frozenset({"closed", "abandoned", "spam"})
WAITING: frozenset[State] = frozenset({"queued", "offered"})


@dataclass(frozen=True, slots=True)
class Conversation:
    """operator_id is who holds it (None while waiting or ended); last_operator_id remembers for affinity and reopening.

    waiting_since: since when the customer is owed an answer (None = it is their turn). epoch numbers offers.
    preview, last_*: what a list row shows, kept here so that a list is one read.
    """

    id: ConversationId
    number: int
    dialogue_id: DialogueId
    channel_id: ChannelId
    channel_kind: ChannelKind
    line_id: LineId
    contact_id: ContactId
    lead_id: LeadId | None
    state: State
    opened_at: datetime
    purpose: Purpose = "message"
    operator_id: OperatorId | None = None
    last_operator_id: OperatorId | None = None
    lead_reason: Reason | None = None
    turn: Turn = "ours"
    waiting_since: datetime | None = None
    first_reply_at: datetime | None = None
    assigned_at: datetime | None = None
    closed_at: datetime | None = None
    snoozed_until: datetime | None = None
    last_at: datetime | None = None
    last_from: Literal["contact", "operator", "line"] = "contact"
    preview: str = ""
    subject: str | None = None
    unread: int = 0
    epoch: int = 0
    priority: int = 0
    rating: int | None = None
    rating_comment: str = ""
    troubled: bool = False
    told_no_answer: bool = False
    version: int = 1

    @property
    def ended(self) -> bool:
        """No longer anybody's work."""
        return self.state in ENDED

    @property
    def can_be_abandoned(self) -> bool:
        """Its contact waits for a first answer in a place that they can leave for good. Work of ours (a call-back) cannot."""
        waits = self.state in WAITING and self.purpose == "message" and self.first_reply_at is None
        return waits and TRAITS[self.channel_kind].abandons

    def heard(self, *, at: datetime, preview: str) -> Conversation:
        """The contact said something: our turn, and if we waited for them, the wait starts now. Spam waits for nobody."""
        return replace(
            self, turn="ours", waiting_since=None if self.ended else self.waiting_since or at, last_at=at, last_from="contact",
            preview=preview, unread=self.unread + 1,
            state="active" if self.state == "snoozed" else self.state, snoozed_until=None,
        )  # fmt: skip

    def answered(self, *, at: datetime, preview: str, by: OperatorId | None) -> Conversation:
        """We said something. A text of the line itself (by=None) neither ends the wait nor covers what the contact said."""
        if by is None:
            return self
        return replace(
            self, last_at=at, last_from="operator", preview=preview, turn="theirs", waiting_since=None,
            first_reply_at=self.first_reply_at or at, unread=0,
        )  # fmt: skip

    def offered(self) -> Conversation:
        """It is being offered; a new epoch begins."""
        self._must(self.state == "queued", "be offered")
        return replace(self, state="offered", epoch=self.epoch + 1)

    def requeued(self) -> Conversation:
        """Back among the waiting."""
        self._must(not self.ended, "go back to the queue")
        return replace(self, state="queued", operator_id=None, snoozed_until=None)

    def taken(self, by: OperatorId, *, at: datetime) -> Conversation:
        """Somebody holds it now (accepted, assigned, or moved)."""
        self._must(not self.ended, "be assigned")
        return replace(self, state="active", operator_id=by, last_operator_id=by, assigned_at=at, snoozed_until=None)

    def snoozed(self, until: datetime) -> Conversation:
        """Put away until a moment or until the contact writes."""
        self._must(self.state == "active", "be snoozed")
        return replace(self, state="snoozed", snoozed_until=until)

    def woken(self) -> Conversation:
        """The moment has come."""
        self._must(self.state == "snoozed", "wake up")
        return replace(self, state="active", snoozed_until=None)

    def finished(self, *, at: datetime, state: State = "closed") -> Conversation:
        """It is over. operator_id is cleared: it counts for nobody; last_operator_id stays."""
        self._must(not self.ended, "be closed")
        return replace(self, state=state, operator_id=None, closed_at=at, waiting_since=None, unread=0, snoozed_until=None)

    def reopened(self, *, at: datetime) -> Conversation:
        """Taken up again; they wait from now on if it was our turn when it ended."""
        self._must(self.ended and self.state != "spam", "be reopened")
        return replace(self, state="queued", closed_at=None, waiting_since=at if self.turn == "ours" else None, rating=None)

    def seen(self) -> Conversation:
        """Its holder has looked at it."""
        return replace(self, unread=0)

    def rated(self, value: int, comment: str) -> Conversation:
        """The contact tells how it was; the latest word counts."""
        self._must(self.ended and self.state != "spam", "be rated")
        return replace(self, rating=value, rating_comment=comment)

    def _must(self, allowed: bool, what: str) -> None:
        if not allowed:
            raise IllegalMove(f"Conversation no. {self.number} is {self.state} and cannot {what}.")
