"""The payload of a deep link `t.me/<bot>?start=<payload>` as a lead's source. Pure.

Telegram allows 64 characters of A–Z a–z 0–9 _ -. Campaign data fits in as base64url of a query string, e.g.
base64url("utm_source=ads&utm_campaign=may"); https://core.telegram.org/bots/features#deep-linking.
"""

from __future__ import annotations

import base64
import binascii
import re
from urllib.parse import parse_qsl

_START = re.compile(r"/start(?:@\w+)?[ \t]+([A-Za-z0-9_-]{1,64})\s*")


def start_source(text: str) -> dict[str, str]:
    """`{"start": payload, "utm_…": …}` for a message that is a start command with a payload, else nothing."""
    found = _START.fullmatch(text)
    return {"start": found[1]} | _campaign(found[1]) if found else {}


def _campaign(payload: str) -> dict[str, str]:
    try:
        query = base64.b64decode(payload + "=" * (-len(payload) % 4), altchars=b"-_", validate=True).decode("ascii")
    except (binascii.Error, UnicodeDecodeError):
        return {}
    return {key: value for key, value in parse_qsl(query) if key.startswith("utm_") and value.isprintable()}
