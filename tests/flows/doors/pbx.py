"""A telephone system that posts what happens and keeps recordings, as docs/howto/connect-a-pbx.md tells its vendor to."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
import uuid
from typing import Any, Self

import aiohttp
from aiohttp import web
from aiohttp.test_utils import TestServer

SECRET = "a secret of the office PBX, long enough"
LINE_NUMBER = "+442071838700"


class Pbx:
    """Speaks to one hook address. `recordings` by name are served; `heard` counts the downloads."""

    def __init__(self, http: aiohttp.ClientSession, hook_url: str = "") -> None:
        self.hook_url = hook_url
        self.recordings: dict[str, bytes] = {}
        self.fetched: list[str] = []
        self._http = http
        app = web.Application()
        app.router.add_get("/{name}", self._serve)
        self.server = TestServer(app)

    async def __aenter__(self) -> Self:
        await self.server.start_server()
        return self

    async def __aexit__(self, *failure: object) -> None:
        await self.server.close()

    @property
    def settings(self) -> dict[str, Any]:
        """What the administrator fills in: this PBX is inside the house."""
        return {"secret": SECRET, "allow_private_hosts": ["127.0.0.1"], "recording_ports": [self.server.port]}

    def recording_url(self, name: str) -> str:
        """Where the sound is."""
        return f"http://127.0.0.1:{self.server.port}/{name}"

    async def reports(self, event: str, call: str, *, id: str = "", secret: str = SECRET, **fields: Any) -> int:
        """Post one event, signed; the HTTP status."""
        body = json.dumps({"event": event, "call_id": call, "direction": "inbound"} | fields).encode()
        name, now = id or uuid.uuid4().hex, str(int(time.time()))
        digest = hmac.new(secret.encode(), f"{name}.{now}.".encode() + body, hashlib.sha256).digest()
        headers = {
            "content-type": "application/json", "webhook-id": name, "webhook-timestamp": now,
            "webhook-signature": "v1," + base64.b64encode(digest).decode(),
        }  # fmt: skip
        async with self._http.post(self.hook_url, data=body, headers=headers) as answer:
            return answer.status

    async def _serve(self, request: web.Request) -> web.Response:
        name = request.match_info["name"]
        self.fetched.append(name)
        if name not in self.recordings:
            raise web.HTTPNotFound
        return web.Response(body=self.recordings[name], content_type="audio/wav")
