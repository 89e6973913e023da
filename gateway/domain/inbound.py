"""What an adapter reports to the core: raw input first, then events parsed from it.

Two steps, so that nothing is lost: an adapter hands the untouched bytes over (`Raw`, committed before anything is
confirmed to the outside), later its `parse` turns one Raw into events (docs/adr/0003-intake.md). The web chat, whose
input is our own schema, hands events over directly.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from gateway.domain.call import CallFact
from gateway.domain.ids import ChannelId

IdentityKind = Literal["email", "phone", "telegram", "visitor", "external"]


@dataclass(frozen=True, slots=True)
class Raw:
    """One untouched piece of input. (channel_id, external_id) is unique: the same again is a repeat without effect.

    lane: inputs of one lane are parsed in the order they came (a Telegram chat, a call); different lanes do not wait
    for each other. headers: whatever the transport knew (lower-case names), without secrets.
    """

    channel_id: ChannelId
    external_id: str
    lane: str
    body: bytes
    received_at: datetime
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Claim:
    """An identity as the transport states it. verified: the network or a signature vouches for it, not the text.

    Values come normalised: mail address lower-case, phone E.164, Telegram numeric user id, visitor id.
    """

    kind: IdentityKind
    value: str
    verified: bool = True


@dataclass(frozen=True, slots=True)
class Sender:
    """Who wrote. claims[0] is the identity the dialogue belongs to; more (a phone typed in a form) may follow."""

    claims: tuple[Claim, ...]
    name: str = ""
    locale: str | None = None


@dataclass(frozen=True, slots=True)
class IncomingFile:
    """A file of a message: its bytes at hand (`content`) or a `reference` that MediaSource.fetch understands later."""

    name: str
    content_type: str
    size: int | None = None
    content: bytes | None = None
    reference: str | None = None
    content_id: str | None = None
    blob_key: str | None = None


@dataclass(frozen=True, slots=True)
class MessageReceived:
    """Somebody wrote. dialogue_key names the permanent thread inside the channel (chat id, visitor id, mail thread).

    text: what to show; quoted: earlier text folded away (mail); html: unsanitised, sanitised at display only.
    automatic: sent by a machine (auto-reply, list): stored, never answered automatically, never reopens anything.
    quiet: a person's, but they want no automatic answer.
    source: lead source facts: start payload, page, referrer, utm_*. data: what only this channel kind shows.
    """

    channel_id: ChannelId
    external_id: str
    dialogue_key: str
    sender: Sender
    text: str
    at: datetime
    quoted: str = ""
    html: str | None = None
    subject: str | None = None
    files: tuple[IncomingFile, ...] = ()
    reply_to: str | None = None
    automatic: bool = False
    quiet: bool = False
    client_id: str | None = None
    source: Mapping[str, Any] = field(default_factory=dict)
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class MessageEdited:
    """The sender changed a message that is stored already (or not yet: then it is kept as a new message)."""

    channel_id: ChannelId
    external_id: str
    dialogue_key: str
    text: str
    at: datetime


@dataclass(frozen=True, slots=True)
class MessageDeleted:
    """The sender took a message back. The text stays in the event log for supervisors, the thread shows a stub."""

    channel_id: ChannelId
    external_id: str
    dialogue_key: str
    at: datetime


@dataclass(frozen=True, slots=True)
class DeliveryReported:
    """The network tells what became of a message of ours (bounce, read mark). external_id is the Receipt's."""

    channel_id: ChannelId
    external_id: str
    state: Literal["delivered", "read", "failed"]
    at: datetime
    text: str = ""


@dataclass(frozen=True, slots=True)
class DialogueMoved:
    """The network knows the thread `dialogue_key` under another name from now on (a group became a supergroup)."""

    channel_id: ChannelId
    dialogue_key: str
    moved_to: str


@dataclass(frozen=True, slots=True)
class CallReported:
    """A PBX reports one fact about a call. The reducer in domain/call folds facts in any order."""

    channel_id: ChannelId
    fact: CallFact


InDialogue = MessageReceived | MessageEdited | MessageDeleted | DeliveryReported | CallReported
InboundEvent = InDialogue | DialogueMoved


@dataclass(frozen=True, slots=True)
class Accepted:
    """What became of an event or a Raw: stored now, or known already. Both mean: it is durable, confirm it."""

    new: bool
    message_id: str | None = None
    conversation_id: str | None = None
    seq: int | None = None


AcceptedAll = Sequence[Accepted]
