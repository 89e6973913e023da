"""Files: harmless headers, ranges, names, scope (reliability classes 1, 3, 6, 35, 36; RFC 9110 section 14)."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import Any

import aiohttp
import pytest

from gateway.domain.call import Call, Recording
from gateway.domain.ids import AttachmentId, CallId, MessageId
from gateway.domain.message import Attachment
from gateway.web.disposition import attachment, safe_name
from tests.fakes.clock import MONDAY
from tests.web.house import IVAN, LINE, OLGA, PBX, Browser, House

SOUND = bytes(range(256)) * 4
SIZE = len(SOUND)


async def upload(browser: Browser, name: str, content: bytes, content_type: str) -> Any:
    """As the console does it."""
    form = aiohttp.FormData(quote_fields=False)
    form.add_field("file", io.BytesIO(content), filename=name, content_type=content_type)
    return await browser.ask("POST", "/api/v1/files", data=form)


async def stored(house: House, name: str, content_type: str, content: bytes = b"content") -> str:
    """A file of Ann's message."""
    await house.ann_writes()
    message = next(e.data["message"] for e in house.office.events if e.type == "message.received")
    key = await house.office.core.blobs.put(content)
    id = AttachmentId(house.office.core.ids.new("att"))
    file = Attachment(id, MessageId(message["id"]), name, content_type, len(content), "stored", key, created_at=MONDAY)
    await house.office.store.run(lambda uow: uow.messages.add_attachment(file))
    return id


async def test_the_console_is_told_how_large_a_file_may_be(house: House) -> None:
    browser = await house.browser(OLGA)
    most = (await (await browser.get("/api/v1/session")).json())["workspace"]["file_bytes"]
    assert most == house.site.config.file_bytes
    assert (await upload(browser, "just.bin", b"x" * most, "application/octet-stream")).status == 201
    assert (await upload(browser, "more.bin", b"x" * (most + 1), "application/octet-stream")).status == 413


@pytest.mark.parametrize(
    ("name", "content_type", "how", "shown_as"),
    [
        ("a.png", "image/png", "inline", "image/png"),
        ("a.jpg", "IMAGE/JPEG; charset=x", "inline", "image/jpeg"),
        ("a.mp3", "audio/mpeg", "inline", "audio/mpeg"),
        ("a.mp4", "video/mp4", "inline", "video/mp4"),
        ("a.svg", "image/svg+xml", "attachment", "application/octet-stream"),
        ("a.html", "text/html", "attachment", "application/octet-stream"),
        ("a.xml", "application/xml", "attachment", "application/octet-stream"),
        ("a.pdf", "application/pdf", "attachment", "application/octet-stream"),
        ("a.ics", "text/calendar", "attachment", "application/octet-stream"),
        ("a.js", "text/javascript", "attachment", "application/octet-stream"),
        ("a.xhtml", "application/xhtml+xml", "attachment", "application/octet-stream"),
        ("a", "", "attachment", "application/octet-stream"),
        ("a.png", "text/html, image/png", "attachment", "application/octet-stream"),
    ],
)
async def test_only_harmless_kinds_open_in_place(house: House, name: str, content_type: str, how: str, shown_as: str) -> None:
    id = await stored(house, name, content_type)
    browser = await house.browser(OLGA)
    response = await browser.get(f"/api/v1/files/{id}")
    assert response.status == 200
    assert response.headers["Content-Disposition"].startswith(how)
    assert response.headers["Content-Type"] == shown_as
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Content-Security-Policy"].endswith("sandbox")
    assert "no-store" in response.headers["Cache-Control"]
    downloaded = await browser.get(f"/api/v1/files/{id}?download=1")
    assert downloaded.headers["Content-Disposition"].startswith("attachment")


async def test_a_file_is_as_hidden_as_its_conversation(house: House) -> None:
    id = await stored(house, "a.png", "image/png")
    ivan = await house.browser(IVAN, role="operator")
    assert (await ivan.get(f"/api/v1/files/{id}")).status == 404
    assert (await (await house.browser()).get(f"/api/v1/files/{id}")).status == 401


async def test_an_upload_is_ones_own_until_it_is_sent(house: House) -> None:
    olga, boss = await house.browser(OLGA), await house.browser(IVAN, role="admin")
    response = await upload(olga, "../../etc/Estimate 2417.pdf", b"%PDF", "application/pdf")
    row = await response.json()
    assert response.status == 201
    assert row["name"] == "Estimate 2417.pdf"
    assert await (await olga.get(row["url"])).read() == b"%PDF"
    assert (await boss.get(row["url"])).status == 404


async def test_a_file_over_the_limit_is_refused(house: House) -> None:
    browser = await house.browser(OLGA)
    big = b"x" * (house.site.config.file_bytes + 1)
    response = await upload(browser, "big.bin", big, "application/octet-stream")
    assert (response.status, (await response.json(content_type=None))["code"]) == (413, "too_large")


async def test_an_upload_without_a_file_is_refused(house: House) -> None:
    browser = await house.browser(OLGA)
    assert (await browser.ask("POST", "/api/v1/files", {"file": "x"})).status == 415
    form = aiohttp.FormData(default_to_multipart=True)
    form.add_field("other", io.BytesIO(b"x"), filename="x")
    assert (await browser.ask("POST", "/api/v1/files", data=form)).status == 422
    assert (await upload(await house.browser(), "a", b"x", "text/plain")).status == 401


