"""What a person needs to connect a channel from the other side: the line for the site, the link, the address of the hook.

Pure. Shown beside each channel in the console (docs/reference/console-protocol.md, section 4).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from html import escape
from shlex import quote
from typing import Any

from gateway.domain.channel import Channel


def install_of(channel: Channel, public_url: str) -> Mapping[str, Any]:
    """By kind; unknown kinds need nothing."""
    make = INSTALL.get(channel.kind)
    return make(channel, public_url.rstrip("/")) if make else {}


def _webchat(channel: Channel, url: str) -> Mapping[str, Any]:
    snippet = f'<script async src="{escape(url)}/widget/v1/loader.js" data-key="{escape(channel.key)}"></script>'
    return {"snippet": snippet, "demo_url": f"{url}/demo/?key={channel.key}"}


def _telegram(channel: Channel, _: str) -> Mapping[str, Any]:
    name = str(channel.settings.get("username", "")).lstrip("@")
    return {"link": f"https://t.me/{name}" if name else None}


def _email(channel: Channel, _: str) -> Mapping[str, Any]:
    return {"address": channel.settings.get("address")}


def _pbx(channel: Channel, url: str) -> Mapping[str, Any]:
    hook = f"{url}/hooks/{channel.key}"
    return {"hook_url": hook, "curl": f"curl -X POST -H 'Content-Type: application/json' -d @event.json {quote(hook)}"}


INSTALL: Mapping[str, Callable[[Channel, str], Mapping[str, Any]]] = {
    "webchat": _webchat,
    "telegram": _telegram,
    "email": _email,
    "pbx": _pbx,
}
