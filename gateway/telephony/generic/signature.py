"""Is this request from the PBX? Standard Webhooks signature, or a secret at the end of the address. Pure.

https://www.standardwebhooks.com: signed is `<webhook-id>.<webhook-timestamp>.<raw body>`, HMAC-SHA256, base64, written
`v1,<signature>`, several separated by spaces. Exact description with examples: docs/howto/connect-a-pbx.md.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import datetime

from gateway.domain.errors import Unauthenticated
from gateway.ports.channel import HookRequest
from gateway.telephony.generic.settings import PbxSettings

TOLERANCE_SECONDS = 300


def authenticate(request: HookRequest, settings: PbxSettings, *, now: datetime) -> None:
    """Raises Unauthenticated, saying what is wrong but never what would be right."""
    if settings.signature == "path":
        _check_path(request, settings)
    else:
        _check_signature(request, settings, now=now)


def sign(key: bytes, *, event_id: str, timestamp: str, body: bytes) -> str:
    """One signature as the header carries it."""
    signed = f"{event_id}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


def _check_signature(request: HookRequest, settings: PbxSettings, *, now: datetime) -> None:
    event_id, timestamp = request.headers.get("webhook-id", ""), request.headers.get("webhook-timestamp", "")
    given = request.headers.get("webhook-signature", "").split()
    if not (event_id and timestamp and given):
        raise Unauthenticated("The headers webhook-id, webhook-timestamp and webhook-signature are needed.")
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 12):
        raise Unauthenticated("webhook-timestamp must be seconds since 1970.")
    if abs(now.timestamp() - int(timestamp)) > TOLERANCE_SECONDS:
        raise Unauthenticated("webhook-timestamp is more than five minutes off; check the PBX's clock.")
    right = [sign(key, event_id=event_id, timestamp=timestamp, body=request.body) for key in settings.keys]
    matches = [_same(one, other) for one in given[:8] for other in right]
    if not any(matches):
        raise Unauthenticated("The signature is wrong.")


def _check_path(request: HookRequest, settings: PbxSettings) -> None:
    given = request.path.rstrip("/").rpartition("/")[2]
    matches = [_same(given, secret) for secret in settings.secrets]
    if not any(matches):
        raise Unauthenticated("The address does not end with the secret.")


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode("utf-8", "replace"), other.encode("utf-8", "replace"))
