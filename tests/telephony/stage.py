"""What the telephony tests share: a standing clock, a PBX's settings, signed requests."""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from gateway.domain.ids import ChannelId
from gateway.ports.channel import HookRequest
from gateway.telephony.generic import GenericPbx, read_settings

MONDAY = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
CHANNEL = ChannelId("chn_pbx")
SECRET = "a-secret-of-thirty-two-characters"
WIRE = Path(__file__).parents[1] / "wire" / "pbx"


class StandingClock:
    """Monday morning."""

    def now(self) -> datetime:
        """Aware UTC."""
        return MONDAY


def pbx(**settings: Any) -> GenericPbx:
    """An adapter."""
    values = read_settings({"secret": SECRET, **settings})
    return GenericPbx(CHANNEL, values, clock=StandingClock(), hook_url="https://gateway.example/hooks/abc")


def wire(name: str) -> bytes:
    """A raw body."""
    return (WIRE / name).read_bytes()


def request(
    body: bytes, *, key: bytes = SECRET.encode(), event: str = "m-1", timestamp: int | str = int(MONDAY.timestamp()),
    content_type: str = "application/json", path: str = "/hooks/abc", method: str = "POST",
) -> HookRequest:  # fmt: skip
    """A request signed the documented way, written here independently of the adapter's own code."""
    mac = hmac.new(key, f"{event}.{timestamp}.".encode() + body, hashlib.sha256)
    headers = {
        "content-type": content_type,
        "webhook-id": event,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": "v1," + base64.b64encode(mac.digest()).decode(),
    }
    return HookRequest(method, path, {}, headers, body, "127.0.0.1")
