"""The flow: visitor's message accepted → durably committed → received by an operator's socket, in one process."""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.report import Figure
from bench.servers import ROOT, Server, bare, product

RATE = 100.0
ROUNDS = 3


def throughput(options: argparse.Namespace) -> list[Figure]:
    """Saturated, on both engines, each against the bare loop on the same engine."""
    with bare() as low, product() as ours:
        lite = in_turns(low, ours, options.seconds)
    with postgres() as (one, other), bare(one) as low, product(other) as ours:
        large = in_turns(low, ours, options.seconds)
    return [
        Figure("flow, SQLite FULL, messages/s", lite[1], "of bare", 0.30, "at_least", lite[0]),
        Figure("flow, PostgreSQL, messages/s", large[1], "of bare", 0.30, "at_least", large[0]),
    ]


def in_turns(baseline: Server, ours: Server, seconds: float) -> tuple[float, float]:
    """Messages per second of both: the medians of several rounds, so that a busy neighbour of the machine is nobody's luck."""
    rounds = [(saturated(baseline, seconds / ROUNDS), saturated(ours, seconds / ROUNDS)) for _ in range(ROUNDS)]
    return statistics.median(low for low, _ in rounds), statistics.median(own for _, own in rounds)


def latency(options: argparse.Namespace) -> list[Figure]:
    """At 100 messages a second."""
    with bare() as low, product() as ours:
        low_wait, our_wait = _paced(low, options.seconds), _paced(ours, options.seconds)
    return [Figure("latency p99 at 100/s, ms", our_wait["p99"], "× bare", 5.0, "at_most", low_wait["p99"])]


def saturated(server: Server, seconds: float) -> float:
    """Messages per second."""
    return load("saturated", server, seconds)["per_second"]


def _paced(server: Server, seconds: float) -> dict[str, float]:
    return load("paced", server, seconds, RATE)


def load(what: str, server: Server, *numbers: float) -> dict[str, float]:
    """Run the load generator in its own process."""
    command = [sys.executable, "-m", "bench.load", what, server.url, server.link() or "-", *map(str, numbers)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False)
    if done.returncode:
        raise SystemExit(f"the load generator failed:\n{done.stderr[-3000:]}")
    found: dict[str, float] = json.loads(done.stdout)
    return found


@contextmanager
def postgres() -> Iterator[tuple[str, str]]:
    """Two fresh databases of a real server with fsync on."""
    from tests.servers.postgres import Postgres

    with TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        server = Postgres(Path(folder), durable=True)
        server.start()
        try:
            yield server.new_database(), server.new_database()
        finally:
            server.stop()
