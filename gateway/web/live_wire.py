"""What consoles send and receive over the socket, as types (docs/reference/console-protocol.md, section 5). Pure."""

from __future__ import annotations

from typing import Any, TypeVar

import orjson
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from gateway.domain.errors import Rejected
from gateway.domain.event import Event
from gateway.domain.rows import stamp

M = TypeVar("M", bound=BaseModel)
ID = Field(min_length=1, max_length=80)


class Wire(BaseModel):
    """Unknown fields are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Hello(Wire):
    """The handshake."""

    ticket: str = Field(min_length=1, max_length=200)


class Sync(Wire):
    """Everything after a number."""

    after: int = Field(ge=0)


class Typing(Wire):
    """Somebody writes, or stopped."""

    conversation_id: str = ID
    on: bool


class Viewing(Wire):
    """What is on the screen; null = nothing."""

    conversation_id: str | None = Field(max_length=80)
    replying: bool = False


class Alive(Wire):
    """Still here."""


def understand(model: type[M], payload: Any) -> M:
    """Raises Rejected."""
    try:
        return model.model_validate(payload if payload is not None else {})
    except ValidationError as error:
        where = ".".join(str(part) for part in error.errors()[0]["loc"])
        raise Rejected(f"“{where}” is not right.", code="invalid") from None


def event_row(event: Event) -> dict[str, Any]:
    """An event as consoles get it."""
    return {
        "seq": event.seq, "type": event.type, "at": stamp(event.at), "actor": event.actor, "line_id": event.line_id,
        "conversation_id": event.conversation_id, "dialogue_id": event.dialogue_id, "lead_id": event.lead_id,
        "operator_id": event.operator_id, "data": orjson.Fragment(event.text) if event.text else event.data,
    }  # fmt: skip
