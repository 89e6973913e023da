"""What a process that was killed had in hand. Talks to the outbox's and the deliveries' tables; docs/adr/0004.

A lease tells other processes when to take over. A process that is alone need not wait: whatever is leased when it begins
was left by its dead predecessor.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import null, update

from gateway.domain.event import Event
from gateway.store import tables as t
from gateway.store.columns import constant
from gateway.store.connection import Connection
from gateway.store.statements import Sql

LET_GO = Sql(update(t.outbox).where(t.outbox.c.lease_until.is_not(None)).values(lease_until=null()))
RUN_OUT = Sql(update(t.delivery).where(t.SENDING).values(lease_until=constant(0)))


async def release(connection: Connection) -> tuple[int, Sequence[Event]]:
    """Work for Database.run: how many pieces of work are free again; deliveries among them count as interrupted."""
    return await connection.change(LET_GO, {}) + await connection.change(RUN_OUT, {}), ()
