"""What a person needs to connect a channel from the other side: the line for the site, the link, the address of the hook.

Pure. Shown beside each channel in the console (docs/reference/console-protocol.md, section 4).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from html import escape
from io import BytesIO
from shlex import quote
from typing import Any
from urllib.parse import quote as quote_url

from gateway.domain.channel import Channel
from gateway.domain.errors import NotFound


def install_of(channel: Channel, public_url: str) -> Mapping[str, Any]:
    """By kind; unknown kinds need nothing."""
    make = INSTALL.get(channel.kind)
    return make(channel, public_url.rstrip("/")) if make else {}


def qr_of(channel: Channel) -> bytes:
    """The channel's link as a QR code (SVG, to print and to put on a site). Raises NotFound where there is no link."""
    import segno

    link = install_of(channel, "").get("link")
    if not link:
        raise NotFound("This channel has no link.")
    out = BytesIO()
    segno.make(link, error="m", micro=False).save(out, kind="svg", scale=8, border=4, light="white", xmldecl=False)
    return out.getvalue()


def _webchat(channel: Channel, url: str) -> Mapping[str, Any]:
    snippet = f'<script async src="{escape(url)}/widget/v1/loader.js" data-key="{escape(channel.key)}"></script>'
    return {"snippet": snippet, "demo_url": f"{url}/demo/?key={channel.key}"}


def _telegram(channel: Channel, _: str) -> Mapping[str, Any]:
    name = str(channel.settings.get("username") or "").strip().lstrip("@")
    return {"link": f"https://t.me/{quote_url(name)}" if name else None}


def _email(channel: Channel, _: str) -> Mapping[str, Any]:
    return {"address": channel.settings.get("address")}


SIGNED = """URL={url}
SECRET=your-secret
EVENT='{event}'
id="evt-$(date +%s)-$$"
now=$(date +%s)
signature=$(printf '%s.%s.%s' "$id" "$now" "$EVENT" | openssl dgst -sha256 -hmac "$SECRET" -binary | base64)
curl --fail-with-body -sS "$URL" -H 'content-type: application/json' -H "webhook-id: $id" \\
  -H "webhook-timestamp: $now" -H "webhook-signature: v1,$signature" --data-binary "$EVENT"
"""
PLAIN = """curl --fail-with-body -sS {url}/your-secret -H 'content-type: application/json' \\
  --data-binary '{event}'
"""
SAMPLE = '{"event": "ringing", "call_id": "c-1", "direction": "inbound", "from": "+442071838750", "device": "101"}'


def _pbx(channel: Channel, url: str) -> Mapping[str, Any]:
    hook = f"{url}/hooks/{channel.key}"
    sample = PLAIN if channel.settings.get("signature") == "path" else SIGNED
    return {"hook_url": hook, "curl": sample.replace("{url}", quote(hook)).replace("{event}", SAMPLE)}


INSTALL: Mapping[str, Callable[[Channel, str], Mapping[str, Any]]] = {
    "webchat": _webchat,
    "telegram": _telegram,
    "email": _email,
    "pbx": _pbx,
}
