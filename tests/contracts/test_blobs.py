"""What every place for files must do."""

from __future__ import annotations

import asyncio
import os
import uuid
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from gateway.domain.errors import ConfigError, NotFound, StoreUnavailable, TooLarge
from gateway.ports.live import Blobs
from gateway.store.blobs import open_blobs

SHA_OF_ABC = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
KEY_OF_ABC = f"sha256/ba/{SHA_OF_ABC[2:]}"


# A bucket to try besides, as it would stand in the configuration; credentials and endpoint as docs/howto/several-nodes.md says.
BUCKET = os.environ.get("GATEWAY_TEST_S3", "")


@pytest.fixture(params=["folder", "memory", *(["bucket"] if BUCKET else [])])
def blobs(request: pytest.FixtureRequest, tmp_path: Path) -> Blobs:
    """A place for files; in a bucket under a prefix of this test's own."""
    match request.param:
        case "folder":
            return open_blobs(f"{tmp_path}/files")
        case "bucket":
            return open_blobs(f"{BUCKET}/{uuid.uuid4().hex}")
    return open_blobs("memory://")


async def stream(*chunks: bytes) -> AsyncIterator[bytes]:
    """Chunks one by one."""
    for chunk in chunks:
        yield chunk


async def read(blobs: Blobs, key: str, **part: int) -> bytes:
    """All chunks together."""
    return b"".join([chunk async for chunk in blobs.open(key, **part)])


async def test_the_same_bytes_have_one_key_however_they_came(blobs: Blobs) -> None:
    assert await blobs.put(b"abc") == KEY_OF_ABC
    assert await blobs.put(b"abc") == KEY_OF_ABC
    assert await blobs.put_stream(stream(b"a", b"bc"), limit=3) == (KEY_OF_ABC, 3, SHA_OF_ABC)
    assert await blobs.get(KEY_OF_ABC) == b"abc"
    assert await blobs.size(KEY_OF_ABC) == 3


async def test_a_stream_that_was_not_there_before_is_stored(blobs: Blobs) -> None:
    big = bytes(range(256)) * 4096
    key, size, _ = await blobs.put_stream(stream(big[:100], big[100:]), limit=len(big))
    assert size == len(big)
    assert await blobs.get(key) == big
    assert await read(blobs, key) == big
    assert await read(blobs, key, start=1000, end=300_000) == big[1000:300_000]
    assert await read(blobs, key, start=len(big) - 5) == big[-5:]
    assert await read(blobs, key, start=len(big) + 5) == b""


async def test_an_empty_file_is_a_file(blobs: Blobs) -> None:
    key = await blobs.put(b"")
    assert (await blobs.size(key), await read(blobs, key)) == (0, b"")


def test_too_much_is_refused_and_leaves_nothing(blobs: Blobs, tmp_path: Path) -> None:
    with pytest.raises(TooLarge):
        asyncio.run(blobs.put_stream(stream(b"ab", b"cd"), limit=3))
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


@pytest.mark.parametrize("key", [f"sha256/00/{'0' * 62}", "../secret", "sha256/../../etc/passwd", ""])
async def test_what_is_not_there_is_not_found(blobs: Blobs, key: str) -> None:
    for ask in (blobs.get(key), blobs.size(key), read(blobs, key)):
        with pytest.raises(NotFound):
            await ask


async def test_a_place_that_can_be_written_is_well(blobs: Blobs) -> None:
    await blobs.check()


async def test_a_folder_that_cannot_be_written_is_unwell(tmp_path: Path) -> None:
    blobs = open_blobs(f"file://{tmp_path}/files")
    (tmp_path / "files" / "incoming").rmdir()
    (tmp_path / "files" / "incoming").write_text("in the way")
    with pytest.raises(StoreUnavailable):
        await blobs.check()
    with pytest.raises(StoreUnavailable):
        await blobs.put(b"abc")


@pytest.mark.parametrize("fault", [ConnectionError("The host hung up."), TimeoutError(), FileNotFoundError()])
async def test_what_fails_at_the_source_is_not_blamed_on_the_storage(blobs: Blobs, tmp_path: Path, fault: OSError) -> None:
    """Else a recording that its host does not have is fetched for ever: the storage is always waited for."""

    async def broken() -> AsyncIterator[bytes]:
        yield b"abc"
        raise fault

    with pytest.raises(type(fault)):
        await blobs.put_stream(broken(), limit=100)
    left = await asyncio.to_thread(lambda: [path for path in tmp_path.rglob("*") if path.is_file()])
    assert left == []


@pytest.mark.parametrize("status", [403, 500, 503])
async def test_a_bucket_that_refuses_is_away_soon(status: int, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    async def refuses(request: web.Request) -> web.Response:
        asked.append(request.method)
        return web.Response(status=status)

    app = web.Application()
    app.router.add_route("*", "/{key:.*}", refuses)
    async with TestServer(app) as bucket:
        for name, value in {"ENDPOINT_URL": str(bucket.make_url("")), "ALLOW_HTTP": "true", "REGION": "eu-west-1",
                            "ACCESS_KEY_ID": "ann", "SECRET_ACCESS_KEY": "a secret"}.items():  # fmt: skip
            monkeypatch.setenv(f"AWS_{name}", value)
        blobs = open_blobs("s3://bucket/files")
        for ask in (blobs.put(b"abc"), blobs.put_stream(stream(b"abc"), limit=9), blobs.get(KEY_OF_ABC), blobs.check()):
            asked.clear()
            with pytest.raises(StoreUnavailable):
                await ask
            assert 1 <= len(asked) <= 3


def test_an_unknown_place_is_refused() -> None:
    with pytest.raises(ConfigError):
        open_blobs("ftp://somewhere")


async def test_an_upload_lies_under_its_own_name_until_it_is_removed(blobs: Blobs) -> None:
    assert await blobs.put_stream(stream(b"abc"), limit=3, name="att_1") == ("upload/att_1", 3, SHA_OF_ABC)
    assert await read(blobs, "upload/att_1", start=1) == b"bc"
    for _ in range(2):
        await blobs.remove_upload("att_1")
    with pytest.raises(NotFound):
        await blobs.get("upload/att_1")


async def test_an_upload_of_bytes_that_are_here_for_good_is_kept_with_them(blobs: Blobs) -> None:
    await blobs.put(b"abc")
    assert (await blobs.put_stream(stream(b"abc"), limit=3, name="att_1"))[0] == KEY_OF_ABC
    await blobs.remove_upload("att_1")
    assert await blobs.get(KEY_OF_ABC) == b"abc"


@pytest.mark.parametrize("name", ["../sha256/x", "a/b", "", "att_1/../../x"])
async def test_only_what_is_an_upload_can_be_removed(blobs: Blobs, name: str) -> None:
    await blobs.put(b"abc")
    await blobs.remove_upload(name)
    assert await blobs.get(KEY_OF_ABC) == b"abc"


def test_what_a_killed_process_was_writing_is_forgotten_a_day_later(tmp_path: Path) -> None:
    open_blobs(str(tmp_path))
    old, fresh = tmp_path / "incoming" / "gateway-old", tmp_path / "incoming" / "gateway-fresh"
    for path in (old, fresh):
        path.write_bytes(b"half")
    day = fresh.stat().st_mtime - 90_000
    os.utime(old, (day, day))
    open_blobs(str(tmp_path))
    assert list((tmp_path / "incoming").iterdir()) == [fresh]
