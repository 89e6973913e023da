"""An IMAP server written by others: `pymap` with mailboxes on disk, so that it can be stopped and started again.

The account is Olga's. Tests put mail in with `append` (another IMAP client) and read what is there with `messages`.
"""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from tests.servers.process import ServerMissing, ServerProcess, answers, free_port

PASSWORD = "correct-horse"


class ImapServer:
    """A mailbox `user`/`password` on `host`:`port`, plain text, with IDLE and UIDPLUS."""

    host = "127.0.0.1"
    user = "olga@example.test"
    password = PASSWORD

    def __init__(self, folder: Path) -> None:
        if importlib.util.find_spec("pymap") is None:
            raise ServerMissing("imap: the package pymap is not installed; run `make setup`")
        self._mail = folder / "mail"
        self._mail.mkdir()
        self._server = ServerProcess("imap", folder=folder)
        self.port = free_port()
        self._add_account()

    def start(self) -> None:
        """Start, or start again after `stop`, on the same port with the same mail."""
        command = [
            sys.executable, "-c", "from pymap.main import main; main()", "--no-service", "admin", "--no-service", "managesieve",
            "--host", self.host, "--port", str(self.port), "--no-tls", "maildir", self._mail,
        ]  # fmt: skip
        self._server.start(command, ready=lambda: answers(self.port))

    def stop(self) -> None:
        """Stop; open connections drop."""
        self._server.stop()

    def append(self, raw: bytes, *, folder: str = "INBOX", at: datetime | None = None) -> None:
        """Put one message into a folder, as another mail client would; `at` is when it came, else now."""
        with self.client() as client:
            client.append(folder, raw, msg_time=at)

    def messages(self, *, folder: str = "INBOX") -> list[bytes]:
        """The raw messages of a folder, oldest first, without marking them as read."""
        with self.client() as client:
            client.select_folder(folder, readonly=True)
            found = client.fetch(client.search(), ["BODY.PEEK[]"])
            return [found[uid][b"BODY[]"] for uid in sorted(found)]

    @contextmanager
    def client(self) -> Iterator[Any]:
        """A signed-in IMAPClient."""
        from imapclient import IMAPClient

        with IMAPClient(self.host, port=self.port, ssl=False, timeout=10) as client:
            client.login(self.user, self.password)
            yield client

    def _add_account(self) -> None:
        from pysasl.hashing import BuiltinHash

        hashed = BuiltinHash().hash(self.password)
        (self._mail / "pymap-etc-passwd").write_text(f"{self.user}:x::::olga:\n")
        (self._mail / "pymap-etc-shadow").write_text(f"{self.user}:{hashed.replace(':', chr(92) + ':')}\n")
