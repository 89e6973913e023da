"""What an administrator sets up before a story begins, and tidies away after it: the product's API, with Olga's session."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
import uuid
from typing import Any

from playwright.sync_api import APIRequestContext

from tests.eventually import eventually_sync

OPEN_TABS = ("mine", "waiting", "all")


class Office:
    """`door` sends requests with the cookies of a signed-in administrator."""

    def __init__(self, door: APIRequestContext, url: str) -> None:
        self._door, self.url = door, url
        self._made: list[str] = []
        me = self.ask("GET", "/session")
        self._csrf, self.olga = str(me["csrf"]), str(me["operator"]["id"])
        people = self.ask("GET", "/operators")["items"]
        self.ivan = next(str(one["id"]) for one in people if one["name"].startswith("Ivan"))
        self.line = str(self.ask("GET", "/lines")["items"][0]["id"])

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        """One request to /api/v1; fails with what the gateway says."""
        headers = {"X-CSRF-Token": getattr(self, "_csrf", ""), "Origin": self.url}
        answer = self._door.fetch(f"{self.url}/api/v1{path}", method=method, data=body, headers=headers)
        assert answer.ok, f"{method} {path}: {answer.status} {answer.text()}"
        return answer.json() if answer.status != 204 else None

    def is_at_work(self, *, online: bool = True) -> None:
        """Olga is, or goes home."""
        self.ask("PUT", "/me/presence", {"state": "online" if online else "offline"})

    def line_is(self, **changes: Any) -> None:
        """Change the demo site's line."""
        self.ask("PATCH", f"/lines/{self.line}", changes)

    def connect(self, kind: str, settings: dict[str, Any], **line: Any) -> dict[str, Any]:
        """A new channel, on a line of its own if one is described."""
        made = {"members": [self.olga], "offer_seconds": 600, "region": "GB"} | line
        target = self.ask("POST", "/lines", made)["id"] if line else self.line
        body = {"kind": kind, "line_id": target, "name": f"{kind} {uuid.uuid4().hex[:6]}", "settings": settings}
        channel: dict[str, Any] = self.ask("POST", "/channels", body)
        return channel

    def disconnect(self, channel: dict[str, Any]) -> None:
        """No longer listens."""
        self.ask("PATCH", f"/channels/{channel['id']}", {"enabled": False})

    def link_for(self, operator: str) -> str:
        """A one-time link to sign in."""
        return str(self.ask("POST", f"/operators/{operator}/link")["sign_in_link"])

    def open_conversations(self) -> list[dict[str, Any]]:
        """Everything that is not finished."""
        found = {row["id"]: row for tab in OPEN_TABS for row in self.ask("GET", f"/conversations?tab={tab}&limit=200")["items"]}
        return [row for row in found.values() if row["state"] not in ("closed", "spam", "abandoned")]

    def tidy(self) -> None:
        """Finish every conversation, so that the next story begins with an empty list."""
        for row in self.open_conversations():
            self.ask("POST", f"/conversations/{row['id']}/take", {})
            self.ask("POST", f"/conversations/{row['id']}/close", {"reason": "tidied"})
        while self._made:
            self.ask("DELETE", self._made.pop())

    def makes(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """Something for this story alone; it goes when the story is over and every page is closed."""
        made: dict[str, Any] = self.ask("POST", path, body)
        self._made.append(f"{path}/{made['id']}")
        return made

    def rings(self, hook: str, secret: str, **fields: Any) -> None:
        """The PBX reports something about a call, signed as the documents say, and repeats what is not taken at once."""
        body = json.dumps(fields).encode()
        event, stamp = uuid.uuid4().hex, str(int(time.time()))
        mac = hmac.new(secret.encode(), f"{event}.{stamp}.".encode() + body, hashlib.sha256)
        headers = {
            "content-type": "application/json", "webhook-id": event, "webhook-timestamp": stamp,
            "webhook-signature": "v1," + base64.b64encode(mac.digest()).decode(),
        }  # fmt: skip
        eventually_sync(lambda: self._door.post(hook, data=body, headers=headers).ok, within=10, every=0.1)
