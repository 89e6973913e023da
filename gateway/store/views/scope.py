"""Who may see what, as a condition: the one place where the Scope of a reader turns into SQL (docs/adr/0014).

Lists, counts, searches, exports and single things all use these, so that none can show what another hides.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, bindparam, or_, select, true

from gateway.ports.views import Scope
from gateway.store import tables as t
from gateway.store.columns import constant
from gateway.store.statements import is_in

ME, LINES = "scope_me", "scope_lines"


def values_of(scope: Scope) -> dict[str, Any]:
    """The parameters that the conditions below take."""
    return {ME: scope.operator_id, LINES: sorted(scope.lines or ()), "scope_leg": _leg_of(scope.operator_id)}


def sees_conversation(scope: Scope, conversation: Any = t.conversation) -> ColumnElement[bool]:
    """Of one's lines, held by oneself, or offered to oneself."""
    if scope.lines is None:
        return true()
    offered = (
        select(constant(1))
        .where(t.offer.c.conversation_id == conversation.c.id, t.offer.c.operator_id == bindparam(ME), t.PENDING)
        .correlate(conversation)
        .exists()
    )
    return or_(is_in(conversation.c.line_id, LINES), conversation.c.operator_id == bindparam(ME), offered)


def sees_lead(scope: Scope) -> ColumnElement[bool]:
    """Of one's lines, one's own, or with a conversation that one sees."""
    if scope.lines is None:
        return true()
    own = t.conversation.alias("own")
    spoken = select(constant(1)).where(own.c.lead_id == t.lead.c.id, sees_conversation(scope, own)).correlate(t.lead).exists()
    return or_(is_in(t.lead.c.line_id, LINES), t.lead.c.responsible_id == bindparam(ME), spoken)


def sees_call(scope: Scope) -> ColumnElement[bool]:
    """Of one's lines, answered or rung at oneself, or with a conversation that one sees."""
    if scope.lines is None:
        return true()
    own = t.conversation.alias("own")
    spoken = (
        select(constant(1))
        .where(own.c.id == t.call.c.conversation_id, sees_conversation(scope, own))
        .correlate(t.call)
        .exists()
    )
    rung = t.call.c.legs.like(bindparam("scope_leg"), escape="\\")
    return or_(is_in(t.call.c.line_id, LINES), t.call.c.answered_by == bindparam(ME), rung, spoken)


def pattern(part: str) -> str:
    """Anything that contains this text; wildcards in it are letters."""
    escaped = part.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"


def _leg_of(operator_id: str) -> str:
    return pattern(f'"operator_id":"{operator_id}"')
