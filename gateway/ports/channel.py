"""What a channel kind or a PBX kind must and may be able to do. Adapters live in gateway/channels and gateway/telephony.

Required: `kind` and `send`. The rest are capabilities that the core asks for with isinstance; it never asks "is this
Telegram?". An adapter is built for one Channel by its kind's factory from the table of kinds, gets its collaborators as
constructor arguments, holds no state the database does not know, and imports neither services nor routing.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

from gateway.domain.channel import ChannelKind
from gateway.domain.delivery import Letter, Receipt
from gateway.domain.ids import ChannelId
from gateway.domain.inbound import Accepted, InboundEvent, Raw


class Inbox(Protocol):
    """The one way in. Implemented by services/intake."""

    async def keep(self, raw: Raw) -> Accepted:
        """Store untouched input. Returns only after commit; a repeat of (channel_id, external_id) is harmless.

        Raises StoreUnavailable: then nothing is stored and nothing may be confirmed to the outside.
        """
        ...

    async def accept(self, event: InboundEvent) -> Accepted:
        """Store an event and everything that follows from it. Returns only after commit; a repeat is harmless.

        Raises Rejected (with the reason for the sender) or StoreUnavailable.
        """
        ...

    async def cursor(self, channel_id: ChannelId, name: str) -> str | None:
        """The adapter's own bookmark, e.g. `uid:INBOX` → "17:4021"."""
        ...

    async def set_cursor(self, channel_id: ChannelId, name: str, value: str) -> None:
        """Move the bookmark. Call it only after `keep` returned for everything before it."""
        ...

    async def report(self, channel_id: ChannelId, *, problem: str | None, paused: bool = False) -> None:
        """Tell the channel's health: problem None = it works. Cheap to call often; only changes are stored."""
        ...


@dataclass(frozen=True, slots=True)
class CheckLine:
    """One line of "test connection": what was tried, whether it worked, how long it took, and how to mend it."""

    what: str
    ok: bool
    detail: str = ""
    remedy: str = ""
    millis: int | None = None


@dataclass(frozen=True, slots=True)
class HookRequest:
    """An HTTP request to a hook, as it came. headers: lower-case names. query: last value wins. remote: client address."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes
    remote: str


class Channel(Protocol):
    """What every channel kind can do."""

    kind: ChannelKind
    deduplicates: bool
    """True if the network drops a repeated send with the same Letter.key (mail, by Message-ID; our own web chat)."""

    async def send(self, letter: Letter) -> Receipt:
        """Hand one message to the network, once; no retry inside; raises only SendError. Time limit ≤ 60 s inside."""
        ...

    async def check(self) -> Sequence[CheckLine]:
        """ "Test connection": try each step and name the remedy of the first that fails. Never raises."""
        ...

    async def close(self) -> None:
        """Release connections and threads, within a second."""
        ...


@runtime_checkable
class Listener(Protocol):
    """Fetches by itself (IMAP, long polling)."""

    async def listen(self, inbox: Inbox) -> None:
        """Run until cancelled (clean up within a second, re-raise). Keep → commit → only then confirm to the network.

        Passing faults are reported by inbox.report and retried inside with jittered back-off; raises ChannelPaused when
        only a person can help.
        """
        ...


@runtime_checkable
class RawParser(Protocol):
    """Understands what its Listener or hook kept."""

    async def parse(self, raw: Raw) -> Sequence[InboundEvent]:
        """Pure as to the outside: same bytes, same events; none = nothing of interest. Raises Unreadable (quarantine)."""
        ...


@runtime_checkable
class HookParser(Protocol):
    """Is called by HTTP."""

    def verify(self, request: HookRequest) -> Raw | None:
        """Check signature or secret path in constant time and name the input: raises Unauthenticated if forged.

        None: a well-formed request that asks for nothing (a ping). The body is not interpreted beyond what naming needs.
        """
        ...

    def answer(self) -> tuple[int, Mapping[str, Any]]:
        """Status and JSON body sent after the commit."""
        ...


@runtime_checkable
class MediaSource(Protocol):
    """Fetches the bytes of a referenced file."""

    def fetch(self, reference: str) -> AsyncIterator[bytes]:
        """Stream it. Raises TooLarge, SendError-free Unreadable when it is gone, OSError/TimeoutError when passing."""
        ...


@runtime_checkable
class Typist(Protocol):
    """Can show that somebody writes."""

    async def typing(self, dialogue_key: str, *, on: bool) -> None:
        """Best effort; never raises."""
        ...
