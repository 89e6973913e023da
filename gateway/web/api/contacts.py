"""Contacts and calls (section 3)."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from gateway.domain.ids import CallId, ContactId
from gateway.domain.operator import Permission
from gateway.domain.rows import Row
from gateway.web import shapes
from gateway.web.api.common import V1, Searched, given, page
from gateway.web.openapi import Page
from gateway.web.routes import Ask, Form, Routes

routes = Routes("contacts")
ANSWER = Permission.ANSWER


class NewIdentity(Form):
    """A further way to reach them, as written by a person: unverified."""

    kind: Literal["email", "phone", "telegram", "external"]
    value: str = Field(min_length=1, max_length=320)


class ContactChange(Form):
    """What may be changed."""

    name: str | None = Field(default=None, max_length=200)
    fields: dict[str, Any] | None = Field(default=None, max_length=100)
    add_identity: NewIdentity | None = None


@routes.get(f"{V1}/contacts/{{contact_id}}", ANSWER, returns=shapes.Contact)
async def read_contact(ask: Ask, contact_id: str) -> Row:
    """A contact with identities and the conversations the reader may see."""
    return dict(await ask.cases.views.contact(ask.scope, ContactId(contact_id)))


@routes.patch(f"{V1}/contacts/{{contact_id}}", ANSWER, returns=shapes.Contact)
async def change_contact(ask: Ask, contact_id: str, body: ContactChange) -> Row:
    """Change a name, fields, or add an identity."""
    id = ContactId(contact_id)
    await ask.cases.views.contact(ask.scope, id)
    await ask.cases.contacts.change(ask.by, id, given(body))
    return dict(await ask.cases.views.contact(ask.scope, id))


@routes.get(f"{V1}/calls", ANSWER, returns=Page(shapes.Call))
async def list_calls(ask: Ask, query: Searched) -> Row:
    """Calls, newest first."""
    return page(await ask.cases.views.calls(ask.scope, query=query.q, cursor=query.cursor, limit=query.limit))


@routes.get(f"{V1}/calls/{{call_id}}", ANSWER, returns=shapes.Call)
async def read_call(ask: Ask, call_id: str) -> Row:
    """A call with its legs and recordings."""
    return dict(await ask.cases.views.call(ask.scope, CallId(call_id)))
