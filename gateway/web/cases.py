"""Everything the web side may call, in one value that the composition root fills. Each Protocol is a use case as seen from here."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from gateway.domain.ids import ContactId, ConversationId, LeadId, MessageId, OfferId, OperatorId, RawId
from gateway.domain.message import Attachment
from gateway.domain.operator import Operator
from gateway.domain.rows import Row
from gateway.ports.channel import Inbox
from gateway.ports.core import Core
from gateway.ports.views import Views
from gateway.services.accounts import Accounts
from gateway.services.directory import Directory
from gateway.services.replies import Draft
from gateway.services.setup import Setup
from gateway.services.setup_channels import Adapters, ChannelSetup


class Replies(Protocol):
    """services/replies."""

    async def write(self, by: Operator, conversation_id: ConversationId, draft: Draft) -> Row: ...


class Desk(Protocol):
    """services/desk."""

    async def assign(self, by: Operator, id: ConversationId, to: OperatorId | None) -> Row: ...
    async def close(self, by: Operator, id: ConversationId, *, reason: str = "") -> Row: ...
    async def spam(self, by: Operator, id: ConversationId) -> Row: ...
    async def reopen(self, by: Operator, id: ConversationId) -> Row: ...
    async def snooze(self, by: Operator, id: ConversationId, until: datetime) -> Row: ...
    async def wake(self, by: Operator, id: ConversationId) -> Row: ...
    async def seen(self, by: Operator, id: ConversationId, seq: int) -> Row: ...
    async def attach(self, by: Operator, id: ConversationId, lead_id: LeadId | None) -> Row: ...


class Offers(Protocol):
    """routing/offers. A lost race raises Conflict, whose `taken_by` names who was faster."""

    async def accept(self, by: Operator, offer_id: OfferId, epoch: int) -> Row: ...
    async def decline(self, by: Operator, offer_id: OfferId, epoch: int) -> None: ...
    async def take(self, by: Operator, conversation_id: ConversationId) -> Row: ...


class Carrier(Protocol):
    """services/delivery: what an operator decides about a failed or uncertain delivery ("again" or "arrived")."""

    async def decide(self, by: Operator, message_id: MessageId, action: str) -> Row: ...


class Leads(Protocol):
    """services/leads."""

    async def change(self, by: Operator, lead_id: LeadId, changes: dict[str, Any], version: int) -> Row: ...


class Contacts(Protocol):
    """services/contacts."""

    async def change(self, by: Operator, contact_id: ContactId, changes: dict[str, Any]) -> Row: ...


class Presences(Protocol):
    """services/presence. gone: the operator's last socket in this process is lost."""

    async def set(self, by: Operator, state: str, reason: str = "") -> Row: ...
    async def alive(self, operator_id: OperatorId) -> Any: ...
    async def gone(self, operator_id: OperatorId) -> Any: ...


class Media(Protocol):
    """services/media. owner: `operator:<id>`."""

    async def upload(
        self, owner: str, name: str, content_type: str, chunks: AsyncIterator[bytes], limit: int
    ) -> Attachment: ...


class Quarantine(Protocol):
    """services/raws."""

    async def list(self) -> Sequence[Row]: ...
    async def replay(self, by: Operator, raw_id: RawId) -> Any: ...
    async def discard(self, by: Operator, raw_id: RawId) -> Any: ...
    async def raw(self, raw_id: RawId) -> bytes: ...


class Sanitiser(Protocol):
    """HTML of a mail → harmless HTML. images: leave remote images in; cid: content id → address of the inline image."""

    def __call__(self, html: str, *, images: bool, cid: dict[str, str]) -> str: ...


@dataclass(frozen=True, slots=True)
class Cases:
    """All of them. checks: further conditions of readiness by name (migrations, bus); each raises when it is not met."""

    core: Core
    directory: Directory
    views: Views
    accounts: Accounts
    setup: Setup
    channels: ChannelSetup
    adapters: Adapters
    inbox: Inbox
    replies: Replies
    desk: Desk
    offers: Offers
    carrier: Carrier
    leads: Leads
    contacts: Contacts
    presences: Presences
    media: Media
    quarantine: Quarantine
    sanitise: Sanitiser
    checks: Mapping[str, Callable[[], Awaitable[None]]] = field(default_factory=dict)


