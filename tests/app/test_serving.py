"""What a start says to people on its standard output: once, also where several processes serve."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

from tests.eventually import eventually_sync
from tests.house.tree import ROOT

COMMAND = 'gateway operator add you@example.com --name "Your name" --role admin'


def test_several_processes_say_once_how_the_first_administrator_is_made(
    tmp_path: Path, postgres_url: str, redis_url: str
) -> None:
    settings = {
        "SERVER__PROCESSES": "2", "SERVER__PORT": "0", "SERVER__PUBLIC_URL": "https://chat.example.com",
        "DEMO__ENABLED": "false", "STORE__URL": postgres_url, "SIGNALS__URL": redis_url, "BLOBS__URL": f"file://{tmp_path}/blobs",
        "SECRET_FILE": f"{tmp_path}/secret",
    }  # fmt: skip
    environment = {f"GATEWAY__{name}": value for name, value in settings.items()}
    out, log = tmp_path / "out", tmp_path / "log"
    with out.open("w") as stdout, log.open("w") as stderr:
        parent = subprocess.Popen(
            [sys.executable, "-m", "gateway", "serve"], stdout=stdout, stderr=stderr, cwd=tmp_path,
            env=os.environ | {"PYTHONPATH": str(ROOT)} | environment, start_new_session=True,
        )  # fmt: skip
    try:
        eventually_sync(lambda: log.read_text().count("gateway.ready") == 2, within=40)
        parent.terminate()
        assert parent.wait(30) == 0
    finally:
        if parent.poll() is None:
            os.killpg(parent.pid, signal.SIGKILL)
            parent.wait()
    assert out.read_text().count(COMMAND) == 1
    assert out.read_text().count("Nobody can sign in yet.") == 1
