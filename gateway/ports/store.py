"""The store as the use cases see it: one transaction, one repository per noun.

A use case is a function of a UnitOfWork and runs whole inside `Store.run`: it never awaits the network, and it may be run
again from the start when another process was faster, so it must not change anything outside the UnitOfWork. Writes may be
held back by the store until the next read that could see them or until commit, and are then done in bulk.
Locks: `dialogues.places`, `dialogues.lock` and `Repository.lock` hold rows until the end of the transaction. Take the
dialogue first, then the rest (docs/adr/0004-claims.md). On SQLite there is one writer and locks cost nothing.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol, TypeVar

from gateway.domain.call import Call, Recording
from gateway.domain.channel import Channel
from gateway.domain.contact import Contact, Identity
from gateway.domain.conversation import Conversation
from gateway.domain.delivery import Delivery, Letter
from gateway.domain.dialogue import Dialogue
from gateway.domain.event import Event
from gateway.domain.ids import (
    AttachmentId,
    CallId,
    ChannelId,
    ContactId,
    ConversationId,
    DeliveryId,
    DialogueId,
    LeadId,
    LineId,
    MessageId,
    OfferId,
    OperatorId,
    RawId,
)
from gateway.domain.inbound import Claim, Raw
from gateway.domain.lead import Lead
from gateway.domain.line import Line
from gateway.domain.message import AnyMessage, Attachment, InboundMessage, OutboundMessage
from gateway.domain.offer import Offer, QueueEntry
from gateway.domain.operator import Operator, Presence
from gateway.ports.records import Canned, Circle, Counter, Errand, KeptRaw, Known, Place, PlaceKey, RawState, Session

T = TypeVar("T")


class Channels(Protocol):
    """Channels and what adapters keep beside them."""

    async def get(self, id: ChannelId) -> Channel: ...
    async def all(self) -> Sequence[Channel]: ...
    async def add(self, channel: Channel) -> None: ...
    async def save(self, channel: Channel) -> None: ...
    async def heard(self, id: ChannelId, *, at: datetime) -> None: ...
    async def remove(self, id: ChannelId) -> None: ...
    async def cursor(self, id: ChannelId, name: str) -> str | None: ...
    async def set_cursor(self, id: ChannelId, name: str, value: str) -> None: ...


class Lines(Protocol):
    """Lines, with their members in order."""

    async def get(self, id: LineId) -> Line: ...
    async def all(self) -> Sequence[Line]: ...
    async def add(self, line: Line) -> None: ...
    async def save(self, line: Line) -> None: ...
    async def remove(self, id: LineId) -> None: ...


class Operators(Protocol):
    """Operators, their presence and their sessions."""

    async def get(self, id: OperatorId) -> Operator: ...
    async def by_email(self, email: str) -> Operator | None: ...
    async def all(self) -> Sequence[Operator]: ...
    async def add(self, operator: Operator) -> None: ...
    async def save(self, operator: Operator) -> None: ...
    async def presence(self, id: OperatorId) -> Presence | None: ...
    async def hold_presence(self, id: OperatorId) -> Presence | None:
        """Locked, for changing it: what is saved then undoes nobody else's change. Take it after the dialogue, if both."""
        ...

    async def presences(self) -> Mapping[OperatorId, Presence]: ...
    async def save_presence(self, presence: Presence) -> None: ...
    async def session(self, token_hash: str) -> Session | None: ...
    async def save_session(self, session: Session) -> None:
        """Insert or replace."""
        ...

    async def end_session(self, token_hash: str) -> Session | None:
        """Delete and return it; None if there was none (so that a one-time link works once)."""
        ...

    async def end_sessions_of(self, id: OperatorId) -> None: ...
    async def end_sessions_before(self, moment: datetime) -> int: ...


class Contacts(Protocol):
    """Contacts and their identities."""

    async def get(self, id: ContactId) -> Contact: ...
    async def add(self, contact: Contact) -> None: ...
    async def save(self, contact: Contact) -> None: ...
    async def find(self, claims: Sequence[Claim]) -> Mapping[Claim, tuple[Contact, Identity]]:
        """Who is known by these; verified identities win over unverified, merged contacts are followed."""
        ...

    async def circle(self, id: ContactId) -> Circle:
        """Who has to do with them."""
        ...

    async def identities(self, id: ContactId) -> Sequence[Identity]: ...
    async def add_identity(self, identity: Identity) -> None:
        """The same (contact, kind, value) again is harmless; verified=True upgrades."""
        ...


class Leads(Protocol):
    """Leads."""

    async def get(self, id: LeadId) -> Lead: ...
    async def open_of(self, contact_id: ContactId) -> Lead | None:
        """The newest open lead of this contact."""
        ...

    async def add(self, lead: Lead) -> None: ...
    async def save(self, lead: Lead, *, expected_version: int | None = None) -> None:
        """Raises Conflict if the stored version is another (expected_version given); version grows by one."""
        ...


