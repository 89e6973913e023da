"""Untouched input in the database. Implements ports.store.Raws; docs/adr/0003."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import orjson
from sqlalchemy import bindparam, select, update
from sqlalchemy.dialects.postgresql import insert

from gateway.domain.errors import NotFound
from gateway.domain.ids import RawId
from gateway.domain.inbound import Raw
from gateway.ports.records import KeptRaw, RawState
from gateway.store import tables as t
from gateway.store.columns import constant, dump_json, instant, micros
from gateway.store.statements import Sql
from gateway.store.unit_of_work import Transaction

_R = t.raw
ADD = Sql(
    insert(_R)
    .values({column.name: bindparam(column.name) for column in _R.columns})
    .on_conflict_do_nothing(index_elements=[_R.c.channel_id, _R.c.external_id])
)
GET = Sql(select(_R).where(_R.c.id == bindparam("id")))
MARK = Sql(
    update(_R)
    .where(_R.c.id == bindparam("the_id"))
    .values({name: bindparam(name) for name in ("state", "error", "error_code", "attempts")})
)
QUARANTINED = Sql(
    select(_R).where(_R.c.state == constant("quarantined")).order_by(_R.c.received_at.desc()).limit(bindparam("limit"))
)


class SqlRaws:
    """Implements ports.store.Raws."""

    def __init__(self, transaction: Transaction) -> None:
        self._t = transaction

    async def add(self, raw: Raw, *, id: RawId) -> bool:
        """False if (channel_id, external_id) is known."""
        given = {
            "id": id, "channel_id": raw.channel_id, "external_id": raw.external_id, "lane": raw.lane,
            "received_at": micros(raw.received_at), "headers": dump_json(raw.headers), "state": "kept", "attempts": 0,
            "error": "", "error_code": "", "body": raw.body,
        }  # fmt: skip
        return await self._t.change(ADD, given) == 1

    async def get(self, id: RawId) -> KeptRaw:
        """Raises NotFound."""
        rows = await self._t.rows(GET, {"id": id})
        if not rows:
            raise NotFound("There is no such raw input.")
        return _kept(rows[0])

    async def mark(self, id: RawId, *, state: RawState, error: str = "", error_code: str = "", attempts: int = 0) -> None:
        """What became of it. Raises NotFound."""
        given = {"the_id": id, "state": state, "error": error, "error_code": error_code, "attempts": attempts}
        if not await self._t.change(MARK, given):
            raise NotFound("There is no such raw input.")

    async def quarantined(self, limit: int) -> Sequence[KeptRaw]:
        """Newest first."""
        return [_kept(row) for row in await self._t.rows(QUARANTINED, {"limit": limit})]


def _kept(row: Sequence[Any]) -> KeptRaw:
    id, channel_id, external_id, lane, received_at, headers, state, attempts, error, error_code, body = row
    raw = Raw(channel_id, external_id, lane, bytes(body), instant(received_at), orjson.loads(headers))
    return KeptRaw(id, raw, state, attempts=attempts, error=error, error_code=error_code)
