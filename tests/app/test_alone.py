"""One gateway on one SQLite file, and nothing made before the address is ours."""

from __future__ import annotations

import socket
import subprocess
import sys
from pathlib import Path

import pytest

from gateway.app.alone import alone
from gateway.app.running import opened
from gateway.app.serving import running
from gateway.domain.errors import ConfigError
from gateway.settings import Settings, load

HOLD = "import fcntl, sys; f = open(sys.argv[1], 'a'); fcntl.lockf(f, fcntl.LOCK_EX); print(flush=True); sys.stdin.read()"


def settings(folder: Path, **more: object) -> Settings:
    """An installation in this folder."""
    options = {"store.url": f"sqlite:///{folder}/gateway.db", "blobs.url": f"file://{folder}/blobs"}
    return load(None, environment={}, options={**options, "secret_file": str(folder / "secret"), **more})


def test_a_second_gateway_on_the_same_file_is_refused_and_the_end_of_the_first_frees_it(tmp_path: Path) -> None:
    made = settings(tmp_path)
    (tmp_path / "gateway.db").touch()
    other = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path / "gateway.db.lock")], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    with other:
        assert other.stdout
        other.stdout.readline()
        with pytest.raises(ConfigError, match="in use by another gateway"), alone(made):
            pass
        other.kill()
        other.wait()
    with alone(made):
        pass


def test_what_is_not_a_file_of_ours_is_not_locked(tmp_path: Path) -> None:
    with alone(load(None, environment={}, options={"store.url": "postgresql://db/gateway"})), alone(settings(tmp_path)):
        assert list(tmp_path.iterdir()) == []


async def test_a_taken_port_does_not_cost_the_first_sign_in(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(ConfigError, match="cannot be used"):
            async with running(settings(tmp_path, **{"server.port": taken.getsockname()[1]})):
                pass
    async with running(settings(tmp_path, **{"server.port": 0})):
        assert "/sign-in#token=" in capsys.readouterr().out


async def test_a_folder_that_cannot_be_made_is_named() -> None:
    made = settings(Path("/proc/nowhere"), **{"secret_file": "var/secret", "blobs.url": "file://var/blobs"})
    with pytest.raises(ConfigError, match="/proc/nowhere"):
        async with opened(made):
            pass
