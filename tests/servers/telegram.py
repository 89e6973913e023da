"""The Telegram Bot API emulator `telegram-test-api` from npm, run with Node. Text and buttons only; see ADR 0012.

A bot library is pointed at `url`; the test speaks for Ann with `ann_writes` and reads what she would see with `ann_sees`.
"""

from __future__ import annotations

import json
import urllib.request
from pathlib import Path
from typing import Any

from tests.servers import node
from tests.servers.process import ServerProcess, answers, free_port

FOLDER = Path(__file__).parents[1] / "telegram"
ANN = 7001


class TelegramApi:
    """An emulator on `url`; one `Bot` per test, told apart by its token."""

    def __init__(self, folder: Path) -> None:
        self._server = ServerProcess("telegram", folder=folder)
        self.port = free_port()

    @property
    def url(self) -> str:
        """The base of the Bot API, in place of Telegram's own."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Install on first use, then start."""
        node.installed(FOLDER)
        command = [node.node(), FOLDER / "serve.cjs", str(self.port)]
        self._server.start(command, ready=lambda: answers(self.port))

    def stop(self) -> None:
        """Stop; long polls drop."""
        self._server.stop()


class TelegramBot:
    """One bot of the emulator and Ann's side of its chat."""

    def __init__(self, api: TelegramApi, *, token: str) -> None:
        self.url = api.url
        self.token = token

    def ann_writes(self, text: str) -> None:
        """Ann sends a text to the bot."""
        person = {"id": ANN, "first_name": "Ann", "is_bot": False}
        chat = {"id": ANN, "first_name": "Ann", "type": "private"}
        self._post("/sendMessage", {"botToken": self.token, "from": person, "chat": chat, "date": 1767596400, "text": text})

    def ann_sees(self) -> list[str]:
        """The texts the bot has sent, in order."""
        history = self._post("/getUpdatesHistory", {"token": self.token})["result"]
        return [entry["message"]["text"] for entry in history if "chat_id" in entry["message"]]

    def _post(self, path: str, body: dict[str, Any]) -> Any:
        request = urllib.request.Request(
            self.url + path, data=json.dumps(body).encode(), headers={"Content-Type": "application/json"}
        )
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.load(answer)
