"""Canned replies (section 4): shared ones are an administrator's, personal ones their owner's."""

from __future__ import annotations

from pydantic import Field

from gateway.domain.operator import Permission
from gateway.domain.rows import Row
from gateway.web import settings_shapes
from gateway.web.api.common import CLIENT_ID, V1, Paged, id_from
from gateway.web.openapi import Items
from gateway.web.routes import Ask, Form, Routes

routes = Routes("canned")
ANSWER = Permission.ANSWER
ONE = f"{V1}/canned/{{canned_id}}"


class CannedForm(Form):
    """operator_id set (oneself) = personal."""

    shortcut: str = Field(min_length=1, max_length=40)
    text: str = Field(min_length=1, max_length=10_000)
    locale: str = Field(default="", max_length=10)
    line_id: str | None = Field(default=None, max_length=80)
    operator_id: str | None = Field(default=None, max_length=80)


class NewCanned(CannedForm):
    """The same client_id again answers the same."""

    client_id: str | None = Field(default=None, pattern=CLIENT_ID)


@routes.get(f"{V1}/canned", ANSWER, returns=Items(settings_shapes.Canned))
async def list_canned(ask: Ask, query: Paged) -> Row:  # noqa: ARG001 - short lists come whole, a page's words are accepted
    """The shared ones and one's own."""
    return {"items": await ask.cases.setup.canned(ask.by), "next_cursor": None}


@routes.post(f"{V1}/canned", ANSWER, returns=settings_shapes.Canned, status=201)
async def add_canned(ask: Ask, body: NewCanned) -> Row:
    """A new canned reply."""
    id = id_from("can", by=ask.by.id, client_id=body.client_id)
    return await ask.cases.setup.save_canned(ask.by, body.model_dump(exclude={"client_id"}), id=id, new=True)


@routes.put(ONE, ANSWER, returns=settings_shapes.Canned)
async def replace_canned(ask: Ask, canned_id: str, body: CannedForm) -> Row:
    """Replace it."""
    return await ask.cases.setup.save_canned(ask.by, body.model_dump(), id=canned_id, new=False)


@routes.delete(ONE, ANSWER, status=204)
async def remove_canned(ask: Ask, canned_id: str) -> None:
    """Remove it."""
    await ask.cases.setup.remove_canned(ask.by, canned_id)
