"""What takes longer: the crash and fault stories again and again, each round with seeds of its own, until the time is over.

`python -m bench soak --minutes 60`. Prints a line per round and ends with code 1 as soon as one fails; the seed is printed.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from collections.abc import Sequence

from bench.servers import ROOT

STORIES = ("tests/flows/crash", "tests/flows/doors")


def main(arguments: Sequence[str]) -> int:
    """Rounds until the time is over."""
    parser = argparse.ArgumentParser(prog="python -m bench soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=30.0)
    options = parser.parse_args(arguments)
    began, rounds = time.monotonic(), 0
    while time.monotonic() - began < options.minutes * 60:
        rounds += 1
        code = _round(rounds)
        print(f"round {rounds}: {'failed' if code else 'held'} after {(time.monotonic() - began) / 60:.1f} min", flush=True)
        if code:
            return 1
    return 0


def _round(number: int) -> int:
    places = [place for place in STORIES if (ROOT / place).exists()]
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "randomly", f"--randomly-seed={number}", *places]
    return subprocess.run(command, cwd=ROOT, check=False).returncode
