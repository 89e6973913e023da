"""Dialogues and the places where events land. Implements ports.store.Dialogues; rule of locks in docs/adr/0004.

PostgreSQL locks first and reads in a second statement: a row that was waited for is fresh, but what is joined to it in the
same statement would still be of the time before the wait.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import bindparam, select

from gateway.domain.dialogue import Dialogue
from gateway.domain.errors import NotFound
from gateway.domain.ids import DialogueId
from gateway.ports.records import Place, PlaceKey
from gateway.store import tables as t
from gateway.store.columns import constant
from gateway.store.nouns import CONTACT, CONVERSATION, DIALOGUE, LEAD
from gateway.store.statements import Sql, is_in
from gateway.store.unit_of_work import Transaction

_D, _C = t.dialogue, t.conversation
_OTHER = t.conversation.alias("other")
_NEWEST = (
    select(_OTHER.c.id)
    .where(_OTHER.c.dialogue_id == _D.c.id)
    .order_by(_OTHER.c.number.desc())
    .limit(constant(1))
    .correlate(_D)
    .scalar_subquery()
)
_PLACE = (
    select(*DIALOGUE.columns, *CONTACT.columns, *CONVERSATION.columns, *LEAD.columns)
    .select_from(_D)
    .join(t.contact, t.contact.c.id == _D.c.contact_id)
    .outerjoin(_C, _C.c.id == _NEWEST)
    .outerjoin(t.lead, t.lead.c.id == _C.c.lead_id)
)
_KEYS = is_in(_D.c.channel_id, "channels") & is_in(_D.c.key, "keys")
PLACES = Sql(_PLACE.where(_KEYS))
LOCK_KEYS = Sql(select(_D.c.id).where(_KEYS).order_by(_D.c.id).with_for_update(key_share=True))
PLACE = Sql(_PLACE.where(_D.c.id == bindparam("id")))
LOCK_ALL = Sql(select(_D.c.id).where(is_in(_D.c.id, "ids")).order_by(_D.c.id).with_for_update(key_share=True))
LOCK = Sql(select(_D.c.id).where(_D.c.id == bindparam("id")).with_for_update(key_share=True))
AT_CONTACT = DIALOGUE.width
AT_CONVERSATION = AT_CONTACT + CONTACT.width
AT_LEAD = AT_CONVERSATION + CONVERSATION.width


class SqlDialogues:
    """Implements ports.store.Dialogues."""

    def __init__(self, transaction: Transaction) -> None:
        self._t = transaction

    async def places(self, keys: Sequence[PlaceKey]) -> Mapping[PlaceKey, Place]:
        """The known ones among these, locked in the order of their ids."""
        if not keys:
            return {}
        wanted = set(keys)
        given = {"channels": sorted({channel for channel, _ in wanted}), "keys": sorted({key for _, key in wanted})}
        if self._t.connection.locks:
            await self._t.rows(LOCK_KEYS, given)
        found = (_place(row) for row in await self._t.rows(PLACES, given))
        return {key: place for place in found if (key := (place.dialogue.channel_id, place.dialogue.key)) in wanted}

    async def find(self, key: PlaceKey) -> Place | None:
        """Nothing is locked."""
        rows = await self._t.rows(PLACES, {"channels": [key[0]], "keys": [key[1]]})
        return _place(rows[0]) if rows else None

    async def lock(self, id: DialogueId) -> Place:
        """Raises NotFound."""
        if self._t.connection.locks:
            await self._t.rows(LOCK, {"id": id})
        rows = await self._t.rows(PLACE, {"id": id})
        if not rows:
            raise NotFound("There is no such dialogue.")
        return _place(rows[0])

    async def hold(self, ids: Collection[DialogueId]) -> None:
        """In one statement, which locks in its order."""
        if ids and self._t.connection.locks:
            await self._t.rows(LOCK_ALL, {"ids": sorted(ids)})

    async def add(self, dialogue: Dialogue) -> None:
        """A race for the same place is found at the latest at commit, and the use case is run again."""
        self._t.pending.add(DIALOGUE, dialogue)

    async def save(self, dialogue: Dialogue, *, was: Dialogue | None = None) -> None:
        """A changed one; with `was`, only what differs is written."""
        self._t.pending.save(DIALOGUE, dialogue, was=was)


def _place(row: Sequence[Any]) -> Place:
    return Place(
        DIALOGUE.load(row),
        CONTACT.load(row, at=AT_CONTACT),
        CONVERSATION.maybe(row, at=AT_CONVERSATION),
        LEAD.maybe(row, at=AT_LEAD),
    )
