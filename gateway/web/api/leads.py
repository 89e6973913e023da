"""Leads and their export (section 3)."""

from __future__ import annotations

from collections.abc import AsyncIterator

from aiohttp import web
from pydantic import AwareDatetime, Field

from gateway.domain.ids import LeadId
from gateway.domain.lead import STAGES
from gateway.domain.operator import Permission
from gateway.domain.rows import Row
from gateway.web import shapes
from gateway.web.api.common import V1, Searched, given, page
from gateway.web.cells import line
from gateway.web.disposition import attachment
from gateway.web.marks import STREAMING
from gateway.web.openapi import Page
from gateway.web.routes import Ask, Form, Routes

routes = Routes("leads")
ANSWER = Permission.ANSWER
COLUMNS = (
    "number", "title", "stage", "contact_name", "line_id", "responsible_id", "value", "currency", "next_step", "next_step_at",
    "created_at", "updated_at", "ended_at", "unreachable", "source", "id", "contact_id",
)  # fmt: skip


CLEARED = ("responsible_id", "next_step_at")


class Listed(Searched):
    """Which leads."""

    stage: str | None = Field(default=None, max_length=40)


class Exported(Form):
    """Which leads."""

    stage: str | None = Field(default=None, max_length=40)
    q: str = Field(default="", max_length=200)


class LeadChange(Form):
    """What may be changed; `version` is the one the change was made on."""

    version: int
    title: str | None = Field(default=None, min_length=1, max_length=200)
    stage: str | None = Field(default=None, max_length=40)
    responsible_id: str | None = Field(default=None, max_length=80)
    value: str | None = Field(default=None, max_length=40)
    currency: str | None = Field(default=None, max_length=3)
    next_step: str | None = Field(default=None, max_length=500)
    next_step_at: AwareDatetime | None = None


@routes.get(f"{V1}/leads", ANSWER, returns=Page(shapes.Lead))
async def list_leads(ask: Ask, query: Listed) -> Row:
    """Leads, newest first."""
    return page(
        await ask.cases.views.leads(ask.scope, stage=query.stage, query=query.q, cursor=query.cursor, limit=query.limit)
    )


@routes.get(f"{V1}/leads.csv", ANSWER, produces="text/csv", seconds=600.0)
async def export_leads(ask: Ask, query: Exported) -> web.StreamResponse:
    """The leads the reader may see, as CSV (RFC 4180, UTF-8 with BOM); cells can never be formulas."""
    headers = {"Content-Disposition": attachment("leads.csv"), "Content-Type": "text/csv; charset=utf-8"}
    chunks = _csv(ask, query)
    first = await anext(chunks)
    ask.request[STREAMING] = True
    response = web.StreamResponse(headers=headers)
    await response.prepare(ask.request)
    await response.write(b"\xef\xbb\xbf" + first)
    async for chunk in chunks:
        await response.write(chunk)
    await response.write_eof()
    return response


@routes.get(f"{V1}/leads/{{lead_id}}", ANSWER, returns=shapes.LeadFull)
async def read_lead(ask: Ask, lead_id: str) -> Row:
    """A lead with its contact, conversations, calls and timeline."""
    return dict(await ask.cases.views.lead(ask.scope, LeadId(lead_id)))


@routes.patch(f"{V1}/leads/{{lead_id}}", ANSWER, returns=shapes.Lead)
async def change_lead(ask: Ask, lead_id: str, body: LeadChange) -> Row:
    """Change a lead; 409 if the version moved on."""
    id, changes = LeadId(lead_id), given(body, clears=CLEARED)
    await ask.cases.views.lead(ask.scope, id)
    return await ask.cases.leads.change(ask.by, id, changes, changes.pop("version"))


@routes.get(f"{V1}/stages", ANSWER)
async def list_stages(ask: Ask) -> Row:  # noqa: ARG001
    """The stages of a lead, in order."""
    return {"items": list(STAGES)}


async def _csv(ask: Ask, query: Exported) -> AsyncIterator[bytes]:
    """The head first, so that a refused query is an error and not a broken file; then page by page."""
    cursor: str | None = None
    head = line(COLUMNS)
    while True:
        found = await ask.cases.views.leads(ask.scope, stage=query.stage, query=query.q, cursor=cursor, limit=200)
        yield (head + "".join(line([row.get(name) for name in COLUMNS]) for row in found.items)).encode()
        head, cursor = "", found.next_cursor
        if cursor is None:
            return
