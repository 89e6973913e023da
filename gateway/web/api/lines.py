"""Lines and their hours (section 4)."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, Field

from gateway.domain.channel import ChannelKind
from gateway.domain.goals import LONGEST_GOAL
from gateway.domain.ids import LineId
from gateway.domain.operator import Permission
from gateway.domain.rows import Row
from gateway.web import settings_shapes
from gateway.web.api.common import CLIENT_ID, V1, Paged, given, id_from
from gateway.web.openapi import Items
from gateway.web.routes import Ask, Form, Routes

routes = Routes("lines")
ANSWER, CONFIGURE = Permission.ANSWER, Permission.CONFIGURE
ONE = f"{V1}/lines/{{line_id}}"
Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
Spans = list[str]
Text = dict[str, str]
Goals = dict[ChannelKind, Annotated[int, Field(ge=1, le=LONGEST_GOAL)]]


class ScheduleForm(Form):
    """Hours as people write them."""

    zone: str = Field(max_length=64)
    always: bool = False
    week: dict[Day, Spans] = Field(default_factory=dict)
    exceptions: dict[str, Spans] = Field(default_factory=dict, max_length=1000)


class TextsForm(Form):
    """What the line says by itself, per locale ("" = default)."""

    welcome: Text | None = None
    out_of_hours: Text | None = None
    no_answer: Text | None = None
    closed: Text | None = None


class LineChange(Form):
    """What may be changed. `version`: refuse with 409 if the stored one is another."""

    version: int | None = None
    name: str | None = Field(default=None, min_length=1, max_length=120)
    members: list[str] | None = Field(default=None, max_length=500)
    distribution: Literal["evenly", "strictly", "all", "least_loaded"] | None = None
    limit: float | None = Field(default=None, gt=0, le=1000)
    counts: Literal["unanswered", "answered_and_new", "until_closed"] | None = None
    offer_seconds: int | None = Field(default=None, ge=5, le=3600)
    no_answer_seconds: int | None = Field(default=None, ge=0, le=86_400)
    auto_close_hours: int | None = Field(default=None, ge=0, le=8760)
    reopen_hours: dict[str, int] | None = None
    affinity_hours: int | None = Field(default=None, ge=0, le=8760)
    responsible_first: bool | None = None
    grace_seconds: int | None = Field(default=None, ge=0, le=86_400)
    short_abandon_seconds: int | None = Field(default=None, ge=0, le=600)
    callback_missed: bool | None = None
    region: str | None = Field(default=None, pattern=r"^[A-Z]{2}$")
    locale: str | None = Field(default=None, pattern=r"^[a-z]{2}(-[A-Z]{2})?$")
    schedule: ScheduleForm | None = None
    texts: TextsForm | None = None
    prechat: dict[str, Any] | None = None
    color: str | None = Field(default=None, pattern=r"^#[0-9a-fA-F]{6}$")
    enabled: bool | None = None
    first_response_seconds: Goals | None = None
    next_response_seconds: Goals | None = None


class NewLine(LineChange):
    """A line needs a name; the rest has defaults."""

    client_id: str | None = Field(default=None, pattern=CLIENT_ID)
    name: str = Field(min_length=1, max_length=120)


class Moment(Form):
    """When; now by default."""

    at: AwareDatetime | None = None


@routes.get(f"{V1}/lines", ANSWER, returns=Items(settings_shapes.Line))
async def list_lines(ask: Ask, query: Paged) -> Row:  # noqa: ARG001 - short lists come whole, a page's words are accepted
    """All lines."""
    return {"items": await ask.cases.setup.lines(), "next_cursor": None}


@routes.post(f"{V1}/lines", CONFIGURE, returns=settings_shapes.Line, status=201)
async def add_line(ask: Ask, body: NewLine) -> Row:
    """A new line."""
    id = id_from("lin", by=ask.by.id, client_id=body.client_id)
    return await ask.cases.setup.add_line(ask.by, given(body), id=LineId(id) if id else None)


@routes.get(ONE, ANSWER, returns=settings_shapes.Line)
async def read_line(ask: Ask, line_id: str) -> Row:
    """One line."""
    return await ask.cases.setup.line(LineId(line_id))


@routes.patch(ONE, CONFIGURE, returns=settings_shapes.Line)
async def change_line(ask: Ask, line_id: str, body: LineChange) -> Row:
    """Change a line."""
    return await ask.cases.setup.change_line(ask.by, LineId(line_id), given(body))


@routes.delete(ONE, CONFIGURE, status=204)
async def remove_line(ask: Ask, line_id: str) -> None:
    """Remove a line that nothing feeds."""
    await ask.cases.setup.remove_line(ask.by, LineId(line_id))


@routes.get(f"{ONE}/hours", ANSWER, returns=settings_shapes.Hours)
async def line_hours(ask: Ask, line_id: str, query: Moment) -> Row:
    """What happens at a moment."""
    return await ask.cases.setup.hours(LineId(line_id), at=query.at or ask.cases.core.clock.now())