class Dialogues(Protocol):
    """Dialogues; holding one is holding everything inside it."""

    async def places(self, keys: Sequence[PlaceKey]) -> Mapping[PlaceKey, Place]:
        """The known ones among these, locked. One read for all of them."""
        ...

    async def find(self, key: PlaceKey) -> Place | None:
        """The same for one key without holding anything, for readers."""
        ...

    async def lock(self, id: DialogueId) -> Place: ...
    async def hold(self, ids: Collection[DialogueId]) -> None:
        """Lock all of these in the order of their ids, for who will go to them in another order."""
        ...

    async def add(self, dialogue: Dialogue) -> None:
        """Raises Conflict (and the use case is run again) if another process made it meanwhile."""
        ...

    async def save(self, dialogue: Dialogue, *, was: Dialogue | None = None) -> None:
        """Everything but its id, channel and contact may have changed, its key too (a visitor was identified).

        was: how this transaction has read or written it before, so that only what differs need be written.
        """
        ...


class Conversations(Protocol):
    """Conversations. Change one only while its dialogue is held."""

    async def get(self, id: ConversationId) -> Conversation: ...
    async def lock(self, id: ConversationId) -> tuple[Conversation, Place]:
        """Hold its dialogue and read both. Place.conversation is the newest one, which may be another."""
        ...

    async def add(self, conversation: Conversation) -> None: ...
    async def save(self, conversation: Conversation, *, was: Conversation | None = None) -> None:
        """was: how this transaction has read or written it before, so that only what differs need be written."""
        ...

    async def held_by(self, operator_ids: Sequence[OperatorId]) -> Sequence[Conversation]:
        """Everything not ended that these operators hold: capacity is counted from these rows."""
        ...

    async def running_of(self, owner: LineId | ChannelId) -> int:
        """How many that have not ended belong to this line, or came by this channel."""
        ...

    async def last_of_contact(self, contact_id: ContactId, line_id: LineId) -> Conversation | None: ...
    async def open_callback(self, contact_id: ContactId, line_id: LineId) -> Conversation | None: ...
    async def next_number(self, counter: Counter) -> int: ...


class Messages(Protocol):
    """Messages and attachments. `seq` is given by the use case from Dialogue.last_seq + 1."""

    async def known(self, channel_id: ChannelId, external_ids: Sequence[str]) -> Mapping[str, Known]: ...
    async def known_client(self, dialogue_id: DialogueId, client_id: str) -> Known | None: ...
    async def get(self, id: MessageId) -> AnyMessage: ...
    async def said(self, dialogue_id: DialogueId, *, after: int, limit: int) -> Sequence[InboundMessage | OutboundMessage]:
        """What the two sides said to each other after a number, in order. Notes, system lines and calls are never among it."""
        ...

    async def add(self, message: AnyMessage) -> None: ...
    async def save(self, message: AnyMessage) -> None: ...
    async def attachments(self, message_ids: Sequence[MessageId]) -> Mapping[MessageId, Sequence[Attachment]]: ...
    async def attachment(self, id: AttachmentId) -> Attachment: ...
    async def take_attachment(self, id: AttachmentId, message_id: MessageId) -> Attachment:
        """An upload belongs to this message from now on. Raises NotFound if it is gone, or belongs to another."""
        ...

    async def drop_unsent(self, id: AttachmentId) -> bool:
        """Remove an upload that belongs to no message; False if it belongs to one by now."""
        ...

    async def unsent(self, owner: str) -> tuple[int, int]:
        """How many uploads of this owner belong to no message yet, and their bytes."""
        ...

    async def add_attachment(self, attachment: Attachment) -> None: ...
    async def save_attachment(self, attachment: Attachment) -> None: ...


class Deliveries(Protocol):
    """Deliveries; order per dialogue is a property of the claim."""

    async def get(self, id: DeliveryId) -> Delivery: ...
    async def of_message(self, id: MessageId) -> Delivery | None: ...
    async def by_external(self, channel_id: ChannelId, external_id: str) -> Delivery | None: ...
    async def add(self, delivery: Delivery) -> None: ...
    async def save(self, delivery: Delivery) -> None:
        """Raises Conflict if the stored fence is newer than delivery.fence."""
        ...

    async def claim(
        self, *, now: datetime, lease_until: datetime, limit: int, without: Sequence[ChannelId] = ()
    ) -> Sequence[Delivery]:
        """Take due ones as `sending`: only the oldest unfinished of each dialogue, fence and attempts grown by one.

        "Unfinished" is due or sending; `failed` and `uncertain` do not hold up what follows. without: channels to leave alone.
        """
        ...

    async def stale(self, *, now: datetime, limit: int) -> Sequence[Delivery]:
        """`sending` whose lease has run out: a worker died between send and record. Locked."""
        ...

    async def wake(self, channels: Sequence[ChannelId], *, error_code: str, now: datetime) -> None:
        """What waits in these channels because of this error is due now."""
        ...

    async def letter(self, delivery: Delivery) -> Letter: ...
    async def next_due(self, *, without: Sequence[ChannelId] = ()) -> datetime | None: ...


