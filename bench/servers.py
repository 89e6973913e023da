"""Starts what is measured, each in a process and a folder of its own, and ends it."""

from __future__ import annotations

import contextlib
import os
import re
import resource
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parents[1]
START_SECONDS = 60.0
OPEN_FILES = 20_000
FREE = ("session", "session.key", "connect", "message", "message.address", "sync", "move")
NO_LIMITS = ",".join(f"{name}=1000000/second" for name in FREE)


@dataclass(frozen=True, slots=True)
class Server:
    """What runs at `url`."""

    url: str
    pid: int
    ready_seconds: float
    folder: Path
    environment: Mapping[str, str]

    def link(self) -> str:
        """A fresh one-time sign-in of the product; empty for the bare loop."""
        if not self.environment:
            return ""
        command = [sys.executable, "-m", "gateway", "operator", "link", "olga@example.com"]
        done = subprocess.run(
            command, cwd=self.folder, env=_environment(self.environment), capture_output=True, text=True, check=True
        )
        return done.stdout.strip().partition("token=")[2]

    def memory(self) -> int:
        """Resident bytes of the process."""
        text = Path(f"/proc/{self.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+) kB", text)[1]) * 1024  # type: ignore[index]


@contextlib.contextmanager
def bare(store_url: str = "") -> Iterator[Server]:
    """The baseline on SQLite, or on PostgreSQL when given its address."""
    with TemporaryDirectory() as folder:
        port = free_port()
        command = [sys.executable, "-m", "bench.bare", str(port), store_url or f"{folder}/bare.db"]
        with _running(command, Path(folder), port, {}) as server:
            yield server


@contextlib.contextmanager
def product(store_url: str = "", *, folder: Path | None = None) -> Iterator[Server]:
    """The gateway with its demo line; a `folder` keeps its data."""
    with TemporaryDirectory() as own:
        place, port = folder or Path(own), free_port()
        environment = {
            "GATEWAY__SERVER__PORT": str(port),
            "GATEWAY__STORE__URL": store_url or f"sqlite:///{place}/gateway.db",
            "GATEWAY__BLOBS__URL": f"file://{place}/blobs",
            "GATEWAY__SECRET_FILE": f"{place}/secret",
            "GATEWAY__LIMITS__VISITOR_RATES": NO_LIMITS,
            "GATEWAY__LIMITS__SOCKETS_PER_ADDRESS": "100000",
            "GATEWAY__LOGS__LEVEL": "warning",
        }
        with _running([sys.executable, "-m", "gateway", "serve"], place, port, environment) as server:
            yield server


@contextlib.contextmanager
def _running(command: list[str], folder: Path, port: int, environment: dict[str, str]) -> Iterator[Server]:
    resource.setrlimit(resource.RLIMIT_NOFILE, (OPEN_FILES, OPEN_FILES))
    log = folder / "server.log"
    began = time.monotonic()
    with log.open("w") as out:
        process = subprocess.Popen(command, cwd=folder, stdout=out, stderr=subprocess.STDOUT, env=_environment(environment))
    try:
        url = f"http://127.0.0.1:{port}"
        _wait(url, process, log)
        yield Server(url, process.pid, time.monotonic() - began, folder, environment)
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()


def _environment(own: Mapping[str, str]) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT), **own}


def _wait(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        try:
            with urllib.request.urlopen(f"{url}/readyz", timeout=1):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.02)
    raise SystemExit(f"the server did not start:\n{log.read_text()}")


def free_port() -> int:
    """A port nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
