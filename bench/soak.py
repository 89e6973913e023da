"""`python -m bench soak`: days of power failures (tests/flows/crash), one after the other, until the time is over.

Each day has its own seed, printed; a day that fails ends the soak with code 1 and can be repeated with GATEWAY_TEST_SEED.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Sequence


def main(arguments: Sequence[str]) -> int:
    """At least one day."""
    parser = argparse.ArgumentParser(prog="python -m bench soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--kills", type=int, default=20, help="power failures in one day")
    options = parser.parse_args(arguments)
    until = time.monotonic() + options.minutes * 60
    env = os.environ | {"GATEWAY_TEST_KILLS": str(options.kills)}
    command = [sys.executable, "-m", "pytest", "-q", "-s", "tests/flows/crash", "-o", f"timeout={60 * options.kills + 300}"]
    while True:
        code = subprocess.run(command, env=env, check=False).returncode
        if code or time.monotonic() >= until:
            return code
