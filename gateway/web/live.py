"""The sockets of this process: one python-socketio server, on which the console and the widget each have a namespace.

Transports: WebSocket first, long polling as the fallback, no upgrade between them. CORS of the polling transport is open and
without credentials, because the widget comes from other sites; each namespace checks Origin itself when somebody connects,
and no cookie counts here. May talk to: web.live_console, web.relay.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any

import socketio
import socketio.packet
import structlog
from aiohttp import web

from gateway.web import slowness
from gateway.web.cases import Cases
from gateway.web.config import WebConfig
from gateway.web.live_console import ConsoleNamespace
from gateway.web.metrics import Metrics
from gateway.web.relay import Relay
from gateway.web.wire import SocketCodec

log = structlog.get_logger(__name__)
PAYLOAD_BYTES = 256_000  # the longest message a channel may allow, in the widest letters, and a form with it
PING_SECONDS, PONG_SECONDS = 20, 15
HANG_UP_SECONDS = 1.0
Drain = Callable[[float], Awaitable[None]]


class TextPacket(socketio.packet.Packet):  # type: ignore[misc] # the library has no types
    """Nothing of ours is binary, so nobody has to look for bytes in every value of every event."""

    json = SocketCodec

    def decode(self, encoded_packet: str) -> int:
        """Raises ValueError for what announces binary parts: they would be kept until the last one comes."""
        if super().decode(encoded_packet):
            raise ValueError("nothing of ours is binary")
        return 0

    @classmethod
    def data_is_binary(cls, data: Any) -> bool:
        """Never."""
        del data
        return False


class Live:
    """`server` is the AsyncServer for further namespaces; `on_drain` lets them say goodbye."""

    def __init__(self, cases: Cases, config: WebConfig, *, relay: Relay, metrics: Metrics) -> None:
        self.server: Any = socketio.AsyncServer(
            async_mode="aiohttp", serializer=TextPacket,
            async_handlers=False,
            transports=["websocket", "polling"], allow_upgrades=False,
            cors_allowed_origins=_any_origin, cors_credentials=False, max_http_buffer_size=PAYLOAD_BYTES,
            ping_interval=PING_SECONDS, ping_timeout=PONG_SECONDS, http_compression=False, always_connect=False,
            logger=False, engineio_logger=False,
        )  # fmt: skip
        self.console = ConsoleNamespace(cases, config, relay=relay, metrics=metrics)
        self.server.register_namespace(self.console)
        self._nameless: dict[str, float] = {}
        self._sweep_seconds, self._nameless_seconds = config.sweep_seconds, config.nameless_seconds
        self._goodbyes: list[Drain] = [self.console.drain]
        relay.add(self.console.hear)

    def attach(self, app: web.Application) -> None:
        """Serve `/socket.io/`."""
        self.server.attach(app)

    def on_drain(self, say: Drain) -> None:
        """`say(within_seconds)` is called before the process stops."""
        self._goodbyes.append(say)

    async def run(self) -> None:
        """The console's pushes and checks, and an end to sockets that nobody claims, until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self.console.run(), name="live.console")
            tasks.create_task(self._close_nameless(), name="live.nameless")

    async def drain(self, within: float) -> None:
        """Tell everybody to come back at a moment of their own within this time."""
        await asyncio.gather(*(say(within) for say in self._goodbyes), return_exceptions=True)

    async def revoke(self, *, session: str | None = None, operator: str | None = None) -> None:
        """Close the console's sockets of a session or of an operator at once."""
        await self.console.revoke(session=session, operator=operator)

    @property
    def sockets(self) -> int:
        """How many are open, of all namespaces; each holds a request for as long as it lives."""
        return len(self.server.eio.sockets)

    async def hang_up(self) -> None:
        """Close every socket: the web server would wait for each in vain. A peer that does not read is not waited for."""
        open_now = tuple(self.server.eio.sockets.values())
        try:
            async with asyncio.timeout(HANG_UP_SECONDS):
                await asyncio.gather(*(_close(socket) for socket in open_now), return_exceptions=True)
        except TimeoutError:
            log.info("live.hung_up", unread=sum(1 for socket in open_now if not socket.queue.empty()))
        self.server.eio.sockets.clear()

    async def _close_nameless(self) -> None:
        """A socket that has entered no namespace belongs to nobody, and no limit counts it: it may stay for a moment only."""
        while True:
            await asyncio.sleep(self._sweep_seconds)
            seated = {eio for rooms in self.server.manager.rooms.values() for eio in rooms.get(None, {}).values()}
            now, open_now = time.monotonic(), self.server.eio.sockets
            self._nameless = {sid: self._nameless.get(sid, now) for sid in open_now if sid not in seated}
            late = [sid for sid, since in self._nameless.items() if now - since > self._nameless_seconds]
            if late:
                log.info("live.nameless_closed", sockets=len(late))
            for sid in late:
                await slowness.cut_connection(self.server, sid)

    async def shut(self) -> None:
        """Stop the library's own tasks."""
        await self.server.shutdown()


async def _close(socket: Any) -> None:
    """Say goodbye, then end the writer: the library leaves the closing to the browser, whose library does not do it either."""
    await socket.close(wait=False)
    await socket.queue.put(None)
    await socket.queue.join()


def _any_origin(_: str) -> bool:
    return True
