"""Figures for Prometheus. Labels are bounded: route templates, methods, statuses, never ids or addresses."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.3, 1.0, 3.0, 10.0)


class Metrics:
    """One registry per application, so that tests and several applications in one process do not meet."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "gateway_http_requests_total", "Answered requests.", ["route", "method", "status"], registry=self.registry
        )
        self.seconds = Histogram(
            "gateway_http_request_seconds", "Time to answer.", ["route"], buckets=SECONDS, registry=self.registry
        )
        self.hooks = Counter("gateway_hooks_total", "Hook requests by outcome.", ["kind", "outcome"], registry=self.registry)
        self.sockets = Gauge("gateway_sockets", "Open sockets.", ["namespace"], registry=self.registry)
        self.cut = Counter("gateway_sockets_cut_total", "Sockets closed by us.", ["reason"], registry=self.registry)
        self.relayed = Counter("gateway_events_relayed_total", "Events told to sockets.", registry=self.registry)
        self.caught_up = Counter("gateway_events_read_total", "Events read from the store.", registry=self.registry)

    def text(self) -> bytes:
        """The exposition format."""
        return generate_latest(self.registry)
