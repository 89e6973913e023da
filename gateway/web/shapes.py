"""The rows of domain/rows and of the views as types, for the OpenAPI document. Nothing is converted through them.

tests/web/test_openapi.py holds every answer of the tests against these.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

Stamp = str | None


@dataclass(frozen=True, kw_only=True)
class Presence:
    """Whether somebody is there."""

    operator_id: str
    state: Literal["online", "away", "offline"]
    reason: str
    since: str
    not_responding: bool


@dataclass(frozen=True, kw_only=True)
class Operator:
    """A colleague."""

    id: str
    name: str
    email: str
    roles: list[str]
    locale: str
    devices: list[str]
    limit: float | None
    active: bool
    preferences: dict[str, Any]
    has_password: bool
    created_at: Stamp
    version: int
    presence: Presence | None = None


@dataclass(frozen=True, kw_only=True)
class Workspace:
    """Where one is."""

    name: str
    public_url: str
    demo: bool
    version: str
    file_bytes: int


@dataclass(frozen=True, kw_only=True)
class Me:
    """Who is signed in and what they may do."""

    operator: Operator
    permissions: list[str]
    csrf: str
    presence: Presence | None
    head: int
    workspace: Workspace


@dataclass(frozen=True, kw_only=True)
class Ticket:
    """For the socket's handshake."""

    ticket: str
    expires_in: int


@dataclass(frozen=True, kw_only=True)
class Missed:
    """A call that nobody took. `waited_s` is null where the wait is not known."""

    number: str
    waited_s: int | None


@dataclass(frozen=True, kw_only=True)
class Row:
    """A conversation in a list."""

    id: str
    number: int
    state: str
    purpose: str
    turn: Literal["ours", "theirs"]
    channel_id: str
    channel_kind: str
    line_id: str
    dialogue_id: str
    contact_id: str
    contact_name: str
    lead_id: str | None
    lead_reason: str | None
    operator_id: str | None
    subject: str | None
    preview: str
    missed: Missed | None
    last_from: str
    last_at: Stamp
    opened_at: str
    waiting_since: Stamp
    assigned_at: Stamp
    first_reply_at: Stamp
    closed_at: Stamp
    snoozed_until: Stamp
    unread: int
    epoch: int
    priority: int
    troubled: bool
    rating: int | None
    version: int


@dataclass(frozen=True, kw_only=True)
class Offer:
    """A conversation proposed to one operator until a time."""

    id: str
    conversation_id: str
    operator_id: str
    epoch: int
    made_at: str
    until: str
    state: str
    why: dict[str, Any]
    conversation: Row | None


@dataclass(frozen=True, kw_only=True)
class Identity:
    """One way to reach a contact."""

    id: str
    kind: str
    value: str
    verified: bool
    evidence: str


@dataclass(frozen=True, kw_only=True)
class Contact:
    """A contact."""

    id: str
    name: str
    locale: str | None
    fields: dict[str, Any]
    identities: list[Identity]
    version: int
    conversations: list[Row] | None = None


@dataclass(frozen=True, kw_only=True)
class Recording:
    """The sound of a call."""

    id: str
    state: str
    duration_s: float | None
    content_type: str
    url: str | None


@dataclass(frozen=True, kw_only=True)
class Leg:
    """One party of a call."""

    key: str
    role: str
    device: str
    operator_id: str | None
    state: str
    ringing_at: Stamp
    answered_at: Stamp
    ended_at: Stamp


@dataclass(frozen=True, kw_only=True)
class Call:
    """A call."""

    id: str
    channel_id: str
    line_id: str
    direction: str
    remote: str
    remote_name: str
    dialled: str
    state: str
    outcome: str | None
    started_at: Stamp
    queued_at: Stamp
    first_ring_at: Stamp
    answered_at: Stamp
    ended_at: Stamp
    answered_by: str | None
    wait_s: float | None
    talk_s: float | None
    legs: list[Leg]
    contact_id: str | None
    contact_name: str
    lead_id: str | None
    conversation_id: str | None
    recordings: list[Recording]
    updated_at: Stamp


@dataclass(frozen=True, kw_only=True)
class Lead:
    """A lead."""

    id: str
    number: int
    contact_id: str
    contact_name: str
    title: str
    stage: str
    line_id: str | None
    responsible_id: str | None
    value: str
    currency: str
    next_step: str
    next_step_at: Stamp
    source: dict[str, Any]
    unreachable: bool
    created_at: str
    updated_at: Stamp
    ended_at: Stamp
    version: int


@dataclass(frozen=True, kw_only=True)
class LeadFull(Lead):
    """A lead with everything around it."""

    contact: Contact
    conversations: list[Row]
    calls: list[Call]
    timeline: list[dict[str, Any]]


@dataclass(frozen=True, kw_only=True)
class Conversation(Row):
    """A conversation with everything around it."""

    contact: Contact | None = None
    lead: Lead | None = None
    line: dict[str, Any] | None = None
    channel: dict[str, Any] | None = None
    offer: Offer | None = None
    previous: list[Row] | None = None
    can: dict[str, bool] | None = None
    reopen_until: Stamp = None


@dataclass(frozen=True, kw_only=True)
class Attachment:
    """A file."""

    id: str
    name: str
    type: str
    size: int
    state: str
    url: str
    width: int | None
    height: int | None
    content_id: str | None


@dataclass(frozen=True, kw_only=True)
class Said:
    """A sentence to be said in the reader's language: the catalogue's key, and what is put into it."""

    code: str
    values: dict[str, str | int]


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """What became of an outbound message. error: in English; said: the same, to be translated."""

    id: str
    state: str
    error: str
    code: str
    said: Said | None
    attempts: int
    next_at: Stamp
    updated_at: Stamp


@dataclass(frozen=True, kw_only=True)
class Message:
    """One thing said."""

    id: str
    seq: int
    type: Literal["inbound", "outbound", "note", "system", "call"]
    dialogue_id: str
    conversation_id: str | None
    operator_id: str | None
    client_id: str | None
    text: str
    quoted: str
    has_html: bool
    subject: str | None
    at: str
    edited_at: Stamp
    deleted_at: Stamp
    reply_to: str | None
    automatic: bool
    mentions: list[str]
    key: str | None
    call: Call | None
    data: dict[str, Any]
    files: list[Attachment]
    delivery: Delivery | None


@dataclass(frozen=True, kw_only=True)
class Decision:
    """Why somebody was asked."""

    offer: Offer
    rule: str
    candidates: list[dict[str, Any]]


@dataclass(frozen=True, kw_only=True)
class Load:
    """How much one holds."""

    used: float
    limit: float


@dataclass(frozen=True, kw_only=True)
class Counts:
    """Figures for the rail."""

    mine: int
    mine_unread: int
    waiting: int
    all: int
    offers: int
    load: Load
    quarantine: int


@dataclass(frozen=True, kw_only=True)
class Problem:
    """RFC 9457."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    request_id: str
    errors: list[dict[str, str]] | None = None
    retry_after: float | None = None
    taken_by: str | None = None
    said: Said | None = None
