"""A Lead: a sales opportunity of a Contact, from the first word to won or lost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from gateway.domain.ids import ContactId, ConversationId, LeadId, LineId, OperatorId

Stage = str  # one of the configured stages; the last two of STAGES end a lead
STAGES: tuple[Stage, ...] = ("new", "contacted", "qualified", "quoted", "won", "lost")
ENDED: frozenset[Stage] = frozenset({"won", "lost"})
# why a conversation belongs to this lead, shown beside it as a sentence:
Reason = Literal[
    "first_contact", "same_phone", "same_email", "same_telegram", "same_visitor", "same_person", "same_dialogue", "by_hand"
]


@dataclass(frozen=True, slots=True)
class Lead:
    """source: {channel_kind, channel, line, page, referrer, utm_*, start}. reason: how it was found or why it was made."""

    id: LeadId
    number: int
    contact_id: ContactId
    title: str
    stage: Stage
    created_at: datetime
    line_id: LineId | None = None
    responsible_id: OperatorId | None = None
    value: str = ""
    currency: str = ""
    next_step: str = ""
    next_step_at: datetime | None = None
    source: Mapping[str, Any] = field(default_factory=dict)
    first_conversation_id: ConversationId | None = None
    unreachable: bool = False
    ended_at: datetime | None = None
    updated_at: datetime | None = None
    version: int = 1

    @property
    def open(self) -> bool:
        """Still to be won or lost."""
        return self.stage not in ENDED
