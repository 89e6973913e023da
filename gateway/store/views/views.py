"""The read models behind one object. Implements ports.views.Views; each method is one snapshot on a reader's connection."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

from gateway.domain.ids import CallId, ContactId, ConversationId, LeadId, LineId
from gateway.ports.clock import Clock
from gateway.ports.views import Page, Row, Scope, Tab
from gateway.store.connection import Connection
from gateway.store.store import Database
from gateway.store.unit_of_work import Transaction
from gateway.store.views import calls, cards, inbox, leads, offers, people, threads
from gateway.store.views.load import load
from gateway.store.views.paging import Asked

T = TypeVar("T")


class NoIds:
    """Readers make nothing."""

    def new(self, prefix: str) -> str:
        """Never called."""
        raise AssertionError(f"a reader asked for an id: {prefix}")


class SqlViews:
    """Implements ports.views.Views."""

    def __init__(self, database: Database, *, clock: Clock) -> None:
        self._database, self._clock = database, clock

    async def inbox(
        self, scope: Scope, *, tab: Tab, line_id: LineId | None, query: str, cursor: str | None, limit: int
    ) -> Page:
        """A page of one tab."""
        return await self._read(lambda t: inbox.inbox(t, scope, tab=tab, line_id=line_id, asked=Asked(query, cursor, limit)))

    async def counts(self, scope: Scope) -> Row:
        """What stands on the tabs."""

        async def read(transaction: Transaction) -> Row:
            return await inbox.counts(transaction, scope) | {"load": await load(transaction, scope, now=self._clock.now())}

        return await self._read(read)

    async def conversation(self, scope: Scope, id: ConversationId) -> Row:
        """The card of a conversation."""
        return await self._read(lambda t: cards.conversation(t, scope, id))

    async def thread(self, scope: Scope, id: ConversationId, *, before: int | None, after: int | None, limit: int) -> Page:
        """Messages of its dialogue."""
        return await self._read(lambda t: threads.thread(t, scope, id, threads.Span(before, after, limit)))

    async def contact(self, scope: Scope, id: ContactId) -> Row:
        """The card of a contact."""
        return await self._read(lambda t: people.contact(t, scope, id))

    async def leads(self, scope: Scope, *, stage: str | None, query: str, cursor: str | None, limit: int) -> Page:
        """The register."""
        return await self._read(lambda t: leads.leads(t, scope, stage=stage, asked=Asked(query, cursor, limit)))

    async def lead(self, scope: Scope, id: LeadId) -> Row:
        """The card of a lead."""
        return await self._read(lambda t: leads.lead(t, scope, id))

    async def calls(self, scope: Scope, *, query: str, cursor: str | None, limit: int) -> Page:
        """Calls, newest first."""
        return await self._read(lambda t: calls.calls(t, scope, asked=Asked(query, cursor, limit)))

    async def call(self, scope: Scope, id: CallId) -> Row:
        """The card of a call."""
        return await self._read(lambda t: calls.call(t, scope, id))

    async def offers(self, scope: Scope) -> Sequence[Row]:
        """What waits for the reader's answer."""
        return await self._read(lambda t: offers.offers(t, scope))

    async def decisions(self, scope: Scope, id: ConversationId) -> Sequence[Row]:
        """Why people were asked."""
        return await self._read(lambda t: offers.decisions(t, scope, id))

    async def _read(self, work: Callable[[Transaction], Awaitable[T]]) -> T:
        async def look(connection: Connection) -> T:
            return await work(Transaction(connection, NoIds()))

        return await self._database.look(look, slow=True)
