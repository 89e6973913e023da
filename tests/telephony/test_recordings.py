"""Fetching recordings: what arrives, what is refused before a single connection, what is passing."""

from __future__ import annotations

import contextlib
import gzip
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from gateway.domain.errors import Rejected, TooLarge, Unreadable
from gateway.telephony.guard import Door
from gateway.telephony.recordings import RecordingDownload

SOUND = b"RIFF" + bytes(range(256)) * 1000


class Pbx:
    """A web server on this machine that counts who connects; `pbx.lan` and `other.lan` lead to it."""

    def __init__(self) -> None:
        self.requests: list[web.Request] = []
        self.answers: dict[str, Callable[[web.Request], Awaitable[web.StreamResponse]]] = {}
        app = web.Application()
        app.router.add_get("/{path:.*}", self._serve)
        self.server = TestServer(app)

    def url(self, path: str, host: str = "pbx.lan") -> str:
        """An address by name, at this server's port."""
        return f"http://{host}:{self.server.port}/{path}"

    def serve(self, path: str, **response: Any) -> None:
        """What to answer."""

        async def answer(request: web.Request) -> web.StreamResponse:
            return web.Response(**response)

        self.answers[path] = answer

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        self.requests.append(request)
        return await self.answers[request.match_info["path"]](request)


class Names:
    """A resolver that says what it is told, one answer after the other."""

    def __init__(self, **answers: list[list[str]]) -> None:
        self.answers = {name.replace("_", "."): given for name, given in answers.items()}
        self.asked: list[str] = []

    async def __call__(self, host: str, port: int) -> list[str]:
        self.asked.append(host)
        given = self.answers.get(host)
        if given is None:
            raise OSError("no such host")
        return given.pop(0) if len(given) > 1 else given[0]


@pytest.fixture
async def pbx() -> AsyncIterator[Pbx]:
    """A PBX inside the network."""
    fake = Pbx()
    await fake.server.start_server()
    fake.serve("a.wav", body=SOUND, content_type="audio/wav")
    yield fake
    await fake.server.close()


def downloader(pbx: Pbx, names: Names | None = None, *, largest: int = 10**6, **door: frozenset[str]) -> RecordingDownload:
    """May reach pbx.lan and other.lan; rec.example only if it were public."""
    allowed: dict[str, Any] = {
        "private_hosts": frozenset({"pbx.lan", "other.lan"}), "hosts": frozenset({"rec.example"}), **door,
    }  # fmt: skip
    where = names or Names(pbx_lan=[["127.0.0.1"]], other_lan=[["127.0.0.1"]], rec_example=[["127.0.0.1"]])
    return RecordingDownload(Door(ports=frozenset({80, 443, pbx.server.port or 0}), **allowed), largest=largest, resolve=where)


async def taken(download: RecordingDownload, url: str, *, into: list[bytes] | None = None) -> bytes:
    """All bytes."""
    received = [] if into is None else into
    async for chunk in download.fetch(url):
        received.append(chunk)
    return b"".join(received)


async def test_a_recording_inside_the_network_is_fetched_when_allowed(pbx: Pbx) -> None:
    assert await taken(downloader(pbx), pbx.url("a.wav")) == SOUND


