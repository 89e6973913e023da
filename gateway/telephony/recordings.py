"""Downloads a recording from an address that a PBX named, without being led astray. Talks HTTP to admitted hosts only.

Per hop: form and host are judged, the name is resolved once, every answer is judged, and the connection goes to that
very address (a second look-up could answer differently). No cookies, credentials, proxies or environment; nothing is
unpacked; redirects are hops like the first.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from gateway.domain.errors import TooLarge, Unreadable
from gateway.telephony.guard import Door, admit, check_answers, literal, refused

Resolve = Callable[[str, int], Awaitable[list[str]]]
MOST_REDIRECTS = 3
CHUNK = 64 * 1024
TOTAL_SECONDS, CONNECT_SECONDS = 300.0, 10.0
_REDIRECTS = {301, 302, 303, 307, 308}


async def system_resolve(host: str, port: int) -> list[str]:
    """All addresses of a name, as the system finds them."""
    answers = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(answer[4][0]) for answer in answers]


class RecordingDownload:
    """Fetches for one channel. largest: in bytes."""

    def __init__(self, door: Door, *, largest: int, resolve: Resolve = system_resolve) -> None:
        self._door, self._largest, self._resolve = door, largest, resolve

    async def fetch(self, url: str) -> AsyncIterator[bytes]:
        """Stream it. Raises Rejected (the guard said no), Unreadable (gone for good), TooLarge, ConnectionError or
        TimeoutError (passing).

        404 counts as passing: many systems announce a recording before it is there.
        """
        for _hop in range(MOST_REDIRECTS + 1):
            target = admit(url, self._door)
            async with await self._session(target) as session, await _ask(session, target) as response:
                if response.status not in _REDIRECTS:
                    async for chunk in self._body(response):
                        yield chunk
                    return
                url = _next(target, response)
        raise refused(f"it redirects more than {MOST_REDIRECTS} times")

    async def _session(self, target: URL) -> aiohttp.ClientSession:
        host, port = target.raw_host or "", target.port or 443
        answers = [host] if literal(host) else await self._look_up(host, port)
        pinned = check_answers(host.lower(), answers, self._door)
        connector = aiohttp.TCPConnector(resolver=_Pinned(pinned), use_dns_cache=False, force_close=True)
        return aiohttp.ClientSession(
            connector=connector,
            cookie_jar=aiohttp.DummyCookieJar(),
            trust_env=False,
            auto_decompress=False,
            timeout=aiohttp.ClientTimeout(total=TOTAL_SECONDS, sock_connect=CONNECT_SECONDS, sock_read=60),
            headers={"Accept": "audio/*, application/octet-stream;q=0.8", "Accept-Encoding": "identity"},
        )

    async def _look_up(self, host: str, port: int) -> list[str]:
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                return await self._resolve(host, port)
        except OSError:
            raise ConnectionError("The recording's host cannot be found now.") from None

    async def _body(self, response: aiohttp.ClientResponse) -> AsyncIterator[bytes]:
        _check_status(response.status)
        if (response.content_length or 0) > self._largest:
            raise self._too_large()
        taken = 0
        try:
            async for chunk in response.content.iter_chunked(CHUNK):
                taken += len(chunk)
                if taken > self._largest:
                    raise self._too_large()
                yield chunk
        except aiohttp.ClientError:
            raise ConnectionError("The download of the recording broke off.") from None

    def _too_large(self) -> TooLarge:
        return TooLarge(f"The recording is over the limit of {self._largest // (1024 * 1024)} MB.")


class _Pinned(AbstractResolver):
    """Answers every question with the one address that was judged."""

    def __init__(self, address: str) -> None:
        self._address = address

    async def resolve(
        self,
        host: str,
        port: int = 0,
        family: socket.AddressFamily = socket.AF_INET,  # noqa: ARG002
    ) -> list[ResolveResult]:
        """The pinned address."""
        kind = socket.AF_INET6 if ":" in self._address else socket.AF_INET
        return [ResolveResult(hostname=host, host=self._address, port=port, family=kind, proto=0, flags=socket.AI_NUMERICHOST)]

    async def close(self) -> None:
        """Nothing is open."""


async def _ask(session: aiohttp.ClientSession, target: URL) -> aiohttp.ClientResponse:
    try:
        return await session.get(target, allow_redirects=False)
    except aiohttp.ClientError:
        raise ConnectionError("The recording's host cannot be reached now.") from None


def _next(target: URL, response: Any) -> str:
    location = response.headers.get("Location", "")
    try:
        return str(target.join(URL(location, encoded=True)))
    except ValueError:
        raise refused("it redirects to something that is no address") from None


def _check_status(status: int) -> None:
    if status == 200:
        return
    if status in (404, 408, 425, 429) or status >= 500:
        raise ConnectionError(f"The recording is not there yet (the host answered {status}).")
    raise Unreadable(f"The recording cannot be fetched: the host answered {status}.")
