"""Whose request is it: the peer's address, or what a trusted proxy says (reliability class 32)."""

from __future__ import annotations

from ipaddress import IPv4Address, ip_address, ip_network

from aiohttp import web

from gateway.web.config import Network


def client_address(request: web.BaseRequest, *, trusted: tuple[Network, ...]) -> str:
    """The nearest hop that is not a trusted proxy. Forwarded headers from anybody else change nothing."""
    address = request.remote or ""
    hops = [hop.strip() for hop in ",".join(request.headers.getall("X-Forwarded-For", [])).split(",") if hop.strip()]
    while hops and _within(address, trusted):
        address = hops.pop()
    return address if _is_address(address) else (request.remote or "")


def crowd_of(address: str) -> str:
    """What limits count: an IPv4 address, or the /64 that a single IPv6 subscriber has all to themselves (RFC 6177)."""
    if not _is_address(address):
        return address
    found = ip_address(address)
    if isinstance(found, IPv4Address):
        return address
    return str(found.ipv4_mapped or ip_network(f"{found.packed[:8].hex(':', 2)}::/64"))


def came_through_a_proxy(request: web.BaseRequest) -> bool:
    """Somebody stands in between, trusted or not, so the peer's address is not the asker's."""
    return any(name in request.headers for name in ("X-Forwarded-For", "X-Real-IP", "Forwarded", "Via"))


def is_loopback(address: str) -> bool:
    """From this very machine."""
    return _is_address(address) and ip_address(address).is_loopback


def _within(address: str, trusted: tuple[Network, ...]) -> bool:
    return _is_address(address) and any(ip_address(address) in network for network in trusted)


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True
