"""A Telegram Bot API that keeps a ledger and breaks on demand; what the npm emulator cannot do: media, faults, offsets.

It behaves like https://core.telegram.org/bots/api in what the gateway relies on: getUpdates returns what is not
confirmed yet, and a request with offset N confirms, for good, everything below N. Every call is noted in `calls`
(method, parameters, seconds since start). `break_next` makes the next calls of one method fail in a chosen way.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from collections import defaultdict, deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Self

from aiohttp import web
from aiohttp.test_utils import TestServer

TOKEN = "123456:TEST-token-not-a-real-one"
ANN = {"id": 7001, "is_bot": False, "first_name": "Ann", "language_code": "en"}
CHAT = {"id": 7001, "type": "private", "first_name": "Ann"}
Fault = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass
class Call:
    """One request as it came."""

    method: str
    params: dict[str, Any]
    at: float
    files: dict[str, bytes] = field(default_factory=dict)


class FakeTelegram:
    """One bot's world. `updates` are waiting, `confirmed` are gone for ever, `sent` has arrived at the chats."""

    def __init__(self) -> None:
        self.updates: list[dict[str, Any]] = []
        self.confirmed: list[int] = []
        self.calls: list[Call] = []
        self.sent: list[Call] = []
        self.files: dict[str, bytes] = {}
        self.webhook: dict[str, Any] = {"url": "", "has_custom_certificate": False, "pending_update_count": 0}
        self.privacy = True
        self._faults: dict[str, deque[Fault]] = defaultdict(deque)
        self._expired: set[str] = set()
        self._paths = 0
        self._news = asyncio.Event()
        self._began = time.monotonic()
        app = web.Application(client_max_size=64 * 1024 * 1024)
        app.router.add_post(f"/bot{TOKEN}/{{method}}", self._call)
        app.router.add_get(f"/file/bot{TOKEN}/{{path:.*}}", self._download)
        app.router.add_post("/bot{token}/{method}", self._stranger)
        self.server = TestServer(app)

    async def __aenter__(self) -> Self:
        await self.server.start_server()
        return self

    async def __aexit__(self, *failure: object) -> None:
        await self.server.close()

    @property
    def url(self) -> str:
        """In place of https://api.telegram.org."""
        return str(self.server.make_url("/")).rstrip("/")

    def ann_writes(self, text: str, *, update_id: int) -> None:
        """Ann sends a text; message_id follows the update's."""
        message = {"message_id": update_id, "date": 1767603600, "chat": CHAT, "from": ANN, "text": text}
        self.happens({"update_id": update_id, "message": message})

    def happens(self, update: dict[str, Any]) -> None:
        """Any update, as Telegram writes it."""
        self.updates.append(update)
        self._news.set()

    def break_next(self, method: str, fault: Fault, *, times: int = 1) -> None:
        """The next `times` calls of `method` meet this fault; `file` stands for downloads."""
        self._faults[method].extend([fault] * times)

    def expire_link(self, path: str) -> None:
        """A file address that was handed out stops working."""
        self._expired.add(path)

    def called(self, method: str) -> list[Call]:
        """All calls of one method, in order."""
        return [call for call in self.calls if call.method == method]

    async def _call(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        form = dict(await request.post())
        params = {key: value for key, value in form.items() if isinstance(value, str)}
        files = {part.filename: part.file.read() for part in form.values() if isinstance(part, web.FileField)}
        call = Call(method, params, time.monotonic() - self._began, files)
        self.calls.append(call)
        if self._faults[method]:
            return await self._faults[method].popleft()(request)
        answer = getattr(self, f"_{method}", None)
        return answered(await answer(call)) if answer else refusal(404, "Not Found: method not found")

    async def _stranger(self, request: web.Request) -> web.StreamResponse:
        return refusal(401, "Unauthorized")

    async def _getUpdates(self, call: Call) -> list[dict[str, Any]]:  # noqa: N802
        offset, wait = int(call.params.get("offset", 0)), float(call.params.get("timeout", 0))
        self.confirmed += [update["update_id"] for update in self.updates if update["update_id"] < offset]
        self.updates = [update for update in self.updates if update["update_id"] >= offset]
        if not self.updates:
            self._news.clear()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._news.wait(), wait)
        return self.updates[: int(call.params.get("limit", 100))]

    async def _getMe(self, call: Call) -> dict[str, Any]:  # noqa: N802
        bot = {"id": 123456, "is_bot": True, "first_name": "Shop", "username": "shop_bot"}
        return bot | {"can_read_all_group_messages": not self.privacy}

    async def _getWebhookInfo(self, call: Call) -> dict[str, Any]:  # noqa: N802
        return self.webhook

    async def _setWebhook(self, call: Call) -> bool:  # noqa: N802
        self.webhook = {**self.webhook, "url": call.params["url"]}
        return True

    async def _deleteWebhook(self, call: Call) -> bool:  # noqa: N802
        self.webhook = {**self.webhook, "url": ""}
        return True

    async def _sendChatAction(self, call: Call) -> bool:  # noqa: N802
        return True

    async def _sendMessage(self, call: Call) -> dict[str, Any]:  # noqa: N802
        self.sent.append(call)
        chat = {"id": int(call.params["chat_id"]), "type": "private", "first_name": "Ann"}
        number = 100 + len(self.sent)
        return {"message_id": number, "date": 1767603700, "chat": chat, "text": call.params.get("text", "")}

    _sendPhoto = _sendDocument = _sendVoice = _sendVideo = _sendAudio = _sendMessage  # noqa: N815

    async def _getFile(self, call: Call) -> dict[str, Any]:  # noqa: N802
        name = call.params["file_id"]
        self._paths += 1
        size = {"file_size": len(self.files[name])} if name in self.files else {}
        return {"file_id": name, "file_unique_id": name, "file_path": f"{self._paths}/{name}"} | size

    async def _download(self, request: web.Request) -> web.StreamResponse:
        self.calls.append(Call("file", {"path": request.match_info["path"]}, time.monotonic() - self._began))
        if self._faults["file"]:
            return await self._faults["file"].popleft()(request)
        path = request.match_info["path"]
        name = path.partition("/")[2]
        if path in self._expired or name not in self.files:
            raise web.HTTPNotFound
        return web.Response(body=self.files[name])


def answered(result: Any) -> web.Response:
    """What a good answer looks like."""
    return web.json_response({"ok": True, "result": result})


def refusal(code: int, description: str, **parameters: int) -> web.Response:
    """What a bad answer looks like."""
    body: dict[str, Any] = {"ok": False, "error_code": code, "description": description}
    if parameters:
        body["parameters"] = parameters
    return web.json_response(body, status=code)


def refuses(code: int, description: str, **parameters: int) -> Fault:
    """A fault: an error as the Bot API writes it."""

    async def fault(request: web.Request) -> web.StreamResponse:
        return refusal(code, description, **parameters)

    return fault


async def html_502(request: web.Request) -> web.StreamResponse:
    """A fault: the proxy in front of Telegram speaks."""
    return web.Response(status=502, text="<html><h1>502 Bad Gateway</h1></html>", content_type="text/html")


async def cut_json(request: web.Request) -> web.StreamResponse:
    """A fault: half an answer."""
    return web.Response(text='{"ok":true,"result":[{"upda', content_type="application/json")


async def hang_up(request: web.Request) -> web.StreamResponse:
    """A fault: the request was read, the connection breaks before any answer."""
    assert request.transport is not None
    request.transport.abort()
    return web.Response()


def plain(value: Any) -> Any:
    """JSON inside a form field, as Telegram reads it."""
    return json.loads(value)
