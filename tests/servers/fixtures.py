"""The fixtures that hand real servers to tests. Each starts only when a test asks for it, once per test session and worker.

A machine that cannot have a server fails the test by the server's name; with CI unset it is a skip that says the same.
"""

from __future__ import annotations

import os
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import pytest

from tests.servers import chromium as chromium_server
from tests.servers.imap import ImapServer
from tests.servers.postgres import Postgres
from tests.servers.process import ServerMissing
from tests.servers.redis import Redis
from tests.servers.smtp import SmtpServer
from tests.servers.telegram import TelegramApi, TelegramBot

T = TypeVar("T")


def have(build: Callable[[], T]) -> T:
    """Build a server, or fail by its name (skip where CI is not set)."""
    try:
        return build()
    except ServerMissing as missing:
        if os.environ.get("CI", "").lower() in {"1", "true"}:
            pytest.fail(str(missing), pytrace=False)
        pytest.skip(str(missing))


def _started(server: T) -> T:
    server.start()  # type: ignore[attr-defined]
    return server


@pytest.fixture(scope="session")
def postgres_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Postgres]:
    """PostgreSQL itself, for tests that stop it; most want `postgres_url`."""
    folder = _public_folder(tmp_path_factory)
    server = have(lambda: _started(Postgres(folder)))
    yield server
    server.stop()


@pytest.fixture
def postgres_url(postgres_server: Postgres) -> Iterator[str]:
    """An empty database of this test's own."""
    url = postgres_server.new_database()
    yield url
    postgres_server.drop_database(url)


@pytest.fixture(scope="session")
def redis_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Redis]:
    """Redis itself, for tests that stop it; most want `redis_url`."""
    folder = tmp_path_factory.mktemp("redis")
    server = have(lambda: _started(Redis(folder)))
    yield server
    server.stop()


@pytest.fixture
def redis_url(redis_server: Redis) -> str:
    """An empty Redis. Tests of one worker share it one after another."""
    redis_server.clear()
    return redis_server.url


@pytest.fixture
def imap_server(tmp_path: Path) -> Iterator[ImapServer]:
    """Olga's mailbox on a server of this test's own, so that it may be stopped and started."""
    server = have(lambda: _started(ImapServer(tmp_path)))
    yield server
    server.stop()


@pytest.fixture
def smtp_server() -> Iterator[SmtpServer]:
    """An SMTP server that remembers what it was given."""
    server = have(lambda: _started(SmtpServer()))
    yield server
    server.stop()


@pytest.fixture(scope="session")
def telegram_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TelegramApi]:
    """The Bot API emulator itself; most want `telegram_api`."""
    folder = tmp_path_factory.mktemp("telegram")
    server = have(lambda: _started(TelegramApi(folder)))
    yield server
    server.stop()


@pytest.fixture
def telegram_api(telegram_server: TelegramApi) -> TelegramBot:
    """A bot of this test's own and Ann's side of its chat."""
    return TelegramBot(telegram_server, token=f"{uuid.uuid4().int % 10**9}:test-{uuid.uuid4().hex}")


@pytest.fixture(scope="session")
def chromium() -> Path:
    """The executable of a Chromium."""
    return have(chromium_server.path)


def _public_folder(factory: pytest.TempPathFactory) -> Path:
    """A folder that a server running as another user may enter: pytest's own are closed to others."""
    folder = factory.mktemp("postgres")
    if os.geteuid() == 0:
        for parent in [folder, *folder.parents]:
            if parent.stat().st_uid == 0 and not parent.stat().st_mode & 0o001 and "pytest-" in str(parent):
                parent.chmod(parent.stat().st_mode | 0o011)
    return folder
