"""Peers that do not read: how much waits for a socket, and cutting it without asking anybody to read a goodbye.

The only place that reaches into python-socketio's own books. May talk to: nobody.
"""

from __future__ import annotations

from typing import Any


def unread(server: Any, *, namespace: str, sid: str) -> int:
    """Packets that wait for this socket; 0 if it is gone."""
    socket = server.eio.sockets.get(server.manager.eio_sid_from_sid(sid, namespace))
    return socket.queue.qsize() if socket is not None else 0


async def cut(server: Any, *, namespace: str, sid: str) -> None:
    """End the connection behind a socket of this namespace."""
    await cut_connection(server, server.manager.eio_sid_from_sid(sid, namespace))


async def cut_connection(server: Any, eio_sid: str | None) -> None:
    """Its queue is dropped and its transport aborted. Nothing happens if it is gone already."""
    socket, environ = server.eio.sockets.get(eio_sid), server.environ.get(eio_sid)
    if socket is not None:
        await socket.close(wait=False, abort=True)
        while not socket.queue.empty():
            socket.queue.get_nowait()
    transport = environ["aiohttp.request"].transport if environ else None
    if transport is not None:
        transport.abort()
    server.eio.sockets.pop(eio_sid, None)
