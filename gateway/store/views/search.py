"""What a search box finds: names, subjects, previews, numbers, and the contact's addresses and phones.

Neither engine folds the case of Cyrillic letters by itself in every locale, so the spellings people type are tried.
"""

from __future__ import annotations

import re
from typing import Any

from sqlalchemy import ColumnElement, bindparam, or_, select

from gateway.store import tables as t
from gateway.store.columns import constant
from gateway.store.views.scope import pattern

LONGEST_QUERY = 100
SPELLINGS = 4


def values_of(query: str) -> dict[str, Any]:
    """The parameters of the conditions below; nothing for an empty query."""
    said = " ".join(query.split())[:LONGEST_QUERY]
    if not said:
        return {}
    spellings = (said, said.lower(), said.title(), said.upper())
    digits = re.sub(r"\D", "", said)
    number = int(said.lstrip("#№")) if said.lstrip("#№").isascii() and said.lstrip("#№").isdigit() and len(said) < 16 else -1
    phone = digits if len(digits) >= 4 and not re.search(r"[^\W\d]", said) else said.lower()
    return {f"q_{place}": pattern(one) for place, one in enumerate(spellings)} | {
        "q_identity": pattern(phone), "q_number": number,
    }  # fmt: skip


def any_of(*columns: ColumnElement[Any]) -> list[ColumnElement[bool]]:
    """One of these contains the query in one of its spellings."""
    return [column.like(bindparam(f"q_{place}"), escape="\\") for column in columns for place in range(SPELLINGS)]


def known_as(contact_id: ColumnElement[Any]) -> ColumnElement[bool]:
    """The contact has an address or number that contains the query."""
    return (
        select(constant(1))
        .where(t.identity.c.contact_id == contact_id, t.identity.c.value.like(bindparam("q_identity"), escape="\\"))
        .exists()
    )


def in_conversation() -> ColumnElement[bool]:
    """Matches a conversation joined to its contact."""
    columns = (t.contact.c.name, t.conversation.c.subject, t.conversation.c.preview)
    return or_(*any_of(*columns), t.conversation.c.number == bindparam("q_number"), known_as(t.conversation.c.contact_id))


def in_lead() -> ColumnElement[bool]:
    """Matches a lead joined to its contact."""
    return or_(
        *any_of(t.contact.c.name, t.lead.c.title), t.lead.c.number == bindparam("q_number"), known_as(t.lead.c.contact_id)
    )


def in_call() -> ColumnElement[bool]:
    """Matches a call outer-joined to its contact."""
    columns = (t.contact.c.name, t.call.c.remote_name)
    numbers = (
        t.call.c.remote.like(bindparam("q_identity"), escape="\\"),
        t.call.c.dialled.like(bindparam("q_identity"), escape="\\"),
    )
    return or_(*any_of(*columns), *numbers)
