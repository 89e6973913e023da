"""A working day in which the power fails again and again, and the ledgers that the outside world kept meanwhile.

Mail, Telegram and the PBX go on sending, Olga goes on answering, and `gateway serve` is killed at random moments and started
anew. What the outside world knows (Telegram's fake, the SMTP server, the PBX's acknowledgements) is compared with what the
product shows through its API: `Ledger` holds both. The seed is printed; GATEWAY_TEST_SEED repeats a day.
"""

from __future__ import annotations

import asyncio
import random
import sqlite3
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import aiohttp
import asyncpg

from tests.eventually import eventually
from tests.fakes.telegram_api import TOKEN, Call, FakeTelegram
from tests.flows.doors.console import Console, Refused
from tests.flows.doors.house import House
from tests.flows.doors.pbx import Pbx
from tests.flows.doors.test_mail import mail_of_ann, mailbox
from tests.servers.imap import ImapServer
from tests.servers.smtp import SmtpServer

T = TypeVar("T")
CHATS = (7001, 7002, 7003)
RECOVER_SECONDS = 180.0  # with several processes what a dead one had in hand is let go when its lease ends
FINISHED = """
    SELECT (SELECT count(*) FROM outbox WHERE kind = 'raw.read')
         + (SELECT count(*) FROM delivery WHERE state IN ('due', 'sending'))
"""


@dataclass
class Ledger:
    """sent_in: what the world sent to us; shown: what the product shows; ours: what Olga wrote; carried: what arrived."""

    sent_in: dict[str, list[str]] = field(default_factory=lambda: {"mail": [], "telegram": [], "calls": []})
    shown: dict[str, list[str]] = field(default_factory=dict)
    ours: dict[str, list[str]] = field(default_factory=lambda: {"telegram": [], "mail": []})
    carried: dict[str, list[str]] = field(default_factory=dict)
    states: dict[str, str] = field(default_factory=dict)
    letters: dict[str, set[str]] = field(default_factory=dict)
    kills: int = 0


class SlowTelegram(FakeTelegram):
    """Takes its time before and after it has taken a message, so that a kill may fall on either side."""

    def __init__(self, dice: random.Random) -> None:
        super().__init__()
        self._dice = dice

    async def _sendMessage(self, call: Call) -> dict[str, Any]:  # noqa: N802
        await passed(self._dice.uniform(0, 0.1))
        answer = await super()._sendMessage(call)
        await passed(self._dice.uniform(0, 0.1))
        return answer


async def passed(seconds: float) -> None:
    """Until this much time has gone by."""
    until = time.monotonic() + seconds
    await eventually(lambda: time.monotonic() >= until, within=seconds + 5)


async def insisted(step: Callable[[], Awaitable[T]]) -> T:
    """Again and again until it succeeds, as browsers and PBXs do while nobody answers."""

    async def probe() -> tuple[T] | None:
        try:
            return (await step(),)
        except (aiohttp.ClientError, TimeoutError, Refused):
            return None

    return (await eventually(probe, within=RECOVER_SECONDS, every=0.05))[0]


