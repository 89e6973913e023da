"""How much the reader has on their hands, by the same rule that decides who is asked (gateway.routing.engine)."""

from __future__ import annotations

from datetime import datetime

from gateway.ports.views import Row, Scope
from gateway.routing.engine import load_of
from gateway.store.conversations import HELD_BY
from gateway.store.lines import ALL as LINES
from gateway.store.nouns import CONVERSATION, LINE, OPERATOR
from gateway.store.operators import GET as OPERATOR_BY_ID
from gateway.store.unit_of_work import Transaction


async def load(transaction: Transaction, scope: Scope, *, now: datetime) -> Row:
    """Capacity units in use over all lines, and the person's limit or the widest of their lines'."""
    held = await transaction.all(HELD_BY, CONVERSATION, {"operators": [scope.operator_id]})
    lines = {line.id: line for line in await transaction.all(LINES, LINE, {})}
    used = sum(
        load_of([one for one in held if one.line_id == line.id], line, now).units
        for line in lines.values()
        if any(one.line_id == line.id for one in held)
    )
    person = await transaction.maybe(OPERATOR_BY_ID, OPERATOR, {"id": scope.operator_id})
    own = max((line.limit for line in lines.values() if scope.operator_id in line.members), default=0.0)
    return {"used": used, "limit": person.limit if person and person.limit is not None else own}
