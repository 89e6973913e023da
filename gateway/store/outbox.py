"""Promised work and timers in the database. Implements ports.store.Outbox; claims and fences in docs/adr/0004.

A row lives until it is done. `fence` grows with every claim and every `put`; `holder` is the fence of the last claim, so a
worker can tell "put again meanwhile" (the row stays, its lease ends) from "taken by another after my lease ran out".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import bindparam, delete, func, null, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from gateway.ports.records import Errand
from gateway.store import tables as t
from gateway.store.columns import constant, dump_json, instant, micros
from gateway.store.statements import Sql, is_in
from gateway.store.unit_of_work import Transaction

_O = t.outbox
_OTHER = t.outbox.alias("other")
_BEFORE = or_(_OTHER.c.id < _O.c.id, _OTHER.c.lease_until > bindparam("now"))
_IN_TURN = or_(
    _O.c.lane == constant(""),
    ~select(constant(1))
    .where(_OTHER.c.lane == _O.c.lane, _OTHER.c.lane != constant(""), _OTHER.c.id != _O.c.id, _BEFORE)
    .correlate(_O)
    .exists(),
)
_FREE = or_(_O.c.lease_until.is_(None), _O.c.lease_until <= bindparam("now"))
_WANTED = ~is_in(_O.c.kind, "without")
_DUE = (
    select(_O.c.id)
    .where(_O.c.due_at <= bindparam("now"), _FREE, _IN_TURN, _WANTED)
    .order_by(_O.c.due_at, _O.c.id)
    .limit(bindparam("limit"))
    .with_for_update(skip_locked=True, key_share=True)
)
FIELDS = (_O.c.id, _O.c.kind, _O.c.key, _O.c.due_at, _O.c.lane, _O.c.payload, _O.c.attempts, _O.c.fence)
_NEXT_FENCE = _O.c.fence + constant(1)
CLAIM = Sql(
    update(_O)
    .where(_O.c.id.in_(_DUE))
    .values(attempts=_O.c.attempts + constant(1), fence=_NEXT_FENCE, holder=_NEXT_FENCE, lease_until=bindparam("until"))
    .returning(*FIELDS)
)
_NEW = insert(_O).values(
    id=bindparam("id"), kind=bindparam("kind"), key=bindparam("key"), due_at=bindparam("due_at"), lane=bindparam("lane"),
    payload=bindparam("payload"), attempts=constant(0), fence=constant(0), lease_until=null(), holder=constant(0),
    error=constant(""),
)  # fmt: skip
PUT = Sql(
    _NEW.on_conflict_do_update(
        index_elements=[_O.c.kind, _O.c.key],
        set_={
            "due_at": _NEW.excluded.due_at, "lane": _NEW.excluded.lane, "payload": _NEW.excluded.payload,
            "fence": _NEXT_FENCE, "attempts": constant(0), "error": constant(""),
        },
    )
)  # fmt: skip
POSTPONE = Sql(
    update(_O)
    .where(_O.c.kind == bindparam("the_kind"), _O.c.key == bindparam("the_key"))
    .values(due_at=bindparam("due_at"), fence=_NEXT_FENCE)
)
CANCEL = Sql(delete(_O).where(_O.c.kind == bindparam("kind"), _O.c.key == bindparam("key")))
DONE = Sql(delete(_O).where(_O.c.id == bindparam("id"), _O.c.fence == bindparam("fence")))
_MINE = (_O.c.id == bindparam("the_id")) & (_O.c.holder == bindparam("mine"))
LATER = Sql(
    update(_O)
    .where(_MINE, _O.c.fence == bindparam("mine"))
    .values(
        due_at=bindparam("due_at"), error=bindparam("error"), lease_until=null(), attempts=_O.c.attempts - bindparam("spared")
    )
)
RENEW = Sql(update(_O).where(_MINE).values(lease_until=bindparam("until")))
LET_GO = Sql(update(_O).where(_MINE).values(lease_until=null()))
NEXT_FREE = Sql(
    select(_O.c.due_at).where(_O.c.lease_until.is_(None), _IN_TURN, _WANTED).order_by(_O.c.due_at).limit(constant(1))
)
NEXT_LAPSE = Sql(select(func.min(_O.c.lease_until)).where(_O.c.lease_until.is_not(None)))


class SqlOutbox:
    """Implements ports.store.Outbox."""

    def __init__(self, transaction: Transaction) -> None:
        self._t = transaction

    async def put(
        self, kind: str, key: str, *, due_at: datetime, lane: str = "", payload: Mapping[str, Any] | None = None
    ) -> None:
        """Insert, or move the unfinished one to the new time and payload; its attempts begin anew."""
        given = {
            "id": self._t.ids.new("out"), "kind": kind, "key": key, "due_at": micros(due_at), "lane": lane,
            "payload": None if payload is None else dump_json(payload),
        }  # fmt: skip
        self._t.pending.later(PUT, given)

    async def cancel(self, kind: str, key: str) -> None:
        """Harmless if there is none."""
        self._t.pending.later(CANCEL, {"kind": kind, "key": key})

    async def postpone(self, kind: str, key: str, *, due_at: datetime) -> None:
        """Later, if it is there: a run that has begun meanwhile does not remove it."""
        self._t.pending.later(POSTPONE, {"the_kind": kind, "the_key": key, "due_at": micros(due_at)})

    async def claim(self, *, now: datetime, lease_until: datetime, limit: int, without: Sequence[str] = ()) -> Sequence[Errand]:
        """Due ones whose lane is free, in due order; attempts and fence grow by one."""
        given = {"now": micros(now), "until": micros(lease_until), "limit": limit, "without": list(without)}
        return sorted((_errand(row) for row in await self._t.rows(CLAIM, given)), key=lambda one: (one.due_at, one.id))

    async def renew(self, errand: Errand, *, lease_until: datetime) -> None:
        """Only the holder's; put again meanwhile, it is still held until `done`."""
        self._t.pending.later(RENEW, {"the_id": errand.id, "mine": errand.fence, "until": micros(lease_until)})

    async def done(self, errand: Errand) -> None:
        """Remove it, unless it was put again meanwhile: then it stays, free for the next run."""
        if not await self._t.change(DONE, {"id": errand.id, "fence": errand.fence}):
            await self._t.change(LET_GO, {"the_id": errand.id, "mine": errand.fence})

    async def later(self, errand: Errand, *, due_at: datetime, error: str, tried: bool = True) -> None:
        """Try again at another time; if it was put again meanwhile, that time counts."""
        given = {"the_id": errand.id, "mine": errand.fence, "due_at": micros(due_at), "error": error, "spared": int(not tried)}
        if not await self._t.change(LATER, given):
            await self._t.change(LET_GO, {"the_id": errand.id, "mine": errand.fence})

    async def next_due(self, *, without: Sequence[str] = ()) -> datetime | None:
        """When `claim` may find something: the first that waits for nothing, or the first lease to run out."""
        rows = [*await self._t.rows(NEXT_FREE, {"now": 0, "without": list(without)}), *await self._t.rows(NEXT_LAPSE, {})]
        return instant(min(times)) if (times := [row[0] for row in rows if row[0] is not None]) else None


def _errand(row: Sequence[Any]) -> Errand:
    id, kind, key, due_at, lane, payload, attempts, fence = row
    return Errand(
        id=id, kind=kind, key=key, due_at=instant(due_at), lane=lane, attempts=attempts, fence=fence,
        payload=None if payload is None else orjson.loads(payload),
    )  # fmt: skip
