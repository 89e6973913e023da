"""A Dialogue: the permanent thread between one Identity and one Channel (and one mail thread). Owns all its Messages.

The dialogue is the lock of everything inside it: whoever changes its messages or conversations holds its row first
(docs/adr/0004-claims.md), so order inside one dialogue is a fact and different dialogues never wait for each other.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from gateway.domain.ids import ChannelId, ContactId, DialogueId

FORM_KEY = "form:"  # how the key of a dialogue begins that came through a form of a site
MOVED_TO = "moved_to"


@dataclass(frozen=True, slots=True)
class Dialogue:
    """last_seq numbers messages; contact_seen/operator_seen are read marks (seq). recipients: addresses answers go to."""

    id: DialogueId
    channel_id: ChannelId
    key: str
    contact_id: ContactId
    created_at: datetime
    subject: str | None = None
    recipients: tuple[str, ...] = ()
    last_seq: int = 0
    contact_seen: int = 0
    operator_seen: int = 0
    data: Mapping[str, Any] = field(default_factory=dict)

    @property
    def one_way(self) -> bool:
        """Written through a form: nobody reads an answer here, the way back is mail or phone."""
        return self.key.startswith(FORM_KEY)

    @property
    def moved_to(self) -> str | None:
        """The key under which this thread goes on, in another dialogue; None as long as it goes on here."""
        return self.data.get(MOVED_TO)

    @property
    def address(self) -> str:
        """What the network calls this thread now."""
        return self.moved_to or self.key
