"""One line of time for a lead: how it began, what was said and noted, calls, changes of stage. Newest first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import orjson
from sqlalchemy import bindparam, select

from gateway.domain import rows
from gateway.domain.lead import Lead
from gateway.ports.views import Row
from gateway.store import tables as t
from gateway.store.columns import constant, instant
from gateway.store.statements import Sql, is_in
from gateway.store.unit_of_work import Transaction

LONGEST, TITLE = 200, 160
SAID = Sql(
    select(t.message.c.at, t.message.c.type, t.message.c.text, t.message.c.conversation_id, t.message.c.operator_id)
    .where(is_in(t.message.c.conversation_id, "ids"), t.message.c.deleted_at.is_(None))
    .where(t.message.c.type.in_([constant(kind) for kind in ("inbound", "outbound", "note")]))
    .order_by(t.message.c.at.desc())
    .limit(constant(LONGEST))
)
CHANGED = Sql(
    select(t.event.c.at, t.event.c.actor, t.event.c.data)
    .where(t.event.c.lead_id == bindparam("id"), t.LEAD_MOVED)
    .order_by(t.event.c.seq)
)


async def of_lead(transaction: Transaction, lead: Lead, *, conversations: Sequence[Row], calls: Sequence[Row]) -> list[Row]:
    """From the conversations and calls that the reader sees, and the lead's own events."""
    entries: list[Row] = [
        {"at": rows.stamp(lead.created_at), "kind": "made", "title": lead.title, "conversation_id": lead.first_conversation_id}
    ]
    entries += await _stages(transaction, lead)
    entries += [
        {
            "at": call["started_at"] or call["updated_at"], "kind": "call", "title": call["outcome"] or call["state"],
            "call_id": call["id"], "conversation_id": call["conversation_id"], "operator_id": call["answered_by"],
        }
        for call in calls
    ]  # fmt: skip
    if conversations:
        found = await transaction.rows(SAID, {"ids": [one["id"] for one in conversations]})
        entries += [_said(row) for row in found]
    return sorted(entries, key=lambda entry: entry["at"] or "", reverse=True)[:LONGEST]


def _said(row: Sequence[Any]) -> dict[str, Any]:
    at, kind, text, conversation_id, operator_id = row
    return {
        "at": rows.stamp(instant(at)), "kind": "note" if kind == "note" else "message", "title": " ".join(text.split())[:TITLE],
        "conversation_id": conversation_id, "operator_id": operator_id,
    }  # fmt: skip


async def _stages(transaction: Transaction, lead: Lead) -> list[Row]:
    entries: list[Row] = []
    stage = None
    for at, actor, data in await transaction.rows(CHANGED, {"id": lead.id}):
        now = (orjson.loads(data).get("lead") or {}).get("stage")
        if now and now != stage:
            stage = now
            by = actor if actor.startswith("opr_") else None
            entries.append({"at": rows.stamp(instant(at)), "kind": "stage", "title": now, "operator_id": by})
    return entries
