"""Adapters and a network by hand: `sent` is what was sent, `faults` come next, raws parse as the test says."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from typing import Any

from gateway.domain.channel import Channel as ChannelRecord
from gateway.domain.delivery import Letter, Receipt
from gateway.domain.errors import SendError
from gateway.domain.ids import ChannelId
from gateway.domain.inbound import InboundEvent, Raw
from gateway.ports.channel import Channel, CheckLine


class HandChannel:
    """A network that takes letters. The next of `faults` is raised instead; `deduplicates` as the test needs it.

    moved: threads that have another name by now; the network knows, and takes the letter there.
    """

    kind: Any = "telegram"

    def __init__(self, *, deduplicates: bool = False) -> None:
        self.deduplicates = deduplicates
        self.sent: list[Letter] = []
        self.faults: list[SendError] = []
        self.reads: Callable[[Raw], Sequence[InboundEvent]] = lambda _: ()
        self.files: dict[str, bytes] = {}
        self.moved: dict[str, str] = {}

    async def send(self, letter: Letter) -> Receipt:
        """Take it, or fail as queued."""
        if self.faults:
            raise self.faults.pop(0)
        self.sent.append(letter)
        return Receipt(external_id=f"sent-{len(self.sent)}", moved_to=self.moved.get(letter.dialogue_key))

    async def parse(self, raw: Raw) -> Sequence[InboundEvent]:
        """As the test says."""
        return self.reads(raw)

    async def fetch(self, reference: str) -> AsyncIterator[bytes]:
        """The bytes the test put under this reference."""
        yield self.files[reference]

    async def check(self) -> Sequence[CheckLine]:
        """Always well."""
        return [CheckLine("by hand", ok=True)]

    async def close(self) -> None:
        """Nothing to release."""


class HandAdapters:
    """services/adapters.Adapters over a plain dict."""

    def __init__(self) -> None:
        self.by_id: dict[ChannelId, HandChannel] = {}

    def get(self, id: ChannelId) -> Channel | None:
        """The one given, if any."""
        return self.by_id.get(id)

    def build(self, channel: ChannelRecord) -> Channel:
        """A fresh one."""
        return HandChannel()

    def kinds(self) -> Mapping[str, Mapping[str, Any]]:
        """None to configure."""
        return {}

    def validate(self, kind: str, settings: Mapping[str, Any]) -> Mapping[str, Any]:
        """Everything goes."""
        return settings
