"""A parent with two children that do nothing but live, for test_processes: `python several.py FOLDER [how they end]`.

Each child notes its process id in FOLDER and waits until it is told to end or its parent is gone.
"""

from __future__ import annotations

import os
import select
import signal
import sys
from pathlib import Path

from gateway import logs
from gateway.app import processes
from gateway.domain.errors import ConfigError, GatewayError

FOLDER, HOW = Path(sys.argv[1]), (sys.argv[2:] or [""])[0]


def live(parent: int, first: bool) -> None:
    """One child."""
    if first:
        (FOLDER / f"{os.getpid()}.first").touch()
    (FOLDER / f"{os.getpid()}").touch()
    if HOW == "wrong":
        raise ConfigError("server.host: this is no address.")
    if HOW == "dying":
        raise RuntimeError("at once")
    if HOW == "deaf":
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    select.select([parent], [], [])
    (FOLDER / f"{os.getpid()}.orphaned").touch()


if __name__ == "__main__":
    logs.configure(style="json")
    processes.FIRST_PAUSE, processes.STOP_SECONDS = 0.01, 0.5
    try:
        processes.Processes(live, count=2).run()
    except GatewayError as error:
        sys.exit(error.detail)
