"""GenericPbx: any telephone system that can post our webhook, behind the channel ports. Talks to the ports only.

Format: docs/howto/connect-a-pbx.md. What becomes of the facts: domain/call_fold.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import structlog

from gateway.domain.channel import ChannelKind
from gateway.domain.delivery import Letter, Receipt
from gateway.domain.errors import Rejected, TooLarge, Unreadable, send_refused
from gateway.domain.ids import ChannelId
from gateway.domain.inbound import CallReported, InboundEvent, Raw
from gateway.domain.sentence import sentence
from gateway.ports.channel import CheckLine, HookRequest
from gateway.ports.clock import Clock
from gateway.telephony.generic.events import PING, Dialect, event_name, identity, read_facts, read_fields, text_of
from gateway.telephony.generic.settings import PbxSettings
from gateway.telephony.generic.signature import authenticate
from gateway.telephony.recordings import RecordingDownload

LARGEST_BODY = 256 * 1024
log = structlog.get_logger()


class GenericPbx:
    """Channel, HookParser, RawParser and MediaSource of gateway/ports/channel.py."""

    kind: ChannelKind = "pbx"
    deduplicates = False

    def __init__(
        self,
        channel_id: ChannelId,
        settings: PbxSettings,
        *,
        clock: Clock,
        hook_url: str = "",
        last_event_at: datetime | None = None,
    ) -> None:
        self._channel_id, self._settings, self._clock = channel_id, settings, clock
        self._dialect = Dialect(ZoneInfo(settings.zone), settings.international)
        self._hook_url, self._last_event_at = hook_url, last_event_at
        self.download = RecordingDownload(settings.door, largest=settings.recording_limit_mb * 1024 * 1024)

    def verify(self, request: HookRequest) -> Raw | None:
        """Authenticates, then names. A body that cannot be read is kept under its hash, for the quarantine."""
        if len(request.body) > LARGEST_BODY:
            raise TooLarge(f"An event may have {LARGEST_BODY // 1024} KB.")
        authenticate(request, self._settings, now=self._clock.now())
        if request.method != "POST":
            raise Rejected("Events are posted.")
        content_type = request.headers.get("content-type", "application/json")
        try:
            fields = read_fields(request.body, content_type)
        except Unreadable:
            fields = {"event": "unreadable", "call_id": "unreadable", "leg_id": repr(request.body)}
        if event_name(fields) == PING:
            return None
        signed_id = request.headers.get("webhook-id") if self._settings.signature == "hmac" else None
        return Raw(
            channel_id=self._channel_id,
            external_id=text_of(fields, "event_id") or signed_id or identity(fields),
            lane=text_of(fields, "call_id") or "unnamed",
            body=request.body,
            received_at=self._clock.now(),
            headers={"content-type": content_type},
        )

    def answer(self) -> tuple[int, Mapping[str, Any]]:
        """Stored; nothing more to say."""
        return 200, {"ok": True}

    async def parse(self, raw: Raw) -> Sequence[InboundEvent]:
        """One event, one fact (or one per leg)."""
        fields = read_fields(raw.body, raw.headers.get("content-type", "application/json"))
        facts = read_facts(raw, fields, dialect=self._dialect)
        if not facts:
            log.info("pbx.event.ignored", channel_id=self._channel_id, event_name=event_name(fields)[:40])
        return [CallReported(self._channel_id, fact) for fact in facts]

    def fetch(self, reference: str) -> AsyncIterator[bytes]:
        """reference: a recording's address, as a fact stated it."""
        return self.download.fetch(reference)

    async def send(self, letter: Letter) -> Receipt:  # noqa: ARG002
        """There is nothing to carry text with."""
        raise send_refused(sentence("send.calls_carry_no_text", "Calls cannot carry text."), code="not_supported")

    async def check(self) -> Sequence[CheckLine]:
        """What can be known without a call."""
        return [self._secret_line(), self._events_line(), self._recordings_line()]

    async def close(self) -> None:
        """Nothing stays open."""

    def _secret_line(self) -> CheckLine:
        if self._settings.signature == "hmac":
            return CheckLine("secret", ok=True, detail=sentence("pbx.signed", "Events must be signed."))
        remedy = sentence("pbx.prefer_signing", "Prefer signature: hmac if the PBX can sign; an address is easily copied.")
        return CheckLine(
            "secret", ok=True, detail=sentence("pbx.secret_address", "The address itself is the secret."), remedy=remedy
        )

    def _events_line(self) -> CheckLine:
        if self._last_event_at:
            return CheckLine(
                "events", ok=True, detail=sentence("pbx.last_event", "Last event at {at}.", at=self._last_event_at.isoformat())
            )
        remedy = sentence("pbx.make_a_call", "Make a test call, or post the sample event to {url}.", url=self._hook_url or "…")
        return CheckLine("events", ok=True, detail=sentence("pbx.no_event", "Waiting for your first event."), remedy=remedy)

    def _recordings_line(self) -> CheckLine:
        if self._settings.door.hosts or self._settings.door.private_hosts:
            return CheckLine(
                "recordings", ok=True, detail=sentence("pbx.hosts", "Recordings are fetched from the listed hosts only.")
            )
        remedy = sentence(
            "pbx.list_hosts", "List their host in recording_hosts, or in allow_private_hosts if it is inside your network."
        )
        return CheckLine("recordings", ok=True, detail=sentence("pbx.no_hosts", "Recordings are not fetched."), remedy=remedy)
