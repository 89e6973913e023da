"""What screens read: rows shaped for the console's lists and cards, never used to decide anything.

Every method takes the Scope of the reader, and every method applies it: the same scope builds list, count, search, export
and socket (docs/adr/0014). Times in rows are aware datetimes; JSON shapes are in docs/reference/console-protocol.md.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from gateway.domain.ids import CallId, ContactId, ConversationId, LeadId, LineId, OperatorId

Row = Mapping[str, Any]
Tab = Literal["mine", "waiting", "all", "closed"]


@dataclass(frozen=True, slots=True)
class Scope:
    """Who reads. lines None = all lines. An operator also sees what is held by or offered to them on any line."""

    operator_id: OperatorId
    lines: frozenset[LineId] | None


@dataclass(frozen=True, slots=True)
class Page:
    """A page by key: `items` and the cursor of the next one (None = the end)."""

    items: Sequence[Row]
    next_cursor: str | None


class Views(Protocol):
    """Read models. Unknown or invisible things raise NotFound: a reader cannot tell the two apart."""

    async def inbox(
        self, scope: Scope, *, tab: Tab, line_id: LineId | None, query: str, cursor: str | None, limit: int
    ) -> Page: ...
    async def counts(self, scope: Scope) -> Row: ...
    async def conversation(self, scope: Scope, id: ConversationId) -> Row: ...
    async def thread(self, scope: Scope, id: ConversationId, *, before: int | None, after: int | None, limit: int) -> Page: ...
    async def leads(self, scope: Scope, *, stage: str | None, query: str, cursor: str | None, limit: int) -> Page: ...
    async def lead(self, scope: Scope, id: LeadId) -> Row: ...
    async def contact(self, scope: Scope, id: ContactId) -> Row:
        """With identities and conversations, newest first. In scope = one of those, or a lead of the scope's lines."""
        ...

    async def calls(self, scope: Scope, *, query: str, cursor: str | None, limit: int) -> Page: ...
    async def call(self, scope: Scope, id: CallId) -> Row: ...
    async def offers(self, scope: Scope) -> Sequence[Row]: ...
    async def decisions(self, scope: Scope, id: ConversationId) -> Sequence[Row]: ...
