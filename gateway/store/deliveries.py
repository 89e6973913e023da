"""Deliveries in the database. Implements ports.store.Deliveries; claims in docs/adr/0004.

Order per dialogue is a property of the claim: whatever has an older unfinished one before it is not seen.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, select, update

from gateway.domain.delivery import Delivery, Letter
from gateway.domain.errors import Conflict
from gateway.domain.ids import ChannelId, DeliveryId, MessageId
from gateway.store import tables as t
from gateway.store.columns import constant, instant, micros
from gateway.store.letters import letter_of
from gateway.store.nouns import DELIVERY
from gateway.store.statements import Sql, is_in
from gateway.store.unit_of_work import Transaction

_D = t.delivery
_OLDER = t.delivery.alias("older")
_OLDEST = ~(
    select(constant(1))
    .where(_OLDER.c.dialogue_id == _D.c.dialogue_id, _OLDER.c.id < _D.c.id)
    .where(_OLDER.c.state.in_((constant("due"), constant("sending"))))
    .correlate(_D)
    .exists()
)
_WANTED = ~is_in(_D.c.channel_id, "without")
_DUE = (
    select(_D.c.id)
    .where(t.DUE, _D.c.next_at <= bindparam("now"), _OLDEST, _WANTED)
    .order_by(_D.c.next_at, _D.c.id)
    .limit(bindparam("limit"))
    .with_for_update(skip_locked=True, key_share=True)
)
CLAIM = Sql(
    update(_D)
    .where(_D.c.id.in_(_DUE))
    .values(
        state=constant("sending"), attempts=_D.c.attempts + constant(1), fence=_D.c.fence + constant(1),
        lease_until=bindparam("until"), updated_at=bindparam("now"),
    )
    .returning(*DELIVERY.columns)
)  # fmt: skip
STALE = Sql(
    select(*DELIVERY.columns)
    .where(t.SENDING, _D.c.lease_until <= bindparam("now"))
    .order_by(_D.c.lease_until)
    .limit(bindparam("limit"))
    .with_for_update(skip_locked=True, key_share=True)
)
NEXT_DUE = Sql(select(_D.c.next_at).where(t.DUE, _OLDEST, _WANTED).order_by(_D.c.next_at).limit(constant(1)))
WAKE = Sql(
    update(_D)
    .where(t.DUE, is_in(_D.c.channel_id, "channels"), _D.c.error_code == bindparam("code"), _D.c.next_at > bindparam("now"))
    .values(next_at=bindparam("now"))
)
GET = Sql(select(*DELIVERY.columns).where(_D.c.id == bindparam("id")))
OF_MESSAGE = Sql(
    select(*DELIVERY.columns).where(_D.c.message_id == bindparam("id")).order_by(_D.c.id.desc()).limit(constant(1))
)
BY_EXTERNAL = Sql(
    select(*DELIVERY.columns)
    .where(_D.c.channel_id == bindparam("channel_id"), _D.c.external_id == bindparam("external_id"))
    .with_for_update(key_share=True)
)
SAVE = Sql(
    update(_D)
    .where(_D.c.id == bindparam("the_id"), _D.c.fence <= bindparam("fence"))
    .values({column.name: bindparam(column.name) for column in _D.columns if column.name != "id"})
)
NAMES = [column.name for column in _D.columns]


class SqlDeliveries:
    """Implements ports.store.Deliveries."""

    def __init__(self, transaction: Transaction) -> None:
        self._t = transaction

    async def get(self, id: DeliveryId) -> Delivery:
        """Raises NotFound."""
        return await self._t.one(GET, DELIVERY, {"id": id})

    async def of_message(self, id: MessageId) -> Delivery | None:
        """None: nothing to carry."""
        return await self._t.maybe(OF_MESSAGE, DELIVERY, {"id": id})

    async def by_external(self, channel_id: ChannelId, external_id: str) -> Delivery | None:
        """By the network's name, locked: a report follows."""
        return await self._t.maybe(BY_EXTERNAL, DELIVERY, {"channel_id": channel_id, "external_id": external_id})

    async def add(self, delivery: Delivery) -> None:
        """A new one."""
        self._t.pending.add(DELIVERY, delivery)

    async def save(self, delivery: Delivery) -> None:
        """Written at once, so that a worker that froze learns here that it came too late (Conflict)."""
        row = dict(zip(NAMES, DELIVERY.dump(delivery), strict=True))
        if not await self._t.change(SAVE, row | {"the_id": delivery.id}):
            stored = await self.get(delivery.id)
            raise Conflict(f"This delivery has been taken over (fence {stored.fence}, not {delivery.fence}).")

    async def claim(
        self, *, now: datetime, lease_until: datetime, limit: int, without: Sequence[ChannelId] = ()
    ) -> Sequence[Delivery]:
        """Take due ones as `sending`, oldest first."""
        given = {"now": micros(now), "until": micros(lease_until), "limit": limit, "without": list(without)}
        return sorted(await self._t.all(CLAIM, DELIVERY, given), key=lambda one: (one.next_at, one.id))

    async def stale(self, *, now: datetime, limit: int) -> Sequence[Delivery]:
        """`sending` whose lease has run out, locked."""
        return await self._t.all(STALE, DELIVERY, {"now": micros(now), "limit": limit})

    async def wake(self, channels: Sequence[ChannelId], *, error_code: str, now: datetime) -> None:
        """Due now."""
        await self._t.change(WAKE, {"channels": list(channels), "code": error_code, "now": micros(now)})

    async def letter(self, delivery: Delivery) -> Letter:
        """All an adapter needs, from the database alone."""
        return await letter_of(self._t, delivery)

    async def next_due(self, *, without: Sequence[ChannelId] = ()) -> datetime | None:
        """When the first one that does not wait for another may be taken."""
        rows = await self._t.rows(NEXT_DUE, {"without": list(without)})
        return instant(rows[0][0]) if rows else None
