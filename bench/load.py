"""The load generator: visitors that write, one operator who hears. The same for the product and for the bare loop.

Runs in a process of its own (`python -m bench.load`), so that it has a core to itself. A visitor has one message under way at a
time (saturated) or all visitors together keep a rate (latency). A message counts when the operator has received it.
"""

from __future__ import annotations

import asyncio
import json
import re
import statistics
import sys
import time
from dataclasses import dataclass, field
from typing import Any, Self

import aiohttp
import uvloop

from bench.wire import Socket

VISITORS = 128  # enough that the server never waits for a visitor
WARM_UP = 2.0
CLIENT_ID = re.compile(r'"client_id":\s*"(b-[^"]+)"')
TEXT = "Do you have the Kestrel in size M, and could I try it on Thursday afternoon?"


@dataclass
class Ledger:
    """What was sent and when, and what the operator has heard."""

    sent: dict[str, float] = field(default_factory=dict)
    heard: list[tuple[float, float]] = field(default_factory=list)

    def hear(self, text: str) -> None:
        """One packet, as text: the product tells a burst of events in one."""
        if "message.received" not in text:
            return
        now = time.perf_counter()
        for client_id in CLIENT_ID.findall(text):
            if (began := self.sent.pop(client_id, None)) is not None:
                self.heard.append((now, now - began))


class Crowd:
    """Visitors and the operator, connected."""

    def __init__(self, url: str, link: str) -> None:
        self._url, self._link = url, link
        self.ledger = Ledger()
        self.visitors: list[Socket] = []
        self._count = 0

    async def __aenter__(self) -> Self:
        jar = aiohttp.CookieJar(unsafe=True)
        self.http = aiohttp.ClientSession(cookie_jar=jar, connector=aiohttp.TCPConnector(limit=0))
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.http.close()

    async def gather(self, visitors: int) -> None:
        """Everybody takes a seat; on the product every visitor has an answered conversation before the clock starts."""
        headers = await self._operator()
        for _ in range(visitors):
            self.visitors.append(await self._visitor())
        await asyncio.gather(*(self.say(visitor) for visitor in self.visitors))
        if headers:
            await self._accept_all(headers)

    async def say(self, visitor: Socket) -> None:
        """One message; returns when it is acknowledged."""
        self._count += 1
        client_id = f"b-{self._count:08d}"
        self.ledger.sent[client_id] = time.perf_counter()
        answer = await visitor.ask("message.send", {"client_id": client_id, "text": TEXT, "files": []})
        if '"ok":true' not in answer.replace(" ", ""):
            raise RuntimeError(f"a message was refused: {answer}")

    async def _operator(self) -> dict[str, str]:
        auth: dict[str, Any] = {}
        headers: dict[str, str] = {}
        if self._link:
            headers = {"Origin": self._url}
            me = await self._post("session/link", {"token": self._link}, headers)
            headers["X-CSRF-Token"] = me["csrf"]
            await self._post("me/presence", {"state": "online"}, headers, method="PUT")
            auth = {"ticket": (await self._post("session/ticket", None, headers))["ticket"]}
        operator = Socket("/console", hear=self.ledger.hear)
        await operator.connect(self.http, self._url, auth=auth, origin=self._url)
        return headers

    async def _visitor(self) -> Socket:
        token = ""
        if self._link:
            body = {"key": "demo", "page": {"url": f"{self._url}/demo/", "title": "", "referrer": ""}}
            token = (await self._post("widget/session", body, {"Origin": self._url}))["token"]
        visitor = Socket("/widget")
        await visitor.connect(self.http, self._url, auth={"token": token}, origin=self._url)
        return visitor

    async def _accept_all(self, headers: dict[str, str]) -> None:
        """The operator holds every conversation, as in the middle of a day."""
        waiting = True
        while waiting:
            page = await self._post("conversations?tab=waiting&limit=200", None, headers, method="GET")
            waiting = page["items"]
            for row in waiting:
                await self._post(f"conversations/{row['id']}/take", {}, headers)

    async def _post(self, path: str, body: Any, headers: dict[str, str], *, method: str = "POST") -> Any:
        async with self.http.request(method, f"{self._url}/api/v1/{path}", json=body, headers=headers) as answer:
            if answer.status >= 300:
                raise RuntimeError(f"{path}: {answer.status} {await answer.text()}")
            return await answer.json()


async def saturated(url: str, link: str, seconds: float) -> dict[str, float]:
    """Messages per second that the operator received while every visitor writes as fast as it is answered."""
    async with Crowd(url, link) as crowd:
        await crowd.gather(VISITORS)
        start = time.perf_counter() + WARM_UP
        end = start + seconds

        async def write(visitor: Socket) -> None:
            while time.perf_counter() < end:
                await crowd.say(visitor)

        await asyncio.gather(*(write(visitor) for visitor in crowd.visitors))
        counted = [at for at, _ in crowd.ledger.heard if start <= at < end]
        return {"per_second": len(counted) / seconds}


async def paced(url: str, link: str, seconds: float, rate: float) -> dict[str, float]:
    """Milliseconds from a visitor's send to the operator's receipt, at a steady rate."""
    async with Crowd(url, link) as crowd:
        await crowd.gather(VISITORS)
        start = time.perf_counter() + WARM_UP
        tasks = []
        for number in range(int((seconds + WARM_UP) * rate)):
            await asyncio.sleep(max(0.0, start - WARM_UP + number / rate - time.perf_counter()))
            tasks.append(asyncio.create_task(crowd.say(crowd.visitors[number % VISITORS])))
        await asyncio.gather(*tasks)
        waits = sorted(wait * 1000 for at, wait in crowd.ledger.heard if at >= start)
        return {"p50": statistics.median(waits), "p99": waits[int(len(waits) * 0.99)]}


async def idle(url: str, link: str, visitors: int) -> None:
    """Connect that many visitors and hold them until the parent closes our input."""
    async with Crowd(url, link) as crowd:
        for _ in range(visitors // 50):
            await asyncio.gather(*(crowd._visitor() for _ in range(50)))
        print(json.dumps({"connected": visitors}), flush=True)
        await asyncio.to_thread(sys.stdin.read)


def main() -> None:
    """`saturated URL LINK SECONDS` | `paced URL LINK SECONDS RATE` | `idle URL LINK COUNT`; LINK may be `-`."""
    what, url, link, *numbers = sys.argv[1:]
    link = "" if link == "-" else link
    match what:
        case "saturated":
            print(json.dumps(uvloop.run(saturated(url, link, float(numbers[0])))))
        case "paced":
            print(json.dumps(uvloop.run(paced(url, link, float(numbers[0]), float(numbers[1])))))
        case _:
            uvloop.run(idle(url, link, int(numbers[0])))


if __name__ == "__main__":
    main()