class Storm:
    """One day. `kills` times the power fails."""

    def __init__(self, house: House, imap: ImapServer, smtp: SmtpServer, *, seed: int, kills: int) -> None:
        self.house, self.imap, self.smtp, self.kills = house, imap, smtp, kills
        self.dice = random.Random(seed)
        self.ledger = Ledger()
        self.over = False
        self.acknowledged = 0
        self._ids = 0

    async def blow(self) -> Ledger:
        """The whole day; returns when everything has come to rest."""
        connector = aiohttp.TCPConnector(force_close=True)
        async with (
            SlowTelegram(self.dice) as self.telegram,
            aiohttp.ClientSession(connector=connector) as http,
            Pbx(http) as self.pbx,
        ):
            self.olga = Console(self.house, http)
            await self._open_shop()
            feeders = [asyncio.create_task(work()) for work in (self._mails, self._chats, *[self._calls] * 3, self._replies)]
            try:
                await self._fail_again_and_again()
            finally:
                self.over = True
                await asyncio.gather(*feeders)
            await eventually(self._at_rest, within=RECOVER_SECONDS, every=0.2)
            await self._read_out()
        return self.ledger

    async def _open_shop(self) -> None:
        await asyncio.to_thread(self.house.start)
        me = (await self.olga.ask("GET", "/session"))["operator"]
        self.olga.line = (await self.olga.ask("POST", "/lines", {"name": "Storm", "members": [me["id"]], "region": "GB"}))["id"]
        box = await self.olga.connect("email", mailbox(self.imap, self.smtp))
        bot = await self.olga.connect("telegram", {"token": TOKEN, "api_base": self.telegram.url, "poll_seconds": 1})
        self.pbx.hook_url = (await self.olga.connect("pbx", self.pbx.settings))["install"]["hook_url"]
        for channel in (box, bot):
            await self.olga.wait_for_health(channel["id"])
        for chat in CHATS:
            self._ann_writes(chat)
        await self._mail()
        self.talks = {row["id"]: row["channel_kind"] for row in await eventually(self._all_arrived, within=30, every=0.1)}
        for id in self.talks:
            await self.olga.ask("POST", f"/conversations/{id}/take", {})

    async def _all_arrived(self) -> list[dict[str, Any]]:
        rows = await self.olga.conversations()
        assert len(rows) == len(CHATS) + 1, rows
        return rows

    async def _fail_again_and_again(self) -> None:
        for _ in range(self.kills):
            await asyncio.to_thread(self.house.kill)
            self.ledger.kills += 1
            if self.dice.random() < 0.2:  # while it is still starting
                self.house.start(wait=False)
                await passed(self.dice.uniform(0.2, 1.2))
            else:
                await asyncio.to_thread(self.house.start)
                await self._some_work()
        await asyncio.to_thread(self.house.kill)
        await asyncio.to_thread(self.house.start)

    async def _some_work(self) -> None:
        """Until the outside world has seen some more of us: kills that meet an idle process prove nothing."""
        goal = self._effects() + self.dice.randint(1, 12)
        await eventually(lambda: self._effects() >= goal, within=30)

    def _effects(self) -> int:
        """What was confirmed to Telegram, acknowledged to the PBX and to Olga, and handed over."""
        return len(self.telegram.confirmed) + len(self.telegram.sent) + len(self.smtp.envelopes) + self.acknowledged

    async def _mails(self) -> None:
        while not self.over:
            await self._mail()
            await passed(self.dice.uniform(0.2, 1.0))

    async def _chats(self) -> None:
        while not self.over:
            self._ann_writes(self.dice.choice(CHATS))
            await passed(self.dice.uniform(0, 0.6))

    async def _calls(self) -> None:
        while not self.over:
            number = self._next()
            remote, call = f"+44207183{number:04d}", f"c-{number}"
            self.ledger.sent_in["calls"].append(remote)
            for event in ("offered", "answered", "ended"):
                told = {"from": remote, "device": "101", "id": f"{call}-{event}"}
                await insisted(lambda event=event, told=told, call=call: self._reported(event, call, told))
            await passed(self.dice.uniform(0, 0.2))

    async def _reported(self, event: str, call: str, told: dict[str, Any]) -> None:
        status = await self.pbx.reports(event, call, **told)
        if status != 200:
            raise Refused(status, {})
        self.acknowledged += 1

    async def _replies(self) -> None:
        while not self.over:
            id, kind = self.dice.choice(list(self.talks.items()))
            text = f"reply-{self._next():04d}"
            self.ledger.ours["mail" if kind == "email" else "telegram"].append(text)
            body = {"client_id": text, "type": "reply", "text": text}
            await insisted(lambda id=id, body=body: self.olga.ask("POST", f"/conversations/{id}/messages", body))
            self.acknowledged += 1
            await passed(self.dice.uniform(0, 0.3))

    async def _mail(self) -> None:
        text = f"mail-{self._next():04d}"
        self.ledger.sent_in["mail"].append(text)
        await asyncio.to_thread(self.imap.append, mail_of_ann(text, text).as_bytes())

    def _ann_writes(self, chat: int) -> None:
        number = self._next()
        text = f"chat-{number:04d}"
        self.ledger.sent_in["telegram"].append(text)
        who = {"id": chat, "first_name": f"Ann {chat}"}
        message = {"message_id": number, "date": 1767603600, "chat": who | {"type": "private"}, "from": who | {"is_bot": False}}
        self.telegram.happens({"update_id": number, "message": message | {"text": text}})

    def _next(self) -> int:
        self._ids += 1
        return self._ids

    async def _at_rest(self) -> bool:
        left = await unfinished(self.house)
        assert not left, f"{left} pieces of work are not finished"
        await self._read_in()  # only now, so that no state is read that work still changes
        lost = {kind: names for kind in self.ledger.sent_in if (names := missing(self.ledger, kind))}
        assert not lost, f"not there yet: {lost}"
        return True

    async def _read_in(self) -> None:
        """Through the API: every message of every dialogue once, and every call."""
        seen: dict[str, dict[str, Any]] = {}
        for row in [*await self._pages("/conversations", tab="all"), *await self._pages("/conversations", tab="closed")]:
            if row["line_id"] == self.olga.line:
                seen |= {message["id"]: message for message in await self._pages(f"/conversations/{row['id']}/messages")}
        heard = [m["text"].strip() for m in sorted(seen.values(), key=lambda m: m["seq"]) if m["type"] == "inbound"]
        self.ledger.shown["mail"] = [text for text in heard if text.startswith("mail")]
        self.ledger.shown["telegram"] = [text for text in heard if text.startswith("chat")]
        self.ledger.shown["calls"] = [call["remote"] for call in await self._pages("/calls") if call["state"] == "ended"]
        self.ledger.states = {
            m["text"]: m["delivery"]["state"] for m in seen.values() if m["type"] == "outbound" and not m["automatic"]
        }

    async def _pages(self, path: str, **query: Any) -> list[dict[str, Any]]:
        items: list[dict[str, Any]] = []
        name, more = ("before" if path.endswith("/messages") else "cursor"), {}
        while True:
            page = await self.olga.ask("GET", path, limit=200, **query, **more)
            items += page["items"]
            if not page["next_cursor"]:
                return items
            more = {name: page["next_cursor"]}

    async def _read_out(self) -> None:
        """From the ledgers of Telegram and of the SMTP server."""
        said = [call.params["text"] for call in self.telegram.sent]
        self.ledger.carried["telegram"] = [text for text in said if text.startswith("reply")]
        for mail in self.smtp.messages:
            body = mail.get_body(("plain",))
            word = next((word for word in (body.get_content() if body else "").split() if word.startswith("reply-")), "")
            self.ledger.letters.setdefault(word, set()).add(str(mail["Message-ID"]))


def missing(ledger: Ledger, kind: str) -> list[str]:
    """What the world sent and the product does not show."""
    return sorted((Counter(ledger.sent_in[kind]) - Counter(ledger.shown[kind])).elements())


def surplus(ledger: Ledger, kind: str) -> list[str]:
    """What the product shows and the world did not send, or not so often."""
    return sorted((Counter(ledger.shown[kind]) - Counter(ledger.sent_in[kind])).elements())


async def unfinished(house: House) -> int:
    """Looks from outside, without a word to the product: raw input not read yet, and deliveries under way."""
    if url := house.settings.get("store.url"):
        return int(await _on_postgres(url))
    return await asyncio.to_thread(_in_file, house.folder / "var" / "gateway.db")


async def _on_postgres(url: str) -> Any:
    connection = await asyncpg.connect(url)
    try:
        return await connection.fetchval(FINISHED)
    finally:
        await connection.close()


def _in_file(database: Path) -> int:
    connection = sqlite3.connect(f"file:{database}?mode=ro", uri=True, timeout=10)
    try:
        return int(connection.execute(FINISHED).fetchone()[0])
    finally:
        connection.close()
