"""Values the store hands out beside the nouns: where an event lands, what is known, promised work, kept input, sessions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from gateway.domain.contact import Contact
from gateway.domain.conversation import Conversation
from gateway.domain.dialogue import Dialogue
from gateway.domain.ids import ChannelId, ConversationId, DialogueId, LineId, MessageId, OperatorId, RawId
from gateway.domain.inbound import Raw
from gateway.domain.lead import Lead

PlaceKey = tuple[ChannelId, str]
Counter = Literal["conversation", "lead"]


@dataclass(frozen=True, slots=True)
class Place:
    """Where an event lands: its dialogue, and the newest conversation of it in any state with that one's lead."""

    dialogue: Dialogue
    contact: Contact
    conversation: Conversation | None
    lead: Lead | None


@dataclass(frozen=True, slots=True)
class Circle:
    """Who has to do with a contact: the lines of their conversations and leads, who holds and who looks after these."""

    lines: frozenset[LineId]
    people: frozenset[OperatorId]


@dataclass(frozen=True, slots=True)
class Known:
    """A message that is stored already."""

    message_id: MessageId
    dialogue_id: DialogueId
    conversation_id: ConversationId | None
    seq: int


@dataclass(frozen=True, slots=True)
class Errand:
    """A row of the outbox: work promised at commit, due at once or later (a timer). (kind, key) is unique while unfinished.

    lane: errands of one lane run one after another in the order they were put, and one that must be tried again holds up
    those behind it; "" = no order. attempts counts runs begun.
    """

    id: str
    kind: str
    key: str
    due_at: datetime
    lane: str = ""
    payload: Mapping[str, Any] | None = None
    attempts: int = 0
    fence: int = 0


RawState = Literal["kept", "done", "quarantined"]


@dataclass(frozen=True, slots=True)
class KeptRaw:
    """A Raw as stored."""

    id: RawId
    raw: Raw
    state: RawState
    attempts: int = 0
    error: str = ""
    error_code: str = ""


@dataclass(frozen=True, slots=True)
class Session:
    """A signed-in browser. Only the hash of its token is stored."""

    token_hash: str
    operator_id: OperatorId
    csrf: str
    created_at: datetime
    seen_at: datetime
    expires_at: datetime
    agent: str = ""
    kind: Literal["session", "link", "ticket"] = "session"


@dataclass(frozen=True, slots=True)
class Canned:
    """A canned reply. operator_id set = personal; line_id None = every line."""

    id: str
    shortcut: str
    text: str
    locale: str = ""
    line_id: LineId | None = None
    operator_id: OperatorId | None = None
