"""One rule for rooms, events and scopes: who may hear what (reliability classes 6, 7, 8)."""

from __future__ import annotations

from typing import Any

import pytest

from gateway.domain.event import Event
from gateway.domain.ids import LineId
from gateway.domain.line import Line
from gateway.domain.operator import Operator, Role
from gateway.services.access import may_hear, rooms_of, scope_of
from tests.fakes.clock import MONDAY
from tests.flows.office import IVAN, OLGA

SALES, SERVICE = LineId("lin_sales"), LineId("lin_service")
LINES = {SALES: Line(SALES, "Sales", members=(OLGA,)), SERVICE: Line(SERVICE, "Service", members=(IVAN,))}


def hears(role: Role, type: Any, *, active: bool = True, **facts: Any) -> bool:
    """May Ivan, of Service, hear it?"""
    ivan = Operator(IVAN, "ivan@example.com", "Ivan", (role,), active=active)
    event = Event(type, MONDAY, "line", facts.pop("data", {}), **facts)
    return may_hear(event, operator=ivan, scope=scope_of(ivan, lines=LINES))


@pytest.mark.parametrize(
    ("facts", "operator", "supervisor"),
    [
        ({"type": "message.received", "line_id": SERVICE}, True, True),
        ({"type": "message.received", "line_id": SALES}, False, True),
        ({"type": "message.received", "line_id": SALES, "data": {"conversation": {"operator_id": IVAN}}}, True, True),
        ({"type": "conversation.assigned", "line_id": SALES, "operator_id": IVAN}, True, True),
        ({"type": "offer.made", "line_id": SERVICE, "operator_id": IVAN}, True, True),
        ({"type": "offer.made", "line_id": SERVICE, "operator_id": OLGA}, False, True),
        ({"type": "contact.created"}, False, True),
        ({"type": "contact.updated", "data": {"lines": [SALES, SERVICE]}}, True, True),
        ({"type": "contact.updated", "data": {"lines": [SALES], "people": [IVAN]}}, True, True),
        ({"type": "contact.updated", "data": {"lines": [SALES], "people": [OLGA]}}, False, True),
        ({"type": "call.updated", "line_id": SALES, "data": {"call": {"legs": [{"operator_id": IVAN}]}}}, True, True),
        ({"type": "conversation.assigned", "line_id": SALES, "data": {"left": IVAN}}, True, True),
        ({"type": "lead.updated", "line_id": SALES, "data": {"lead": {"responsible_id": IVAN}}}, True, True),
        ({"type": "lead.updated", "line_id": SALES, "data": {"lead": {}, "before": {"responsible_id": IVAN}}}, True, True),
        ({"type": "lead.updated", "data": {"lead": {"responsible_id": OLGA}, "before": {}}}, False, True),
        ({"type": "message.updated", "line_id": SALES, "data": {"before": "a text"}}, False, True),
        ({"type": "operator.presence"}, True, True),
        ({"type": "settings.changed"}, True, True),
        ({"type": "raw.quarantined", "line_id": SERVICE}, False, False),
    ],
)
def test_who_hears_what(facts: dict[str, Any], operator: bool, supervisor: bool) -> None:
    assert hears("operator", **facts) is operator
    assert hears("supervisor", **facts) is supervisor
    assert hears("admin", **facts) is True
    assert hears("admin", active=False, **facts) is False


def test_a_disabled_operator_sits_in_no_room() -> None:
    olga = Operator(OLGA, "olga@example.com", "Olga", ("admin",), active=False)
    assert rooms_of(olga, scope_of(olga, lines=LINES)) == frozenset()
