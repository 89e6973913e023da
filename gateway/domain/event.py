"""An Event: what has happened here, past tense, dotted name, immutable, numbered without gaps. Figures come from Events.

An event is also what a console hears: `data` holds what the screen needs (ids and the changed row) so that no client has
to ask back. `seq` is given by the store at commit.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from gateway.domain.ids import ConversationId, DialogueId, LeadId, LineId, OperatorId

EventType = Literal[
    "message.received", "message.sent", "message.noted", "message.updated", "delivery.updated",
    "conversation.opened", "conversation.reopened", "conversation.queued", "conversation.assigned",
    "conversation.snoozed", "conversation.woken", "conversation.closed", "conversation.abandoned",
    "conversation.updated", "conversation.rated",
    "offer.made", "offer.accepted", "offer.declined", "offer.lapsed", "offer.withdrawn",
    "contact.created", "contact.updated", "lead.created", "lead.attached", "lead.updated",
    "call.updated", "recording.updated", "operator.presence", "channel.health", "raw.quarantined", "settings.changed",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Event:
    """actor: operator id, "contact", or "line" (the gateway itself). audience: who may hear it live.

    line_id None and operator_id None = everyone signed in. operator_id set = that person (offers) and supervisors.
    text: `data` as JSON, as the store has written or read it, so that nobody has to write it again; empty before that.
    """

    type: EventType
    at: datetime
    actor: str
    data: Mapping[str, Any] = field(default_factory=dict)
    line_id: LineId | None = None
    conversation_id: ConversationId | None = None
    dialogue_id: DialogueId | None = None
    lead_id: LeadId | None = None
    operator_id: OperatorId | None = None
    seq: int = 0
    text: str = field(default="", compare=False, repr=False)
