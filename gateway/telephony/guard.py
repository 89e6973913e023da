"""Where a download named by a stranger may go: scheme, port, host and address. Pure; opens nothing.

Recording links arrive in events that anybody at the PBX may shape, so each is judged as hostile. The address table is
our own, because the standard library's `is_global` lets through NAT64, 6to4, IPv4-compatible and other embeddings that
a router turns back into a private address (IANA special-purpose registries, RFC 6890, 6052, 3056, 4380).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Literal

from yarl import URL

from gateway.domain.errors import Rejected

Verdict = Literal["public", "private", "forbidden"]
LONGEST_URL = 2048

_PRIVATE = [
    ip_network(net)
    for net in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "127.0.0.0/8", "100.64.0.0/10", "fc00::/7", "::1/128")
]
# Never, not even for a host listed as private: metadata services, link-local, multicast, reserved, and every way to
# write an IPv4 address inside an IPv6 one except the mapped form, which is unwrapped.
_FORBIDDEN = [
    ip_network(net)
    for net in (
        "0.0.0.0/8", "169.254.0.0/16", "192.0.0.0/24", "192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24",
        "192.88.99.0/24", "192.175.48.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4",
        "240.0.0.0/4", "100.100.100.200/32", "168.63.129.16/32", "::/96", "::ffff:0:0:0/96", "64:ff9b::/96",
        "64:ff9b:1::/48", "100::/64", "100:0:0:1::/64", "2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48",
        "3fff::/20", "5f00::/16", "fd00:ec2::/32", "fe80::/10", "fec0::/10", "ff00::/8",
    )
]  # fmt: skip
_ALLOCATED_V6 = ip_network("2000::/3")
_HOST = re.compile(r"[a-z0-9_-]+(\.[a-z0-9_-]+)*\.?")
_NUMERIC_END = re.compile(r"(^|\.)(\d+|0x[0-9a-f]*)\.?$")


@dataclass(frozen=True, slots=True)
class Door:
    """What the administrator allows. Names are lower-case and exact, or `*.name`.

    private_hosts may resolve to a private address and be asked without TLS.
    """

    hosts: frozenset[str] = frozenset()
    private_hosts: frozenset[str] = frozenset()
    ports: frozenset[int] = frozenset({80, 443})


def judge(address: str) -> Verdict:
    """What kind of place an IP address is. Anything that is no plain address is forbidden."""
    try:
        ip = ip_address(address)
    except ValueError:
        return "forbidden"
    if isinstance(ip, IPv6Address):
        if ip.scope_id is not None:
            return "forbidden"
        if ip.ipv4_mapped:
            ip = ip.ipv4_mapped
    return _verdict(ip)


def admit(url: str, door: Door) -> URL:
    """The address, if its form and host are allowed. Raises Rejected, code `address_refused`, with the reason."""
    if len(url) > LONGEST_URL or any(ord(char) <= 0x20 or ord(char) == 0x7F or char == "\\" for char in url):
        raise refused("it is too long or has spaces or control characters in it")
    try:
        target = URL(url)
        host, port = (target.raw_host or "").lower(), target.port
    except ValueError:
        raise refused("it is not an address") from None
    if target.scheme not in ("https", "http") or not host:
        raise refused("it is not an https address")
    if target.raw_user is not None or target.raw_password is not None:
        raise refused("it holds a user name or password")
    _check_host(host, door)
    if target.scheme == "http" and not _listed(host, door.private_hosts):
        raise refused("it is not encrypted; only hosts in allow_private_hosts may be asked without TLS")
    if port not in door.ports:
        raise refused(f"port {port} is not in recording_ports")
    return target


def check_answers(host: str, addresses: list[str], door: Door) -> str:
    """The address to connect to. Every answer must pass: one bad one means that somebody plays with the name."""
    if not addresses:
        raise ConnectionError("The recording's host has no address.")
    for address in addresses:
        verdict = judge(address)
        if verdict == "forbidden" or (verdict == "private" and not _listed(host, door.private_hosts)):
            raise refused("its host leads to an internal address; if it is your own PBX, add it to allow_private_hosts")
    return addresses[0]


def refused(reason: str) -> Rejected:
    """The link is not followed. Its text is not quoted: it may hold a secret."""
    return Rejected(f"The recording's link is not followed: {reason}.", code="address_refused")


def _check_host(host: str, door: Door) -> None:
    if literal(host) is None and (not _HOST.fullmatch(host) or _NUMERIC_END.search(host)):
        raise refused("its host is written in an unusual way")
    if not _listed(host, door.hosts | door.private_hosts):
        raise refused("its host is not in recording_hosts")


def literal(host: str) -> IPv4Address | IPv6Address | None:
    """Only the canonical spelling counts; `127.1`, `0x7f000001` and the like are left to the rule above."""
    try:
        return ip_address(host.strip("[]"))
    except ValueError:
        return None


def _listed(host: str, names: frozenset[str]) -> bool:
    bare = host.strip("[]").rstrip(".")
    if bare in names:
        return True
    return any(name.startswith("*.") and bare.endswith(name[1:]) and bare != name[2:] for name in names)


def _verdict(ip: IPv4Address | IPv6Address) -> Verdict:
    if ip == IPv6Address("::1"):
        return "private"
    if _inside(ip, _FORBIDDEN):
        return "forbidden"
    if _inside(ip, _PRIVATE):
        return "private"
    return "public" if isinstance(ip, IPv4Address) or ip in _ALLOCATED_V6 else "forbidden"


def _inside(ip: IPv4Address | IPv6Address, networks: list[IPv4Network | IPv6Network]) -> bool:
    return any(ip.version == network.version and ip in network for network in networks)
