"""Bodies of requests: what cannot be read, and what does not come in time, is answered by name at every door."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from gateway.web.bodies import Patience
from tests.flows.office import PBX
from tests.front_door import KEY, SHOP, front_door
from tests.web.house import URL, open_house

HASTY = Patience(text=0.2, file=0.4, pause=0.2)
FORM = {"Content-Type": "application/x-www-form-urlencoded", "Origin": SHOP}
CUT = {"Content-Type": "multipart/form-data; boundary=cut", "Origin": SHOP}
FILE = b'--cut\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n'


async def trickle(*begin: bytes) -> AsyncIterator[bytes]:
    """These pieces, and then nothing for ever."""
    for piece in begin:
        yield piece
    await asyncio.Event().wait()


async def drops() -> AsyncIterator[bytes]:
    """A file that never ends and never stands still."""
    yield FILE + b"\r\n"
    while True:
        yield b"x"
        await asyncio.wait([asyncio.create_task(asyncio.Event().wait())], timeout=0.05)


@pytest.mark.parametrize(
    ("path", "headers", "body"),
    [
        (f"/forms/{KEY}", FORM, (b"message=Hel",)),
        (f"/forms/{KEY}", CUT, (b'--cut\r\nContent-Disposition: form-data; name="message"\r\n\r\nHel',)),
        ("/api/v1/widget/session", {"Content-Type": "application/json", "Origin": SHOP}, (b"{",)),
        ("/api/v1/widget/files", CUT, (FILE,)),
        ("/api/v1/widget/files", CUT, (FILE, b"\r\nHel")),
    ],
)
async def test_a_visitors_body_that_stops_is_given_up_by_name(path: str, headers: Any, body: Any) -> None:
    async with front_door(patience=HASTY) as door:
        bearer = {"Authorization": f"Bearer {(await door.session())['token']}"}
        async with (
            asyncio.timeout(20),
            door.http.post(door.url + path, headers=headers | bearer, data=trickle(*body)) as answer,
        ):
            assert (answer.status, (await answer.json(content_type=None))["code"]) == (408, "too_slow")


async def test_an_upload_that_drips_is_given_up_by_name() -> None:
    async with front_door(patience=HASTY) as door:
        headers = CUT | {"Authorization": f"Bearer {(await door.session())['token']}"}
        where = f"{door.url}/api/v1/widget/files"
        async with asyncio.timeout(20), door.http.post(where, headers=headers, data=drops()) as answer:
            assert answer.status == 408


@pytest.mark.parametrize("path", ["/api/v1/session", f"/hooks/key-{PBX}"])
async def test_a_machines_body_that_stops_is_given_up_by_name(path: str) -> None:
    async with open_house(patience=HASTY, hook_seconds=0.2) as house:
        browser = await house.browser()
        path = path.replace(f"key-{PBX}", house.office.directory.channel(PBX).key)
        headers = {"Content-Type": "application/json", "X-Sign": "right", "Origin": URL}
        async with asyncio.timeout(20), browser.client.post(path, data=trickle(b"{"), headers=headers) as answer:
            assert (answer.status, (await answer.json())["code"]) == (408, "too_slow")


@pytest.mark.parametrize("packing", ["gzip", "deflate"])
@pytest.mark.parametrize("path", [f"/forms/{KEY}", "/api/v1/widget/session"])
async def test_what_cannot_be_unpacked_is_refused_by_name(path: str, packing: str) -> None:
    async with (
        front_door() as door,
        door.http.post(door.url + path, headers=FORM | {"Content-Encoding": packing}, data=b"message=Hello") as answer,
    ):
        assert (answer.status, (await answer.json(content_type=None))["code"]) == (422, "malformed")


@pytest.mark.parametrize(
    "part",
    [
        FILE,
        FILE + b"no colon\r\n\r\nHello\r\n--cut--\r\n",
        FILE + b"X: " + b"x" * 20_000 + b"\r\n\r\nHello\r\n--cut--\r\n",
    ],
)
async def test_a_broken_upload_is_refused_by_name(part: bytes) -> None:
    async with front_door() as door:
        headers = CUT | {"Authorization": f"Bearer {(await door.session())['token']}"}
        async with door.http.post(f"{door.url}/api/v1/widget/files", headers=headers, data=part) as answer:
            assert answer.status == 422, await answer.text()


async def raw(url: str, request: bytes) -> tuple[int, bytes]:
    """Status and body of what no client of ours could send."""
    host, _, port = url.removeprefix("http://").rstrip("/").partition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(request)
    answer = await reader.read()
    writer.close()
    return int(answer.split()[1]), answer.partition(b"\r\n\r\n")[2]


@pytest.mark.parametrize("header", [b"Referer: http://[", b"Referer: http://x/\xff", b"Idempotency-Key: \xff", b"X: y"])
async def test_no_header_of_an_odd_browser_loses_the_enquiry(header: bytes) -> None:
    async with front_door() as door:
        body = b"message=Hello"
        head = f"POST /forms/{KEY} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: {len(body)}\r\n".encode()
        kind = b"Content-Type: application/x-www-form-urlencoded\r\nOrigin: https://shop.example\r\n"
        status, said = await raw(door.url, head + kind + header + b"\r\n\r\n" + body)
        assert (status, json.loads(said)["ok"]) == (201, True)


async def test_a_name_that_no_text_can_hold_does_not_lose_the_file() -> None:
    async with front_door() as door:
        token = (await door.session())["token"]
        body = FILE.replace(b"a.txt", b"\xff.txt") + b"\r\nHello\r\n--cut--\r\n"
        head = f"POST /api/v1/widget/files HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: {len(body)}\r\n".encode()
        rest = f"Content-Type: multipart/form-data; boundary=cut\r\nOrigin: {SHOP}\r\nAuthorization: Bearer {token}\r\n\r\n"
        status, said = await raw(door.url, head + rest.encode() + body)
        assert (status, json.loads(said)["name"]) == (201, "_.txt")


@pytest.mark.parametrize(
    ("head", "status"),
    [
        (b"GET /api/v1/session HTTP/1.1\r\nCookie: gw_session=\xff\xfe", 401),
        (b"GET /metrics HTTP/1.1\r\nAuthorization: Bearer \xff", 403),
        (b"GET /" + b"a" * 5000 + b" HTTP/1.1", 503),  # a page of the console, which is not built here
    ],
)
async def test_nothing_a_stranger_sends_is_our_own_failure(head: bytes, status: int, tmp_path: Any) -> None:
    async with open_house(metrics_token="told-to-nobody", assets=tmp_path) as house:
        found, _ = await raw(str(house.server.make_url("/")), head + b"\r\nHost: x\r\nConnection: close\r\n\r\n")
        assert found == status
