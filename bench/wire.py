"""A Socket.IO client that costs next to nothing, so that the server is what is measured. WebSocket only, JSON only.

Engine.IO 4 / Socket.IO 5: `40<ns>,` connects, `42<ns>,<id>[…]` is an event that wants an answer, `43<ns>,<id>[…]` the answer.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any

import aiohttp

Hear = Callable[[str], None]


class Socket:
    """One namespace on one connection. `hear` gets the text of every pushed event, unparsed."""

    def __init__(self, namespace: str, *, hear: Hear | None = None) -> None:
        self._prefix, self._hear = f"{namespace},", hear
        self._answers: dict[str, asyncio.Future[str]] = {}
        self._count = 0
        self._ws: aiohttp.ClientWebSocketResponse
        self._reader: asyncio.Task[None] | None = None

    async def connect(self, http: aiohttp.ClientSession, url: str, *, auth: dict[str, Any], origin: str) -> None:
        """Handshake; raises RuntimeError with the server's words when it says no."""
        address = f"{url.replace('http', 'ws', 1)}/socket.io/?EIO=4&transport=websocket"
        self._ws = await http.ws_connect(address, headers={"Origin": origin}, max_msg_size=0, compress=0)
        await self._ws.receive_str()  # the Engine.IO greeting
        await self._ws.send_str(f"40{self._prefix}{json.dumps(auth)}")
        answer = await self._ws.receive_str()
        if not answer.startswith("40"):
            raise RuntimeError(f"refused: {answer}")
        self._reader = asyncio.create_task(self._read())

    async def ask(self, event: str, payload: dict[str, Any]) -> str:
        """Send and wait for the acknowledgement (its JSON, unparsed)."""
        self._count += 1
        number = str(self._count)
        future = self._answers[number] = asyncio.get_running_loop().create_future()
        await self._ws.send_str(f"42{self._prefix}{number}{json.dumps([event, payload])}")
        return await future

    async def close(self) -> None:
        """Hang up."""
        if self._reader:
            self._reader.cancel()
        await self._ws.close()

    async def _read(self) -> None:
        async for message in self._ws:
            text = message.data
            if text == "2":
                await self._ws.send_str("3")
            elif text.startswith("43"):
                number, _, rest = text[2 + len(self._prefix) :].partition("[")
                self._answers.pop(number).set_result(rest)
            elif text.startswith("42") and self._hear:
                self._hear(text)
