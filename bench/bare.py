"""The baseline: aiohttp, uvloop and python-socketio with nothing between them but one group-committed insert.

It speaks just enough of the product's sockets that the same load generator drives both: `message.send` on /widget is
acknowledged after the commit and pushed as `event` to every socket on /console. Run as `python -m bench.bare PORT URL`.
"""

from __future__ import annotations

import asyncio
import sqlite3
import sys
import time
from typing import Any, Protocol

import orjson
import socketio
import uvloop
from aiohttp import web

Row = tuple[str, str, int]


class Journal(Protocol):
    """Where the one insert goes."""

    async def commit(self, rows: list[Row]) -> None:
        """Durable when it returns."""
        ...


class SqliteJournal:
    """synchronous=FULL, as the product."""

    def __init__(self, path: str) -> None:
        self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        for line in ("PRAGMA journal_mode=WAL", "PRAGMA synchronous=FULL", "CREATE TABLE m (id TEXT, body TEXT, at INTEGER)"):
            self._connection.execute(line)

    async def commit(self, rows: list[Row]) -> None:
        """One commit for all."""
        self._connection.execute("BEGIN IMMEDIATE")
        self._connection.executemany("INSERT INTO m VALUES (?, ?, ?)", rows)
        await asyncio.to_thread(self._connection.execute, "COMMIT")


class PostgresJournal:
    """The same through asyncpg."""

    def __init__(self, url: str) -> None:
        self._url, self._connection = url, None

    async def commit(self, rows: list[Row]) -> None:
        """One transaction for all."""
        if self._connection is None:
            import asyncpg

            self._connection = await asyncpg.connect(self._url)
            await self._connection.execute("CREATE TABLE IF NOT EXISTS bare_m (id TEXT, body TEXT, at BIGINT)")
        async with self._connection.transaction():
            await self._connection.executemany("INSERT INTO bare_m VALUES ($1, $2, $3)", rows)


class Groups:
    """Everybody who arrives while a commit runs shares the next one."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._waiting: list[tuple[Row, asyncio.Future[None]]] = []
        self._pump: asyncio.Task[None] | None = None

    async def insert(self, row: Row) -> None:
        """Returns after the commit."""
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((row, future))
        if self._pump is None or self._pump.done():
            self._pump = asyncio.create_task(self._run())
        await future

    async def _run(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting, []
            await self._journal.commit([row for row, _ in batch])
            for _, future in batch:
                future.set_result(None)


class _Json:
    @staticmethod
    def dumps(value: Any, **_: Any) -> str:
        return orjson.dumps(value).decode()

    loads = staticmethod(orjson.loads)


def application(journal: Journal) -> web.Application:
    """The bare server."""
    server = socketio.AsyncServer(async_mode="aiohttp", cors_allowed_origins="*", json=_Json, http_compression=False)
    groups = Groups(journal)

    async def connect(sid: str, *_: Any) -> None:
        await server.enter_room(sid, "all", namespace="/console")

    async def said(_: str, payload: dict[str, Any]) -> dict[str, Any]:
        row = (payload["client_id"], payload["text"], time.time_ns())
        await groups.insert(row)
        event = {"type": "message.received", "data": {"message": {"client_id": row[0], "text": row[1]}}}
        await server.emit("event", event, room="all", namespace="/console")
        return {"ok": True}

    async def nothing(*_: Any) -> None:
        return None

    server.on("connect", connect, namespace="/console")
    server.on("connect", nothing, namespace="/widget")
    server.on("message.send", said, namespace="/widget")
    app = web.Application()
    server.attach(app)

    async def ready(_: web.Request) -> web.Response:
        return web.Response(text="ok")

    app.router.add_get("/readyz", ready)
    return app


async def _serve(port: int, url: str) -> None:
    journal: Journal = PostgresJournal(url) if url.startswith("postgres") else SqliteJournal(url)
    runner = web.AppRunner(application(journal), access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port, backlog=1024).start()
    await asyncio.Event().wait()


if __name__ == "__main__":
    uvloop.run(_serve(int(sys.argv[1]), sys.argv[2]))
