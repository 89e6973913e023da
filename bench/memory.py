"""Resident memory per idle connected visitor, against bare python-socketio."""

from __future__ import annotations

import argparse
import subprocess
import sys

from bench.report import Figure
from bench.servers import ROOT, Server, bare, product


def per_visitor(options: argparse.Namespace) -> list[Figure]:
    """Bytes per connection at `--visitors` connections."""
    with bare() as server:
        low = _bytes_each(server, options.visitors)
    with product() as server:
        ours = _bytes_each(server, options.visitors)
    name = f"memory per idle visitor at {options.visitors:,}, kB"
    return [Figure(name, ours / 1000, "× bare", 2.0, "at_most", low / 1000)]


def _bytes_each(server: Server, visitors: int) -> float:
    command = [sys.executable, "-m", "bench.load", "idle", server.url, server.link() or "-", str(visitors)]
    before = server.memory()
    crowd = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        if crowd.stdout is None or not crowd.stdout.readline():
            raise SystemExit("the visitors could not connect")
        return (server.memory() - before) / visitors
    finally:
        crowd.kill()
        crowd.wait()
