"""Whose request is it: the peer's address, or what a trusted proxy says (reliability class 32)."""

from __future__ import annotations

from ipaddress import ip_address

from aiohttp import web

from gateway.web.config import Network


def client_address(request: web.BaseRequest, *, trusted: tuple[Network, ...]) -> str:
    """The nearest hop that is not a trusted proxy. Forwarded headers from anybody else change nothing."""
    address = request.remote or ""
    hops = [hop.strip() for hop in ",".join(request.headers.getall("X-Forwarded-For", [])).split(",") if hop.strip()]
    while hops and _within(address, trusted):
        address = hops.pop()
    return address if _is_address(address) else (request.remote or "")


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
