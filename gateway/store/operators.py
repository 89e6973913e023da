"""Operators, presence and sessions in the database. Implements ports.store.Operators."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import bindparam, delete, select

from gateway.domain.ids import OperatorId
from gateway.domain.operator import Operator, Presence
from gateway.ports.records import Session
from gateway.store import tables as t
from gateway.store.columns import micros
from gateway.store.nouns import OPERATOR, PRESENCE, SESSION
from gateway.store.statements import Sql
from gateway.store.unit_of_work import Transaction

GET = Sql(select(*OPERATOR.columns).where(t.operator.c.id == bindparam("id")))
BY_EMAIL = Sql(select(*OPERATOR.columns).where(t.operator.c.email == bindparam("email")))
ALL = Sql(select(*OPERATOR.columns).order_by(t.operator.c.id))
PRESENT = Sql(select(*PRESENCE.columns).where(t.presence.c.operator_id == bindparam("id")))
HOLD_PRESENT = Sql(select(*PRESENCE.columns).where(t.presence.c.operator_id == bindparam("id")).with_for_update(key_share=True))
ALL_PRESENT = Sql(select(*PRESENCE.columns))
OPEN_SESSION = Sql(select(*SESSION.columns).where(t.session.c.token_hash == bindparam("token_hash")))
END = Sql(delete(t.session).where(t.session.c.token_hash == bindparam("token_hash")).returning(*SESSION.columns))
END_OF = Sql(delete(t.session).where(t.session.c.operator_id == bindparam("id")))
END_BEFORE = Sql(delete(t.session).where(t.session.c.expires_at < bindparam("moment")))


class SqlOperators:
    """Implements ports.store.Operators."""

    def __init__(self, transaction: Transaction) -> None:
        self._t = transaction

    async def get(self, id: OperatorId) -> Operator:
        """Raises NotFound."""
        return await self._t.one(GET, OPERATOR, {"id": id})

    async def by_email(self, email: str) -> Operator | None:
        """The address as it is stored: lower case."""
        return await self._t.maybe(BY_EMAIL, OPERATOR, {"email": email})

    async def all(self) -> Sequence[Operator]:
        """Oldest first, inactive ones too."""
        return await self._t.all(ALL, OPERATOR, {})

    async def add(self, operator: Operator) -> None:
        """A new one."""
        self._t.pending.add(OPERATOR, operator)

    async def save(self, operator: Operator) -> None:
        """A changed one."""
        self._t.pending.save(OPERATOR, operator)

    async def presence(self, id: OperatorId) -> Presence | None:
        """None: never seen."""
        return await self._t.maybe(PRESENT, PRESENCE, {"id": id})

    async def hold_presence(self, id: OperatorId) -> Presence | None:
        """The same, locked."""
        return await self._t.maybe(HOLD_PRESENT, PRESENCE, {"id": id})

    async def presences(self) -> Mapping[OperatorId, Presence]:
        """Of everyone who was ever seen."""
        return {one.operator_id: one for one in await self._t.all(ALL_PRESENT, PRESENCE, {})}

    async def save_presence(self, presence: Presence) -> None:
        """Insert or replace."""
        self._t.pending.put(PRESENCE, presence, unique=("operator_id",))

    async def session(self, token_hash: str) -> Session | None:
        """None: ended, or never was. Whether it has expired is for the caller to see."""
        return await self._t.maybe(OPEN_SESSION, SESSION, {"token_hash": token_hash})

    async def save_session(self, session: Session) -> None:
        """Insert or replace."""
        self._t.pending.put(SESSION, session, unique=("token_hash",))

    async def end_session(self, token_hash: str) -> Session | None:
        """Delete and return it."""
        return await self._t.maybe(END, SESSION, {"token_hash": token_hash})

    async def end_sessions_of(self, id: OperatorId) -> None:
        """Sign out everywhere."""
        await self._t.change(END_OF, {"id": id})

    async def end_sessions_before(self, moment: datetime) -> int:
        """Delete those that expired before a moment; how many."""
        return await self._t.change(END_BEFORE, {"moment": micros(moment)})
