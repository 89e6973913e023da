"""The values the web side is built from. The composition root fills them from the settings."""

from __future__ import annotations

from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from urllib.parse import urlsplit

ASSETS = Path(__file__).parent / "assets"
LOOPBACK = ("localhost", "127.0.0.1", "[::1]")
Network = IPv4Network | IPv6Network


@dataclass(frozen=True, slots=True)
class WebConfig:
    """public_url: how browsers reach us; cookies are `__Host-` and Secure when it is https. Sizes in bytes, times in seconds.

    settled: somebody has set public_url; else it is a guess, and browsers may reach us under any name.
    trusted_proxies: networks whose X-Forwarded-For is believed. more_origins: further exact origins of the console
    (a development server). limits_url: where counters live, "memory://" or "redis://…".
    nameless_seconds: how long a socket may stay without entering a namespace.
    metrics_token: bearer token of /metrics; without one it answers loopback only.
    """

    public_url: str = "http://127.0.0.1:8080"
    settled: bool = True
    name: str = "Gateway"
    version: str = "0"
    demo: bool = False
    trusted_proxies: tuple[Network, ...] = ()
    more_origins: tuple[str, ...] = ()
    limits_url: str = "memory://"
    metrics_token: str = ""
    assets: Path = field(default=ASSETS)
    body_bytes: int = 1 << 20
    file_bytes: int = 25 << 20
    hook_bytes: int = 5 << 20
    hook_seconds: float = 3.0
    drain_seconds: float = 10.0
    sweep_seconds: float = 2.0
    nameless_seconds: float = 15.0

    @property
    def secure(self) -> bool:
        """Browsers come over TLS."""
        return self.public_url.startswith("https://")

    @property
    def origins(self) -> frozenset[str]:
        """The exact origins the console is served from. All names of the loopback are one place."""
        parts = urlsplit(self.public_url)
        own = f"{parts.scheme}://{parts.netloc}".lower()
        names = {own, *self.more_origins}
        host, port = parts.netloc, ""
        if parts.port is not None:
            host, port = parts.netloc.rsplit(":", 1)[0], f":{parts.port}"
        if host in LOOPBACK:
            names |= {f"{parts.scheme}://{name}{port}" for name in LOOPBACK}
        return frozenset(names)

    def ours(self, origin: str | None, *, host: str) -> bool:
        """Is this a page of the console? host: the Host header. Without a settled address, wherever the browser found us.

        A name that an attacker points at us (DNS rebinding) gets no further: the session's cookie belongs to another name.
        """
        return origin in self.origins or (not self.settled and same_place(origin, host))

    @property
    def cookie(self) -> str:
        """The session cookie's name."""
        return "__Host-gw_session" if self.secure else "gw_session"


def same_place(origin: str | None, host: str) -> bool:
    """Is this origin the very host that was asked?"""
    return bool(host) and urlsplit(origin or "").netloc.lower() == host.lower()


def networks(texts: list[str]) -> tuple[Network, ...]:
    """`10.0.0.0/8`, `127.0.0.1` → networks; raises ValueError."""
    return tuple(ip_network(text, strict=False) for text in texts)
