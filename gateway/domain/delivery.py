"""A Delivery: the carrying of one outbound Message.

    due → sending → sent → delivered → read
             │  └──► due (again, later)
             ├─────► failed      (surely did not arrive; the operator may send again)
             └─────► uncertain   (it may have arrived; the operator decides: it arrived, or send again)

See docs/adr/0005-uncertain-deliveries.md.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Literal

from gateway.domain.errors import IllegalMove, SendFacts
from gateway.domain.ids import ChannelId, DeliveryId, DialogueId, MessageId
from gateway.domain.message import Attachment, OutboundMessage
from gateway.domain.sentence import said

DeliveryState = Literal["due", "sending", "sent", "delivered", "read", "failed", "uncertain"]
FORWARD: dict[DeliveryState, int] = {"sent": 1, "delivered": 2, "read": 3}
GIVE_UP = timedelta(days=5)  # RFC 5321 section 4.5.4.1: at least 4–5 days
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=5), timedelta(seconds=4000)


@dataclass(frozen=True, slots=True)
class Delivery:
    """attempts counts sends begun; next_at is when a worker may take it; lease_until fences a worker that froze.

    error: in English; said: the same for screens, domain/sentence.
    """

    id: DeliveryId
    message_id: MessageId
    dialogue_id: DialogueId
    channel_id: ChannelId
    state: DeliveryState
    created_at: datetime
    next_at: datetime
    attempts: int = 0
    lease_until: datetime | None = None
    fence: int = 0
    external_id: str | None = None
    error: str = ""
    error_code: str = ""
    updated_at: datetime | None = None
    said: Mapping[str, Any] | None = None

    def sent(self, *, external_id: str | None, now: datetime) -> Delivery:
        """The network took it."""
        return replace(
            self, state="sent", external_id=external_id, error="", error_code="", said=None, lease_until=None, updated_at=now
        )

    def reported(self, state: DeliveryState, *, now: datetime, text: str = "") -> Delivery:
        """The network reports later. States only move forward; a bounce after `sent` makes it failed."""
        if state == "failed":
            return replace(self, state="failed", error=text, error_code="bounced", said=None, updated_at=now)
        if FORWARD.get(state, 0) <= FORWARD.get(self.state, 0):
            return self
        return replace(self, state=state, error="", error_code="", said=None, updated_at=now)

    def missed(self, facts: SendFacts, *, code: str, now: datetime, repeatable: bool) -> Delivery:
        """A send failed. repeatable: the network deduplicates by our key, so an unsure send may simply be repeated."""
        base = replace(self, error=str(facts.text), error_code=code, said=said(facts.text), lease_until=None, updated_at=now)
        sure = facts.certain or repeatable
        if not sure:
            return replace(base, state="uncertain")
        if (facts.retry or not facts.certain) and now - self.created_at < GIVE_UP:
            return replace(base, state="due", next_at=now + self._wait(facts))
        return replace(base, state="failed")

    def again(self, *, now: datetime) -> Delivery:
        """The operator decides to send once more."""
        if self.state not in ("failed", "uncertain"):
            raise IllegalMove(f"A message that is {self.state} cannot be sent again.")
        return replace(
            self, state="due", next_at=now, attempts=0, created_at=now, error="", error_code="", said=None, updated_at=now
        )

    def arrived(self, *, now: datetime) -> Delivery:
        """The operator knows that an uncertain message arrived."""
        if self.state != "uncertain":
            raise IllegalMove(f"A message that is {self.state} is not in doubt.")
        return replace(self, state="sent", error="", error_code="", said=None, updated_at=now)

    def _wait(self, facts: SendFacts) -> timedelta:
        if facts.retry_after is not None:
            return timedelta(seconds=facts.retry_after)
        doubled: timedelta = FIRST_WAIT * (1 << min(max(0, self.attempts - 1), 16))
        return min(doubled, LONGEST_WAIT)


@dataclass(frozen=True, slots=True)
class Quotation:
    """What a message answers: said at that instant by the sender under the name they gave themselves, not the one we gave them.

    zone: of the line, for showing the time.
    """

    at: datetime
    text: str
    name: str = ""
    address: str = ""
    zone: str = "UTC"


@dataclass(frozen=True, slots=True)
class Letter:
    """All an adapter needs to send one message, read from the database in one go (never from what a visitor wrote).

    dialogue_key: the thread in the channel's own terms; recipients: addresses of the contact in this channel (kind-
    specific, e.g. mail addresses); references: external ids of earlier messages, oldest first; key: stays the same over
    all repeats. sender_name: what the contact may see of the operator or line. locale: the contact's, else the line's.
    quotation: what is answered, in kinds whose answers carry it (Traits.quotes), the first time it is answered.
    """

    message: OutboundMessage
    key: str
    dialogue_key: str
    recipients: Sequence[str]
    subject: str | None = None
    reply_to_external_id: str | None = None
    references: Sequence[str] = ()
    files: Sequence[Attachment] = ()
    sender_name: str = ""
    locale: str | None = None
    quotation: Quotation | None = None


@dataclass(frozen=True, slots=True)
class Receipt:
    """The network's name for what was sent (mail: Message-ID, Telegram: chat:message_id).

    moved_to: the thread has another name than the letter said, and the letter arrived there.
    """

    external_id: str | None = None
    state: Literal["sent", "delivered"] = "sent"
    moved_to: str | None = None
