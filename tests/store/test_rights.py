"""What people wrote and sent lies on the disk for the gateway's own user alone, whatever the umask."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway.store.blobs import FolderBlobs
from gateway.store.opening import open_store
from tests.fakes.clock import CountedIds, HandClock


@pytest.fixture(autouse=True)
def generous() -> Iterator[None]:
    """As on a machine where everybody may read."""
    before = os.umask(0)
    yield
    os.umask(before)


async def test_the_database_is_readable_by_nobody_else(tmp_path: Path) -> None:
    async with open_store(f"sqlite:///{tmp_path}/var/gateway.db", clock=HandClock(), ids=CountedIds()) as opened:
        await opened.store.run(lambda uow: uow.conversations.next_number("lead"))
        rights = {one.name: oct(one.stat().st_mode & 0o777) for one in (tmp_path / "var").iterdir()}
    assert rights == {"gateway.db": "0o600", "gateway.db-wal": "0o600", "gateway.db-shm": "0o600"}


async def test_a_database_that_is_there_keeps_its_rights(tmp_path: Path) -> None:
    path = tmp_path / "gateway.db"
    path.touch(mode=0o640)
    async with open_store(f"sqlite:///{path}", clock=HandClock(), ids=CountedIds()):
        assert oct(path.stat().st_mode & 0o777) == "0o640"


async def test_files_are_readable_by_nobody_else(tmp_path: Path) -> None:
    await FolderBlobs(tmp_path / "var" / "blobs").put(b"a picture")
    assert oct((tmp_path / "var" / "blobs").stat().st_mode & 0o777) == "0o700"
