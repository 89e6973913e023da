"""What every part of the web side shares: the application, the use cases, limits, metrics, the relay and the sockets."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from aiohttp import web

from gateway.services.accounts import Signed
from gateway.web.cases import Cases
from gateway.web.config import WebConfig
from gateway.web.limits import Limits
from gateway.web.marks import SIGNED
from gateway.web.metrics import Metrics

if TYPE_CHECKING:
    from gateway.web.live import Live
    from gateway.web.relay import Relay


@dataclass(slots=True)
class Traffic:
    """What is going on. draining: no new work is wanted; running: requests begun and not answered."""

    draining: bool = False
    running: int = 0


@dataclass(frozen=True, slots=True)
class Site:
    """Handed to everything that adds routes or namespaces."""

    app: web.Application
    cases: Cases
    config: WebConfig
    limits: Limits
    metrics: Metrics
    relay: Relay
    live: Live
    traffic: Traffic = field(default_factory=Traffic)


Attach = Callable[[Site], None]
SITE: web.AppKey[Site] = web.AppKey("site", Site)


def signed_of(request: web.Request) -> Signed | None:
    """Who the guard of the route found, if anybody."""
    return request.get(SIGNED)
