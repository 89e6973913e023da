"""From process start to ready, against a bare aiohttp server; and that nothing heavy is loaded unasked."""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.report import Figure
from bench.servers import ROOT, bare, product

RUNS = 5
UNASKED = (  # redis is not among them: python-socketio imports it wherever it is installed
    "aiogram", "imapclient", "aiosmtplib", "asyncpg", "alembic", "phonenumbers.geodata", "gateway.channels.email.smtp",
)  # fmt: skip


def ready(options: argparse.Namespace) -> list[Figure]:
    """The median of a few starts on a store that exists."""
    del options
    ours, low = [], []
    with TemporaryDirectory() as folder:
        with product(folder=Path(folder)):
            pass
        for _ in range(RUNS):
            with product(folder=Path(folder)) as server:
                ours.append(server.ready_seconds)
            with bare() as server:
                low.append(server.ready_seconds)
    return [
        Figure("start to ready, s", statistics.median(ours), "× bare", 5.0, "at_most", statistics.median(low)),
        Figure("heavy modules loaded unasked", float(len(loaded_unasked())), "modules", 0.0, "at_most"),
    ]


def loaded_unasked() -> list[str]:
    """What `import gateway.app.serving` brings along of what only a configured channel or engine needs."""
    code = f"import sys, gateway.app.serving; print(*[m for m in {UNASKED!r} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    return done.stdout.split()
