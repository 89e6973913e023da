"""Views over a real store, one by one and slowly: what events name is remembered and read through services/access."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from gateway.domain import rows
from gateway.domain.errors import NotFound
from gateway.domain.event import Event
from gateway.domain.ids import CallId, ContactId, ConversationId, LeadId, LineId
from gateway.ports.store import Store, UnitOfWork
from gateway.ports.views import Page, Row, Scope, Tab
from gateway.services.access import visible


class SlowViews:
    """Good for small houses only."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._conversations: dict[ConversationId, None] = {}
        self._leads: dict[LeadId, None] = {}
        self._messages: dict[str, list[Row]] = {}
        store.on_commit(self._remember)

    def _remember(self, events: Sequence[Event]) -> None:
        for event in events:
            if event.conversation_id:
                self._conversations[event.conversation_id] = None
            if event.type.startswith("message.") and "message" in event.data:
                self._messages.setdefault(str(event.dialogue_id), []).append(event.data["message"])
            if event.lead_id:
                self._leads[event.lead_id] = None

    async def inbox(
        self, scope: Scope, *, tab: Tab, line_id: LineId | None, query: str, cursor: str | None, limit: int
    ) -> Page:
        found = [await self._try(self.conversation, scope, id) for id in self._conversations]
        return Page([row for row in found if row][:limit], None)

    async def counts(self, scope: Scope) -> Row:
        page = await self.inbox(scope, tab="all", line_id=None, query="", cursor=None, limit=200)
        load = {"used": 0, "limit": 4}
        none = dict.fromkeys(("mine", "mine_unread", "waiting", "offers", "quarantine"), 0)
        return none | {"all": len(page.items), "load": load}

    async def conversation(self, scope: Scope, id: ConversationId) -> Row:
        async def work(uow: UnitOfWork) -> Row:
            found = await visible(uow, scope=scope, id=id)
            contact = await uow.contacts.get(found.contact_id)
            return rows.conversation_row(found, contact_name=contact.name)

        return await self._store.read(work)

    async def thread(self, scope: Scope, id: ConversationId, *, before: int | None, after: int | None, limit: int) -> Page:
        async def work(uow: UnitOfWork) -> Page:
            found = await visible(uow, scope=scope, id=id)
            return Page(self._messages.get(found.dialogue_id, [])[:limit], None)

        return await self._store.read(work)

    async def leads(self, scope: Scope, *, stage: str | None, query: str, cursor: str | None, limit: int) -> Page:
        found = [await self._try(self.lead, scope, id) for id in self._leads]
        return Page([row for row in found if row], None)

    async def lead(self, scope: Scope, id: LeadId) -> Row:
        async def work(uow: UnitOfWork) -> Row:
            lead = await uow.leads.get(id)
            contact = await uow.contacts.get(lead.contact_id)
            if scope.lines is not None and lead.line_id not in scope.lines:
                raise NotFound
            around: dict[str, Any] = {"conversations": [], "calls": [], "timeline": []}
            return rows.lead_row(lead, contact_name=contact.name) | around | {"contact": rows.contact_row(contact)}

        return await self._store.read(work)

    async def contact(self, scope: Scope, id: ContactId) -> Row:
        mine = [row for row in (await self._everything(scope)) if row["contact_id"] == id]
        if not mine:
            raise NotFound

        async def work(uow: UnitOfWork) -> Row:
            row = rows.contact_row(await uow.contacts.get(id), identities=await uow.contacts.identities(id))
            return row | {"conversations": mine}

        return await self._store.read(work)

    async def calls(self, scope: Scope, *, query: str, cursor: str | None, limit: int) -> Page:
        return Page([], None)

    async def call(self, scope: Scope, id: CallId) -> Row:
        call = await self._store.read(lambda uow: uow.calls.get(id))
        if scope.lines is not None and call.line_id not in scope.lines:
            raise NotFound
        return rows.call_row(call)

    async def offers(self, scope: Scope) -> Sequence[Row]:
        return []

    async def decisions(self, scope: Scope, id: ConversationId) -> Sequence[Row]:
        await self.conversation(scope, id)
        return []

    async def _everything(self, scope: Scope) -> Sequence[Row]:
        return (await self.inbox(scope, tab="all", line_id=None, query="", cursor=None, limit=10_000)).items

    async def _try(self, read: Any, scope: Scope, id: Any) -> Row | None:
        try:
            found: Row = await read(scope, id)
        except NotFound:
            return None
        return found
