"""What the guard notes on a request for those who come after it."""

from __future__ import annotations

from aiohttp import web

from gateway.services.accounts import Signed

REQUEST_ID: web.RequestKey[str] = web.RequestKey("request_id", str)
CROWD: web.RequestKey[str] = web.RequestKey("crowd", str)  # the address as limits count it
ADDRESS: web.RequestKey[str] = web.RequestKey("address", str)
SIGNED: web.RequestKey[Signed] = web.RequestKey("signed", Signed)
STREAMING: web.RequestKey[bool] = web.RequestKey("streaming", bool)
