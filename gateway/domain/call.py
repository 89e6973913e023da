"""A Call: one caller's experience from first ring to last hang-up, folded from facts that may repeat and come in any order.

Pure. Rules from the normalised call model: a leg's rank only grows (created < ringing < answered < ended), `answered_at`
once set is never cleared, the outcome is decided late and may be upgraded (missed → answered), never downgraded.
Only legs of a person (role agent or external) can answer. Times come from the facts; the fold never reads a clock.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from gateway.domain.ids import CallId, ChannelId, ContactId, ConversationId, DialogueId, LeadId, LineId, OperatorId

Direction = Literal["inbound", "outbound", "internal"]
CallState = Literal["new", "queued", "ringing", "talking", "held", "ended"]
LegState = Literal["created", "ringing", "answered", "ended"]
LegRole = Literal["remote", "agent", "external", "queue", "ivr", "voicemail", "bot"]
FactKind = Literal[
    "call.offered", "call.queued", "leg.ringing", "leg.answered", "leg.held", "leg.resumed", "leg.ended",
    "call.transferred", "call.ended", "recording.ready", "recording.failed",
]  # fmt: skip
Outcome = Literal[
    "answered", "voicemail", "missed_off_hours", "missed_abandoned_short", "missed_abandoned", "missed_no_answer",
    "missed_busy", "rejected", "failed", "no_answer", "busy", "cancelled",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class CallFact:
    """One fact of one call. `key` is the provider's call id, `fact_id` makes a repeat recognisable (never the whole body).

    remote and dialled are as the PBX wrote them; services/numbers makes numbers of them. remote is the other side's,
    whoever called. duration_s: of a recording; on call.ended: how long a person talked. cause: docs/howto/connect-a-pbx.md.
    """

    key: str
    fact_id: str
    kind: FactKind
    at: datetime
    direction: Direction | None = None
    remote: str | None = None
    dialled: str | None = None
    leg: str | None = None
    role: LegRole | None = None
    device: str | None = None
    target: str | None = None
    cause: str | None = None
    recording_id: str | None = None
    recording_url: str | None = None
    duration_s: float | None = None
    consent: bool | None = None
    remote_name: str = ""


@dataclass(frozen=True, slots=True)
class CallLeg:
    """One party's connection inside a Call. device is the PBX's word for it (extension, mobile); operator_id is ours."""

    key: str
    role: LegRole = "agent"
    device: str = ""
    operator_id: OperatorId | None = None
    state: LegState = "created"
    ringing_at: datetime | None = None
    answered_at: datetime | None = None
    ended_at: datetime | None = None
    held_at: datetime | None = None
    held_seconds: float = 0.0
    cause: str | None = None


@dataclass(frozen=True, slots=True)
class Call:
    """The folded state. `facts` are all facts applied, by time; the rest is derived from them by domain/call_fold.

    Store `facts` with the call: without them the next fold would begin anew (docs/adr/0008-calls-are-folded-from-facts.md).
    """

    id: CallId
    channel_id: ChannelId
    line_id: LineId
    key: str
    direction: Direction = "inbound"
    remote: str = ""
    remote_name: str = ""
    dialled: str = ""
    state: CallState = "new"
    legs: tuple[CallLeg, ...] = ()
    started_at: datetime | None = None
    queued_at: datetime | None = None
    first_ring_at: datetime | None = None
    answered_at: datetime | None = None
    ended_at: datetime | None = None
    answered_by: OperatorId | None = None
    outcome: Outcome | None = None
    cause: str | None = None
    transfers: tuple[str, ...] = ()
    contact_id: ContactId | None = None
    lead_id: LeadId | None = None
    dialogue_id: DialogueId | None = None
    conversation_id: ConversationId | None = None
    facts: tuple[CallFact, ...] = ()
    updated_at: datetime | None = None

    @property
    def seen(self) -> frozenset[str]:
        """Ids of the facts already applied."""
        return frozenset(fact.fact_id for fact in self.facts)

    @property
    def waited_s(self) -> float | None:
        """Seconds between asking for somebody and the answer or the end, by the PBX's clock."""
        begun, over = self.queued_at or self.first_ring_at or self.started_at, self.answered_at or self.ended_at
        return max(0.0, (over - begun).total_seconds()) if begun and over else None

    def with_places(self, *, contact_id: ContactId | None, lead_id: LeadId | None, dialogue_id: DialogueId | None) -> Call:
        """The same call, tied to who calls."""
        return replace(self, contact_id=contact_id, lead_id=lead_id, dialogue_id=dialogue_id)


RecordingState = Literal["announced", "fetching", "stored", "too_short", "gone", "failed", "refused"]


@dataclass(frozen=True, slots=True)
class Recording:
    """The sound of a Call. source_url is secret and never shown; blob_key once stored. duration in seconds."""

    id: str
    call_id: CallId
    key: str
    source_url: str
    state: RecordingState = "announced"
    content_type: str = ""
    size: int = 0
    sha256: str = ""
    duration_s: float | None = None
    blob_key: str | None = None
    consent: bool | None = None
    error: str = ""
    created_at: datetime | None = None
