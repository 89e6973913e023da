"""Start a server as a child process on 127.0.0.1, wait until it answers, stop it again.

Talks to the operating system only. Every server file of this package uses it; nothing else does.
"""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

START_SECONDS = 30.0


class ServerMissing(Exception):
    """A real server that a test asked for cannot be had on this machine. Says which, and the remedy."""


def free_port() -> int:
    """A TCP port nobody listens on now. Another process may take it before the caller does: start again then."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def answers(port: int) -> bool:
    """Whether something accepts connections on the port."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1):
            return True
    except OSError:
        return False


class ServerProcess:
    """One child process with its log in a file; `stop` ends exactly this process."""

    def __init__(self, name: str, *, folder: Path) -> None:
        self.name = name
        self.log = folder / f"{name}.log"
        self._child: subprocess.Popen[bytes] | None = None

    def start(
        self,
        command: Sequence[str | Path],
        *,
        ready: Callable[[], bool],
        env: Mapping[str, str] | None = None,
        uid: int | None = None,
    ) -> None:
        """Run `command` (as user `uid` when given) and return once `ready()` is true; raise ServerMissing otherwise."""
        with self.log.open("ab") as log:
            self._child = subprocess.Popen(
                [str(part) for part in command],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env={**os.environ, **(env or {})},
                **identity(uid),
            )
        deadline = time.monotonic() + START_SECONDS
        while not ready():
            if self._child.poll() is not None:
                raise ServerMissing(f"{self.name} ended with code {self._child.returncode}:\n{self.tail()}")
            if time.monotonic() > deadline:
                self.stop()
                raise ServerMissing(f"{self.name} did not answer within {START_SECONDS:.0f} s:\n{self.tail()}")
            time.sleep(0.02)

    @property
    def pid(self) -> int:
        """The process id of the running server."""
        assert self._child is not None, f"{self.name} is not running"
        return self._child.pid

    def stop(self, *, by: Callable[[subprocess.Popen[bytes]], None] = subprocess.Popen.terminate) -> None:
        """End the process (`by` terminate, kill or another signal) and wait for it."""
        child, self._child = self._child, None
        if child is None:
            return
        by(child)
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(10)
            return
        child.kill()
        child.wait(10)

    def tail(self) -> str:
        """The last lines the server wrote."""
        return self.log.read_text(errors="replace")[-2000:] if self.log.exists() else "(no output)"


def identity(uid: int | None) -> dict[str, object]:
    """The Popen and run arguments that start a child as another user."""
    return {} if uid is None else {"user": uid, "group": uid, "extra_groups": []}
