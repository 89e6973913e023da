"""The shapes in which nouns go to screens, events and the API: one function per noun, nothing else makes them.

Plain dicts of JSON values; times as RFC 3339 UTC text. Described in docs/reference/console-protocol.md. Secrets, storage keys
and source addresses of recordings never appear here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from gateway.domain.call import Call, CallLeg, Recording
from gateway.domain.contact import Contact, Identity
from gateway.domain.conversation import Conversation
from gateway.domain.delivery import Delivery
from gateway.domain.lead import Lead
from gateway.domain.message import (
    AnyMessage,
    Attachment,
    CallEntry,
    InboundMessage,
    Note,
    OutboundMessage,
    SystemLine,
)
from gateway.domain.missed import missed_in
from gateway.domain.offer import Offer
from gateway.domain.operator import Operator, Presence

Row = dict[str, Any]


@lru_cache(maxsize=2048)  # one moment is told in many rows: the message's, the conversation's, the event's
def stamp(at: datetime | None) -> str | None:
    """RFC 3339 in UTC with a Z; None stays None."""
    if at is None:
        return None
    at = at if at.tzinfo is UTC else at.astimezone(UTC)
    return at.isoformat()[:-6] + "Z"


def conversation_row(c: Conversation, *, contact_name: str) -> Row:
    """A row of the list; also what every conversation event carries."""
    missed = missed_in(c)
    return {
        "id": c.id, "number": c.number, "state": c.state, "purpose": c.purpose, "turn": c.turn,
        "channel_id": c.channel_id, "channel_kind": c.channel_kind, "line_id": c.line_id, "dialogue_id": c.dialogue_id,
        "contact_id": c.contact_id, "contact_name": contact_name, "lead_id": c.lead_id, "lead_reason": c.lead_reason,
        "operator_id": c.operator_id, "last_operator_id": c.last_operator_id, "subject": c.subject, "preview": c.preview,
        "missed": asdict(missed) if missed else None, "last_from": c.last_from, "last_at": stamp(c.last_at),
        "opened_at": stamp(c.opened_at), "waiting_since": stamp(c.waiting_since), "assigned_at": stamp(c.assigned_at),
        "first_reply_at": stamp(c.first_reply_at),
        "closed_at": stamp(c.closed_at), "snoozed_until": stamp(c.snoozed_until), "unread": c.unread, "epoch": c.epoch,
        "priority": c.priority, "troubled": c.troubled, "rating": c.rating, "version": c.version,
    }  # fmt: skip


def message_row(
    m: AnyMessage, *, files: Sequence[Attachment] = (), delivery: Delivery | None = None, call: Row | None = None
) -> Row:
    """A message of the thread. What a type does not have is None, so that one shape serves all."""
    row: Row = {
        "id": m.id, "seq": m.seq, "type": "system", "dialogue_id": m.dialogue_id, "conversation_id": m.conversation_id,
        "operator_id": None, "client_id": None, "text": m.text, "quoted": "", "has_html": False, "subject": None,
        "at": stamp(m.at), "edited_at": stamp(m.edited_at), "deleted_at": stamp(m.deleted_at), "reply_to": None,
        "automatic": False, "mentions": [], "key": None, "call": call, "data": dict(m.data),
        "files": [attachment_row(a) for a in files], "delivery": delivery_row(delivery) if delivery else None,
    }  # fmt: skip
    if m.deleted_at:
        row.update(text="", files=[])
    return row | _own_fields(m)


def _own_fields(m: AnyMessage) -> Row:
    match m:
        case InboundMessage():
            return {
                "type": "inbound", "quoted": "" if m.deleted_at else m.quoted, "has_html": m.html_key is not None,
                "subject": m.subject, "reply_to": m.reply_to, "automatic": m.automatic, "client_id": m.data.get("client_id"),
            }  # fmt: skip
        case OutboundMessage():
            return {
                "type": "outbound", "operator_id": m.operator_id, "client_id": m.client_id, "subject": m.subject,
                "reply_to": m.reply_to, "automatic": m.automatic,
            }  # fmt: skip
        case Note():
            return {"type": "note", "operator_id": m.operator_id, "client_id": m.client_id, "mentions": list(m.mentions)}
        case SystemLine():
            return {"type": "system", "key": m.key}
        case CallEntry():
            return {"type": "call", "data": dict(m.data) | {"call_id": m.call_id}}


def attachment_row(a: Attachment) -> Row:
    """A file, with the address the console may open it at."""
    return {
        "id": a.id, "name": a.name, "type": a.content_type, "size": a.size, "state": a.state, "error": a.error,
        "url": f"/api/v1/files/{a.id}", "width": a.width, "height": a.height, "content_id": a.content_id,
    }  # fmt: skip


def delivery_row(d: Delivery) -> Row:
    """What became of an outbound message."""
    return {
        "id": d.id, "state": d.state, "error": d.error, "code": d.error_code, "said": d.said, "attempts": d.attempts,
        "next_at": stamp(d.next_at) if d.state == "due" else None, "updated_at": stamp(d.updated_at or d.created_at),
    }  # fmt: skip


def offer_row(o: Offer, *, conversation: Row | None = None) -> Row:
    """An offer with its deadline and the reason in two words."""
    return {
        "id": o.id, "conversation_id": o.conversation_id, "operator_id": o.operator_id, "epoch": o.epoch,
        "made_at": stamp(o.made_at), "until": stamp(o.until), "ended_at": stamp(o.ended_at), "state": o.state,
        "why": {"rule": o.decision.get("rule", "")}, "conversation": conversation,
    }  # fmt: skip


def contact_row(c: Contact, *, identities: Sequence[Identity] = ()) -> Row:
    """A contact with how they can be reached."""
    return {
        "id": c.id, "name": c.name, "locale": c.locale, "fields": dict(c.fields), "blocked": c.blocked, "version": c.version,
        "created_at": stamp(c.created_at), "identities": [identity_row(i) for i in identities],
    }  # fmt: skip


def identity_row(i: Identity) -> Row:
    """One way to reach a contact, and where we know it from."""
    return {"id": i.id, "kind": i.kind, "value": i.value, "verified": i.verified, "evidence": i.evidence}


def lead_row(lead: Lead, *, contact_name: str) -> Row:
    """A lead."""
    return {
        "id": lead.id, "number": lead.number, "contact_id": lead.contact_id, "contact_name": contact_name,
        "title": lead.title, "stage": lead.stage, "line_id": lead.line_id, "responsible_id": lead.responsible_id,
        "value": lead.value, "currency": lead.currency, "next_step": lead.next_step, "next_step_at": stamp(lead.next_step_at),
        "source": dict(lead.source), "first_conversation_id": lead.first_conversation_id, "unreachable": lead.unreachable,
        "created_at": stamp(lead.created_at), "updated_at": stamp(lead.updated_at), "ended_at": stamp(lead.ended_at),
        "version": lead.version,
    }  # fmt: skip


def call_row(call: Call, *, contact_name: str = "", recordings: Sequence[Recording] = ()) -> Row:
    """A call with its legs and figures in seconds (one clock: the PBX's)."""
    return {
        "id": call.id, "channel_id": call.channel_id, "line_id": call.line_id, "direction": call.direction,
        "remote": call.remote, "remote_name": call.remote_name, "dialled": call.dialled, "state": call.state,
        "outcome": call.outcome, "cause": call.cause, "started_at": stamp(call.started_at), "queued_at": stamp(call.queued_at),
        "first_ring_at": stamp(call.first_ring_at), "answered_at": stamp(call.answered_at), "ended_at": stamp(call.ended_at),
        "answered_by": call.answered_by, "wait_s": call.waited_s,
        "talk_s": _between(call.answered_at, call.ended_at), "legs": [_leg_row(leg) for leg in call.legs],
        "contact_id": call.contact_id, "contact_name": contact_name, "lead_id": call.lead_id,
        "conversation_id": call.conversation_id, "dialogue_id": call.dialogue_id,
        "recordings": [recording_row(r) for r in recordings], "updated_at": stamp(call.updated_at),
    }  # fmt: skip


def recording_row(r: Recording) -> Row:
    """A recording; its address works only for signed-in readers of its call."""
    url = f"/api/v1/recordings/{r.id}" if r.state == "stored" else None
    return {
        "id": r.id, "call_id": r.call_id, "state": r.state, "duration_s": r.duration_s, "content_type": r.content_type,
        "size": r.size, "url": url, "error": r.error,
    }  # fmt: skip


def presence_row(p: Presence) -> Row:
    """Whether somebody is there."""
    return {
        "operator_id": p.operator_id, "state": p.state, "reason": p.reason, "since": stamp(p.since),
        "not_responding": p.not_responding,
    }  # fmt: skip


def operator_row(o: Operator) -> Row:
    """A colleague; never the password's hash."""
    row = asdict(o)
    row.pop("password_hash")
    return row | {"created_at": stamp(o.created_at), "has_password": bool(o.password_hash)}


def _leg_row(leg: CallLeg) -> Row:
    return {
        "key": leg.key, "role": leg.role, "device": leg.device, "operator_id": leg.operator_id, "state": leg.state,
        "ringing_at": stamp(leg.ringing_at), "answered_at": stamp(leg.answered_at), "ended_at": stamp(leg.ended_at),
        "cause": leg.cause,
    }  # fmt: skip


def _between(start: datetime | None, end: datetime | None) -> float | None:
    return max(0.0, (end - start).total_seconds()) if start and end else None


def merged(*rows: Mapping[str, Any]) -> Row:
    """Rows laid over one another, later ones win."""
    out: Row = {}
    for row in rows:
        out |= row
    return out
