"""A Message: one thing said in a Dialogue. Notes are another type than what can be sent, so that none ever can be.

Only `OutboundMessage` is accepted by deliveries and by ports.Channel.send; there is no way to turn a Note into one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from gateway.domain.ids import (
    AttachmentId,
    CallId,
    ChannelId,
    ConversationId,
    DialogueId,
    LeadId,
    MessageId,
    OperatorId,
)

MessageType = Literal["inbound", "outbound", "note", "system", "call"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What every message has. `seq` orders within the dialogue from 1 without gaps; `at` is when it was said (UTC)."""

    id: MessageId
    dialogue_id: DialogueId
    conversation_id: ConversationId | None
    seq: int
    at: datetime
    text: str
    created_at: datetime
    edited_at: datetime | None = None
    deleted_at: datetime | None = None
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class InboundMessage(Message):
    """From the contact. external_id is unique within its channel; html_key is a blob with the unsanitised HTML."""

    channel_id: ChannelId
    external_id: str
    subject: str | None = None
    quoted: str = ""
    html_key: str | None = None
    reply_to: MessageId | None = None
    automatic: bool = False
    raw_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboundMessage(Message):
    """To the contact. operator_id is None for the line's own texts (automatic). client_id makes a repeat harmless."""

    channel_id: ChannelId
    operator_id: OperatorId | None
    client_id: str | None = None
    subject: str | None = None
    reply_to: MessageId | None = None
    automatic: bool = False
    external_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Note(Message):
    """Stays in the house. Has no channel, so there is nowhere to send it to."""

    operator_id: OperatorId
    client_id: str | None = None
    mentions: tuple[OperatorId, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemLine(Message):
    """What happened, in the thread: `key` names a catalogue text, `data` its values. Never sent."""

    key: str
    lead_id: LeadId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CallEntry(Message):
    """Where a Call stands in the thread."""

    call_id: CallId


AnyMessage = InboundMessage | OutboundMessage | Note | SystemLine | CallEntry

AttachmentState = Literal["pending", "stored", "failed", "refused"]


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file of a Message: stored under blob_key, or a `reference` its channel can still fetch (MediaSource).

    message_id is None while a visitor or operator has uploaded it and not sent yet; owner then says whose it is.
    """

    id: AttachmentId
    message_id: MessageId | None
    name: str
    content_type: str
    size: int
    state: AttachmentState
    blob_key: str | None = None
    sha256: str = ""
    reference: str | None = None
    content_id: str | None = None
    owner: str = ""
    error: str = ""
    created_at: datetime | None = None
    width: int | None = None
    height: int | None = None