class Queue(Protocol):
    """QueueEntries, offers and assignments."""

    async def put(self, entry: QueueEntry) -> None:
        """Insert or replace the entry of this conversation."""
        ...

    async def entry(self, conversation_id: ConversationId) -> QueueEntry | None: ...
    async def remove(self, conversation_id: ConversationId) -> None: ...
    async def waiting(self, limit: int, *, lines: Sequence[LineId], skip: int = 0) -> Sequence[tuple[QueueEntry, Conversation]]:
        """Queued (not offered) ones of these lines in queue order: priority desc, due, original enqueue time, id."""
        ...

    async def hold_router(self) -> None:
        """One router at a time decides, over all processes, until the end of the transaction."""
        ...

    async def add_offer(self, offer: Offer) -> None: ...
    async def offer(self, id: OfferId) -> Offer: ...
    async def save_offer(self, offer: Offer) -> None: ...
    async def pending_of(self, conversation_id: ConversationId) -> Sequence[Offer]: ...
    async def pending(self) -> Sequence[Offer]: ...
    async def assign(self, conversation_id: ConversationId, operator_id: OperatorId | None, *, at: datetime) -> None:
        """End the running Assignment, if any, and begin one (None = only end)."""
        ...


class Calls(Protocol):
    """Calls, legs inside them, recordings."""

    async def by_key(self, channel_id: ChannelId, key: str) -> Call | None:
        """Locked."""
        ...

    async def get(self, id: CallId) -> Call: ...
    async def add(self, call: Call) -> None: ...
    async def save(self, call: Call) -> None: ...
    async def recording(self, id: str) -> Recording: ...
    async def recordings(self, call_id: CallId) -> Sequence[Recording]: ...
    async def save_recording(self, recording: Recording) -> None:
        """Insert or replace; (call_id, key) is unique."""
        ...


class Outbox(Protocol):
    """Promised work and timers."""

    async def put(
        self, kind: str, key: str, *, due_at: datetime, lane: str = "", payload: Mapping[str, Any] | None = None
    ) -> None:
        """Insert, or move the unfinished one of this (kind, key) to the new time and payload."""
        ...

    async def cancel(self, kind: str, key: str) -> None: ...
    async def postpone(self, kind: str, key: str, *, due_at: datetime) -> None:
        """Move the unfinished one of this (kind, key) to another time; harmless if there is none."""
        ...

    async def claim(self, *, now: datetime, lease_until: datetime, limit: int, without: Sequence[str] = ()) -> Sequence[Errand]:
        """Due ones whose lane is free, in due order. without: kinds to leave alone."""
        ...

    async def renew(self, errand: Errand, *, lease_until: datetime) -> None:
        """It is still being worked on; harmless if another has taken it over meanwhile."""
        ...

    async def done(self, errand: Errand) -> None:
        """Remove it, unless it was put again meanwhile (fence): then it stays."""
        ...

    async def later(self, errand: Errand, *, due_at: datetime, error: str, tried: bool = True) -> None:
        """Again at another time. tried=False: what it needs was away, so this run does not count among its attempts."""
        ...

    async def next_due(self, *, without: Sequence[str] = ()) -> datetime | None: ...


class Raws(Protocol):
    """Untouched input."""

    async def add(self, raw: Raw, *, id: RawId) -> bool:
        """False if (channel_id, external_id) is known."""
        ...

    async def get(self, id: RawId) -> KeptRaw: ...
    async def mark(self, id: RawId, *, state: RawState, error: str = "", error_code: str = "", attempts: int = 0) -> None: ...
    async def quarantined(self, limit: int) -> Sequence[KeptRaw]: ...


class CannedReplies(Protocol):
    """Canned replies."""

    async def all(self) -> Sequence[Canned]: ...
    async def save(self, canned: Canned) -> None: ...
    async def remove(self, id: str) -> None: ...


class UnitOfWork(Protocol):
    """One transaction. Leaving the use case by an exception rolls everything back, events included."""

    channels: Channels
    lines: Lines
    operators: Operators
    contacts: Contacts
    leads: Leads
    dialogues: Dialogues
    conversations: Conversations
    messages: Messages
    deliveries: Deliveries
    queue: Queue
    calls: Calls
    outbox: Outbox
    raws: Raws
    canned: CannedReplies

    def emit(self, event: Event) -> None:
        """Stored with the data at commit, numbered there without gaps, then heard by Store.on_commit."""
        ...


class Store(Protocol):
    """Transactions. Unknown ids raise NotFound everywhere."""

    async def run(self, work: Callable[[UnitOfWork], Awaitable[T]]) -> T:
        """Run a use case in one transaction; return only after the commit is durable.

        Raises what the use case raises (rolled back); Conflict of two processes is tried again up to 5 times;
        StoreUnavailable when the database cannot answer (nothing was promised).
        """
        ...

    async def read(self, work: Callable[[UnitOfWork], Awaitable[T]]) -> T:
        """Run read-only work on another connection, at a consistent snapshot."""
        ...

    def on_commit(self, listener: Callable[[Sequence[Event]], None]) -> None:
        """Called in the loop after each commit with its numbered events, in the order of their numbers."""
        ...

    async def events(self, *, after: int, limit: int) -> Sequence[Event]:
        """Committed events after a number, in order."""
        ...

    async def head(self) -> int:
        """The number of the newest event."""
        ...