async def test_nothing_of_ours_is_sent_along(pbx: Pbx, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    await taken(downloader(pbx), pbx.url("a.wav"))
    headers = {name.lower() for name in pbx.requests[0].headers}
    assert not headers & {"authorization", "cookie", "referer", "proxy-authorization"}
    assert pbx.requests[0].headers["Host"].startswith("pbx.lan")


async def test_a_public_name_that_leads_inside_gets_no_connection(pbx: Pbx) -> None:
    url = f"https://rec.example:{pbx.server.port}/a.wav"
    with pytest.raises(Rejected, match="internal address"):
        await taken(downloader(pbx), url)
    assert pbx.requests == []


@pytest.mark.parametrize("answers", [["8.8.8.8", "127.0.0.1"], ["::ffff:127.0.0.1"], ["64:ff9b::7f00:1"], ["0.0.0.0"]])
async def test_no_spelling_of_an_inside_address_gets_a_connection(pbx: Pbx, answers: list[str]) -> None:
    with pytest.raises(Rejected):
        await taken(downloader(pbx, Names(rec_example=[answers])), f"https://rec.example:{pbx.server.port}/a.wav")
    assert pbx.requests == []


async def test_a_name_is_resolved_once_so_that_a_second_answer_cannot_matter(pbx: Pbx) -> None:
    names = Names(pbx_lan=[["127.0.0.1"], ["169.254.169.254"]])
    assert await taken(downloader(pbx, names), pbx.url("a.wav")) == SOUND
    assert names.asked == ["pbx.lan"]


async def test_a_name_that_changes_between_hops_is_judged_again(pbx: Pbx) -> None:
    pbx.serve("go", status=302, headers={"Location": "/a.wav"})
    names = Names(pbx_lan=[["127.0.0.1"], ["169.254.169.254"]])
    with pytest.raises(Rejected):
        await taken(downloader(pbx, names), pbx.url("go"))
    assert len(pbx.requests) == 1


TARGETS = [
    "http://169.254.169.254/latest/meta-data/", "http://127.0.0.1/", "http://[::1]/", "http://2130706433/",
    "http://127.1/", "file:///etc/passwd", "http://evil.example/", "//169.254.169.254/", "http://metadata.internal/",
    "http://pbx.lan@169.254.169.254/", "ftp://pbx.lan/", "http://pbx.lan:22/", "", "http://[", "\\\\evil.example\\x",
]  # fmt: skip


@pytest.mark.parametrize("target", TARGETS)
async def test_a_redirect_out_of_the_allowed_hosts_is_refused(pbx: Pbx, target: str) -> None:
    pbx.serve("go", status=302, headers={"Location": target})
    with pytest.raises(Rejected):
        await taken(downloader(pbx), pbx.url("go"))
    assert {request.path for request in pbx.requests} == {"/go"}


async def test_three_redirects_are_followed_and_a_fourth_is_not(pbx: Pbx) -> None:
    for number in range(5):
        pbx.serve(f"r{number}", status=307, headers={"Location": pbx.url(f"r{number + 1}", host="other.lan")})
    pbx.serve("r4", body=SOUND)
    assert await taken(downloader(pbx), pbx.url("r1")) == SOUND
    with pytest.raises(Rejected, match="redirects more than 3 times"):
        await taken(downloader(pbx), pbx.url("r0"))


async def test_a_redirect_sets_no_cookie_for_the_next_hop(pbx: Pbx) -> None:
    pbx.serve("go", status=302, headers={"Location": "/a.wav", "Set-Cookie": "session=1"})
    await taken(downloader(pbx), pbx.url("go"))
    assert "Cookie" not in pbx.requests[1].headers


async def test_an_announced_size_over_the_limit_is_refused(pbx: Pbx) -> None:
    with pytest.raises(TooLarge):
        await taken(downloader(pbx, largest=1000), pbx.url("a.wav"))


async def test_an_endless_answer_is_cut_at_the_limit(pbx: Pbx) -> None:
    async def endless(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        with contextlib.suppress(OSError):
            while True:
                await response.write(b"x" * 65536)
        return response

    pbx.answers["endless"] = endless
    received: list[bytes] = []
    with pytest.raises(TooLarge):
        await taken(downloader(pbx, largest=200_000), pbx.url("endless"), into=received)
    assert 0 < sum(map(len, received)) <= 200_000


async def test_a_packed_answer_is_not_unpacked(pbx: Pbx) -> None:
    bomb = gzip.compress(b"\0" * 10_000_000)
    pbx.serve("bomb", body=bomb, headers={"Content-Encoding": "gzip"})
    assert await taken(downloader(pbx), pbx.url("bomb")) == bomb


@pytest.mark.parametrize("status", [404, 429, 500, 503])
async def test_not_there_yet_is_passing(pbx: Pbx, status: int) -> None:
    pbx.serve("later", status=status)
    with pytest.raises(ConnectionError):
        await taken(downloader(pbx), pbx.url("later"))


@pytest.mark.parametrize("status", [401, 403, 410, 204])
async def test_gone_or_closed_is_final(pbx: Pbx, status: int) -> None:
    pbx.serve("gone", status=status)
    with pytest.raises(Unreadable):
        await taken(downloader(pbx), pbx.url("gone"))


async def test_a_host_that_cannot_be_found_or_reached_is_passing(pbx: Pbx) -> None:
    with pytest.raises(ConnectionError):
        await taken(downloader(pbx, Names()), pbx.url("a.wav"))
    url, download = pbx.url("a.wav"), downloader(pbx)
    await pbx.server.close()
    with pytest.raises(ConnectionError):
        await taken(download, url)


async def test_a_broken_download_is_passing(pbx: Pbx) -> None:
    async def half(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Length": "1000"})
        await response.prepare(request)
        await response.write(b"x" * 10)
        assert request.transport is not None
        request.transport.abort()
        return response

    pbx.answers["half"] = half
    with pytest.raises(ConnectionError):
        await taken(downloader(pbx), pbx.url("half"))
