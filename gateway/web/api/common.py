"""What several routes share: pages, ids made from a client_id."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Collection
from typing import Any

from pydantic import Field

from gateway.domain.ids import ConversationId
from gateway.domain.rows import Row
from gateway.ports.views import Page
from gateway.services.access import visible
from gateway.web.routes import Ask, Form

V1 = "/api/v1"
SEARCH_LIMIT = 200
CLIENT_ID = r"^[A-Za-z0-9_.:-]{1,64}$"


class Paged(Form):
    """`?cursor=&limit=`."""

    cursor: str | None = Field(default=None, max_length=500)
    limit: int = Field(default=50, ge=1, le=200)


class Searched(Paged):
    """`?q=` beside."""

    q: str = Field(default="", max_length=SEARCH_LIMIT)


def page(found: Page) -> Row:
    """As it goes out."""
    return {"items": list(found.items), "next_cursor": found.next_cursor}


def given(form: Form, *, clears: Collection[str] = ()) -> dict[str, Any]:
    """What was sent. Null means that nothing was said, except for the fields that it `clears`."""
    sent = form.model_dump(exclude_unset=True, exclude_none=True)
    return sent | {name: None for name in clears if name in form.model_fields_set and getattr(form, name) is None}


def id_from(prefix: str, *, by: str, client_id: str | None) -> str | None:
    """The id a repeated "create" meets again: made from who asks and their client_id. None = let the use case make one."""
    if client_id is None:
        return None
    digest = hashlib.sha256(f"{prefix}|{by}|{client_id}".encode()).digest()
    return f"{prefix}_{base64.b32encode(digest).decode().lower()[:26]}"


async def must_see(ask: Ask, id: str) -> ConversationId:
    """The conversation's id, if the reader may see it; raises NotFound before any use case is asked."""
    scope, wanted = ask.scope, ConversationId(id)
    await ask.cases.core.store.read(lambda uow: visible(uow, scope=scope, id=wanted))
    return wanted
