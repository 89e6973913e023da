"""Colleagues and how they get in (section 4)."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, field_validator

from gateway.domain.ids import OperatorId
from gateway.domain.operator import Permission
from gateway.domain.rows import Row
from gateway.web import settings_shapes, shapes
from gateway.web.api.common import CLIENT_ID, V1, Paged, given, id_from
from gateway.web.openapi import Items
from gateway.web.routes import Ask, Form, Routes

routes = Routes("operators")
ANSWER, CONFIGURE = Permission.ANSWER, Permission.CONFIGURE
ONE = f"{V1}/operators/{{operator_id}}"
ADDRESS = r"^[^@\s]{1,64}@[^@\s]{1,255}$"


class OperatorChange(Form):
    """What may be changed. Disabling ends every session."""

    version: int | None = None
    name: str | None = Field(default=None, min_length=1, max_length=120)
    email: str | None = Field(default=None, pattern=ADDRESS)
    roles: list[Literal["operator", "supervisor", "admin"]] | None = Field(default=None, min_length=1, max_length=3)
    locale: Literal["en", "ru", "es", "fa"] | None = None
    devices: list[str] | None = Field(default=None, max_length=20)
    limit: float | None = Field(default=None, gt=0, le=1000)
    active: bool | None = None

    @field_validator("email")
    @classmethod
    def _one_spelling(cls, value: str | None) -> str | None:
        return value.lower() if value else value


class NewOperator(OperatorChange):
    """Who comes in."""

    client_id: str | None = Field(default=None, pattern=CLIENT_ID)
    name: str = Field(min_length=1, max_length=120)
    email: str = Field(pattern=ADDRESS)


@routes.get(f"{V1}/operators", ANSWER, returns=Items(shapes.Operator))
async def list_operators(ask: Ask, query: Paged) -> Row:  # noqa: ARG001 - short lists come whole, a page's words are accepted
    """Colleagues with their presence."""
    return {"items": await ask.cases.setup.operators(), "next_cursor": None}


@routes.post(f"{V1}/operators", CONFIGURE, returns=settings_shapes.Invited, status=201)
async def add_operator(ask: Ask, body: NewOperator) -> Row:
    """A new colleague, with a one-time link to sign in."""
    id = id_from("opr", by=ask.by.id, client_id=body.client_id)
    changes = body.model_dump(exclude_none=True)
    operator = await ask.cases.setup.add_operator(ask.by, changes, id=OperatorId(id) if id else None)
    return {"operator": operator, "sign_in_link": await _link(ask, operator["id"])}


@routes.patch(ONE, CONFIGURE, returns=shapes.Operator)
async def change_operator(ask: Ask, operator_id: str, body: OperatorChange) -> Row:
    """Change a colleague; `limit: null` means the line's own limit."""
    changes = given(body, clears=("limit",))
    row = await ask.cases.setup.change_operator(ask.by, OperatorId(operator_id), changes)
    if not row["active"]:
        await ask.site.live.revoke(operator=operator_id)
    return row


@routes.post(f"{ONE}/link", CONFIGURE, returns=settings_shapes.SignInLink)
async def make_sign_in_link(ask: Ask, operator_id: str) -> Row:
    """A new one-time link for a colleague who forgot the password."""
    await ask.cases.core.store.read(lambda uow: uow.operators.get(OperatorId(operator_id)))
    return {"sign_in_link": await _link(ask, operator_id)}


async def _link(ask: Ask, id: str) -> str:
    token = await ask.cases.accounts.link(OperatorId(id))
    return f"{ask.site.config.public_url.rstrip('/')}/sign-in#token={token}"
