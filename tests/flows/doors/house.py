"""The whole product as its users meet it: `gateway serve` in a process of its own, begun in an empty folder.

house = House(folder, settings)
house.start()                     # as `gateway serve` would; several processes with server.processes
house.kill()                      # like a power cut: nothing is finished, nothing is said
house.stop()                      # SIGTERM: drains
Talks to the product through its command line, its output and its address, and in no other way.
"""

from __future__ import annotations

import http.cookiejar
import json
import os
import re
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.eventually import eventually_sync
from tests.servers.process import free_port

ROOT = Path(__file__).parents[3]
START_SECONDS, STOP_SECONDS = 90.0, 60.0
LINK = re.compile(r"/sign-in#token=(\S+)")


@dataclass(frozen=True)
class Key:
    """What a signed-in browser holds: its cookie and the word it must repeat."""

    cookie: str
    csrf: str


class House:
    """One installation: a folder, a port and settings; started, stopped and killed as often as a story wants."""

    def __init__(self, folder: Path, settings: Mapping[str, str] | None = None) -> None:
        self.folder, self.port = folder, free_port()
        self.settings = {"server.port": str(self.port), "logs.format": "json"} | dict(settings or {})
        self.processes = int(self.settings.get("server.processes", "1"))
        self.key: Key | None = None
        self._child: subprocess.Popen[bytes] | None = None
        self._read_from = 0

    @property
    def url(self) -> str:
        """Where it listens, and what it is called from outside."""
        return f"http://127.0.0.1:{self.port}"

    def start(self, *, wait: bool = True) -> None:
        """Begin; with `wait` return once every process has said that it is ready."""
        self._read_from = self.log.stat().st_size if self.log.exists() else 0
        env = {name: value for name, value in os.environ.items() if not name.startswith("GATEWAY__")}
        with self.output.open("ab") as out, self.log.open("ab") as log:
            self._child = subprocess.Popen(
                [sys.executable, "-m", "gateway", "serve", *self._options()], cwd=self.folder, stdin=subprocess.DEVNULL,
                stdout=out, stderr=log, env=env | {"PYTHONPATH": str(ROOT)}, start_new_session=True,
            )  # fmt: skip
        if wait:
            self.wait_until_ready()

    def wait_until_ready(self) -> None:
        """Fail with the end of the log if it ends or says nothing."""
        eventually_sync(self._is_ready, within=START_SECONDS, every=0.05)

    def stop(self) -> int:
        """Ask it to end, as systemd and Docker do; returns the exit code. Harmless if it does not run."""
        return self._end(signal.SIGTERM)

    def kill(self) -> None:
        """All its processes at once, in the middle of whatever they do."""
        self._end(signal.SIGKILL)

    def behead(self) -> None:
        """Kill the process that looks after the others, and none of them."""
        assert self._child is not None, "it has not been started"
        self._child.kill()
        self._child.wait(STOP_SECONDS)
        self._child = None

    def sign_in(self) -> Key:
        """Olga, the administrator, through the link that the first start printed; later the same session."""
        if self.key is None:
            found = eventually_sync(lambda: LINK.search(self.output.read_text()))
            self.key = sign_in(self.url, found[1])
        return self.key

    def command(self, *words: str) -> str:
        """`gateway …` beside the running one, with the same settings; what it prints. Fails if it does."""
        done = subprocess.run(
            [sys.executable, "-m", "gateway", *words, *self._options()], cwd=self.folder, capture_output=True, text=True,
            env=os.environ | {"PYTHONPATH": str(ROOT)}, timeout=60, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    @property
    def output(self) -> Path:
        """Where what it prints goes."""
        return self.folder / "output.txt"

    @property
    def log(self) -> Path:
        """Where its log goes."""
        return self.folder / "log.jsonl"

    def logged(self, event: str) -> list[dict[str, Any]]:
        """Log lines with this event since the last start."""
        return [line for line in self._lines() if line.get("event") == event]

    def tail(self) -> str:
        """The end of the log, for failures."""
        return self.log.read_text(errors="replace")[-3000:] if self.log.exists() else "(no log)"

    def _options(self) -> list[str]:
        return [part for name, value in self.settings.items() for part in ("--set", f"{name}={value}")]

    def _is_ready(self) -> bool:
        assert self._child is not None, "it has not been started"
        if self._child.poll() is not None:
            raise RuntimeError(f"gateway serve ended with code {self._child.returncode}:\n{self.tail()}")
        return len(self.logged("gateway.ready")) >= self.processes

    def _lines(self) -> list[dict[str, Any]]:
        with self.log.open("rb") as log:
            log.seek(self._read_from)
            raw = log.read().decode(errors="replace").splitlines()
        return [json.loads(line) for line in raw if line.startswith("{") and line.endswith("}")]

    def _end(self, number: signal.Signals) -> int:
        child, self._child = self._child, None
        if child is None:
            return 0
        to_all = number is signal.SIGKILL
        try:
            os.killpg(child.pid, number) if to_all else child.send_signal(number)
            return child.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(child.pid, signal.SIGKILL)
            child.wait(STOP_SECONDS)
            raise AssertionError(f"it did not end within {STOP_SECONDS:.0f} s:\n{self.tail()}") from None


def sign_in(url: str, token: str) -> Key:
    """What the console does with a one-time link."""
    jar = http.cookiejar.CookieJar()
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
    body = json.dumps({"token": token}).encode()
    request = urllib.request.Request(f"{url}/api/v1/session/link", body, {"Content-Type": "application/json"})
    with opener.open(request, timeout=15) as answer:
        me = json.load(answer)
    cookie = next(f"{cookie.name}={cookie.value}" for cookie in jar)
    return Key(cookie, me["csrf"])