async def recorded(house: House) -> str:
    """A call on Sales with its sound."""
    key = await house.office.core.blobs.put(SOUND)
    call = Call(CallId("cal_1"), PBX, LINE, "key", started_at=MONDAY, updated_at=MONDAY)
    sound = Recording("rec_1", call.id, "r", "https://pbx.example/secret", "stored", "audio/mpeg", SIZE, blob_key=key)

    async def work(uow: Any) -> None:
        await uow.calls.add(call)
        await uow.calls.save_recording(replace(sound, created_at=MONDAY))

    await house.office.store.run(work)
    return sound.id


RANGES = [
    (None, 200, 0, SIZE), ("bytes=0-", 206, 0, SIZE), ("bytes=0-0", 206, 0, 1), ("bytes=0-99", 206, 0, 100),
    ("bytes=100-199", 206, 100, 200), (f"bytes={SIZE - 1}-", 206, SIZE - 1, SIZE), ("bytes=-1", 206, SIZE - 1, SIZE),
    ("bytes=-100", 206, SIZE - 100, SIZE), (f"bytes=-{SIZE * 2}", 206, 0, SIZE), ("bytes=0-99999999", 206, 0, SIZE),
    ("BYTES=5-6", 206, 5, 7), (f"bytes={SIZE}-", 416, 0, 0), ("bytes=99999999-", 416, 0, 0), ("bytes=-0", 416, 0, 0),
    ("bytes=5-4", 200, 0, SIZE), ("bytes=", 200, 0, SIZE), ("bytes=-", 200, 0, SIZE), ("bytes=a-b", 200, 0, SIZE),
    ("items=0-1", 200, 0, SIZE), ("bytes=0-1,3-4", 200, 0, SIZE), ("bytes=0-0,0-0,0-0", 200, 0, SIZE), ("0-1", 200, 0, SIZE),
]  # fmt: skip


async def test_recordings_are_seekable(house: House) -> None:
    id, browser = await recorded(house), await house.browser(OLGA)
    for asked, status, start, end in RANGES:
        headers = {"Range": asked} if asked else {}
        response = await browser.get(f"/api/v1/recordings/{id}", headers=headers)
        body = await response.read()
        assert response.status == status, asked
        if status == 416:
            assert response.headers["Content-Range"] == f"bytes */{SIZE}"
            continue
        assert body == SOUND[start:end], asked
        assert response.headers["Accept-Ranges"] == "bytes"
        assert response.headers["Content-Length"] == str(end - start)
        assert response.headers.get("Content-Range") == (f"bytes {start}-{end - 1}/{SIZE}" if status == 206 else None)


async def test_if_range_gives_a_part_only_of_the_same_file(house: House) -> None:
    id, browser = await recorded(house), await house.browser(OLGA)
    etag = (await browser.get(f"/api/v1/recordings/{id}")).headers["ETag"]
    assert not etag.startswith("W/")
    for given, status in ((etag, 206), ('"other"', 200), (f"W/{etag}", 200), ("Mon, 05 Jan 2026 09:00:00 GMT", 200)):
        headers = {"Range": "bytes=0-9", "If-Range": given}
        assert (await browser.get(f"/api/v1/recordings/{id}", headers=headers)).status == status
    again = await browser.get(f"/api/v1/recordings/{id}", headers={"If-None-Match": etag})
    assert (again.status, await again.read()) == (304, b"")


async def test_head_tells_the_size_and_sends_nothing(house: House) -> None:
    id, browser = await recorded(house), await house.browser(OLGA)
    response = await browser.ask("HEAD", f"/api/v1/recordings/{id}")
    assert (response.status, response.headers["Content-Length"], await response.read()) == (200, str(SIZE), b"")


async def test_a_recording_is_as_hidden_as_its_call(house: House) -> None:
    id = await recorded(house)
    assert (await (await house.browser(IVAN, role="operator")).get(f"/api/v1/recordings/{id}")).status == 404
    row = await (await (await house.browser(OLGA)).get("/api/v1/calls/cal_1")).json()
    assert row["recordings"][0]["url"] == f"/api/v1/recordings/{id}"
    assert "secret" not in str(row)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("Estimate 2417.pdf", "Estimate 2417.pdf"), ("../../etc/passwd", "passwd"), ("C:\\Temp\\a.txt", "a.txt"),
        ("a\r\nSet-Cookie: x=1", "aSet-Cookie: x=1"), ("a\0b", "ab"), ("", "file"), ("...", "file"), ("/", "file"),
        ("\u202egnp.exe", "gnp.exe"), ("смета.pdf", "смета.pdf"), ("x" * 400 + ".pdf", "x" * 146 + ".pdf"),
    ],
)  # fmt: skip
def test_names_from_strangers_lose_what_could_harm(given: str, kept: str) -> None:
    assert safe_name(given) == kept


def test_the_name_travels_in_both_spellings() -> None:
    assert attachment('смета "x".pdf') == (
        "attachment; filename=\"_x_.pdf\"; filename*=UTF-8''%D1%81%D0%BC%D0%B5%D1%82%D0%B0%20%22x%22.pdf"
    )
