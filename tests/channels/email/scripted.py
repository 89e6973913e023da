"""Servers that misbehave on purpose, for faults that a real server does not show when asked.

`ScriptedServer` accepts connections and hands each to a coroutine; `imap` and `smtp` write such coroutines from a few answers.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

Reader, Writer = asyncio.StreamReader, asyncio.StreamWriter
Talk = Callable[[Reader, Writer], Awaitable[None]]


@asynccontextmanager
async def serving(talk: Talk) -> AsyncIterator[int]:
    """Yields the port. Every connection is closed at the end."""
    tasks: set[asyncio.Task[None]] = set()

    async def one(reader: Reader, writer: Writer) -> None:
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        try:
            with suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
                await talk(reader, writer)
        finally:
            tasks.discard(task)
            writer.close()

    server = await asyncio.start_server(one, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for task in list(tasks):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await server.wait_closed()


@dataclass(frozen=True)
class Notice:
    """Mails that come in the moment IDLE begins, and how the server tells: with its answer, a little later, after DONE."""

    mails: dict[int, bytes]
    at_once: bytes = b""
    later: bytes = b""
    after_done: bytes = b""


@dataclass
class ImapBox:
    """A mailbox as a script: mails by UID, and what goes wrong. `log`: commands as they came."""

    mails: dict[int, bytes] = field(default_factory=dict)
    uidvalidity: int = 1
    capabilities: str = "IMAP4rev1 IDLE"
    login: str = "OK done"
    select: str = "OK done"
    on_idle: str = "wait"  # wait | close | mute (answers nothing, not even to DONE)
    broken_uids: frozenset[int] = frozenset()
    empty_answers: dict[int, list[str]] = field(default_factory=dict)  # by UID: what comes instead of the body, in turn
    internaldate: str = "05-Jan-2026 10:00:00 +0000"  # empty: is not told
    news: Notice | None = None  # for the first IDLE
    log: list[str] = field(default_factory=list)
    connections: int = 0

    async def talk(self, reader: Reader, writer: Writer) -> None:
        """One connection."""
        self.connections += 1
        writer.write(f"* OK [CAPABILITY {self.capabilities}] ready\r\n".encode())
        while line := (await reader.readline()).decode():
            tag, _, rest = line.strip().partition(" ")
            self.log.append(rest)
            if rest == "IDLE" and self.on_idle == "close":
                writer.write(b"+ idling\r\n")
                await writer.drain()
                return
            if rest == "IDLE":
                await self._idle(tag, reader, writer)
                continue
            answer = self._answer(rest)
            writer.write(b"".join(answer[:-1]) + f"{tag} ".encode() + answer[-1] + b"\r\n")
            await writer.drain()

    async def _idle(self, tag: str, reader: Reader, writer: Writer) -> None:
        news, self.news = self.news or Notice({}), None
        self.mails |= news.mails
        writer.write(b"+ idling\r\n" + news.at_once)
        done = asyncio.create_task(reader.readline())
        await asyncio.wait([done], timeout=0.05 if news.later else None)
        writer.write(news.later)
        await done
        if self.on_idle == "mute":
            await asyncio.Event().wait()
        writer.write(news.after_done + f"{tag} OK idle over\r\n".encode())

    def _answer(self, command: str) -> list[bytes]:
        words = command.upper().split()
        if words[0] == "CAPABILITY":
            return [f"* CAPABILITY {self.capabilities}\r\n".encode(), b"OK done"]
        if words[0] in ("LOGIN", "AUTHENTICATE"):
            return [self.login.encode()]
        if words[0] == "SELECT":
            places = f"* OK [UIDVALIDITY {self.uidvalidity}] .\r\n* OK [UIDNEXT {max(self.mails, default=0) + 1}] .\r\n"
            head = f"* {len(self.mails)} EXISTS\r\n{places}"
            return [head.encode(), self.select.encode()]
        if words[:2] == ["UID", "SEARCH"]:
            return [f"* SEARCH {self._found(command)}\r\n".encode(), b"OK done"]
        if words[:2] == ["UID", "FETCH"]:
            uids = [int(uid) for uid in words[2].split(",")]
            return self._fetch(uids[0], command) if len(uids) == 1 else [*map(self._facts, uids), b"OK done"]
        return [b"OK done"]

    def _found(self, command: str) -> str:
        low, high = (re.search(r"UID (\d+):(\d+|\*)", command) or re.match(r"(1)(\*)", "1*")).groups()  # type: ignore[union-attr]
        upto = max(self.mails, default=0) if high == "*" else int(high)
        return " ".join(str(uid) for uid in sorted(self.mails) if int(low) <= uid <= upto)

    def _fetch(self, uid: int, command: str) -> list[bytes]:
        if uid in self.broken_uids:
            return [b"NO this mail is damaged"]
        raw = self.mails[uid]
        if "BODY" not in command:
            return [self._facts(uid), b"OK done"]
        if odd := self.empty_answers.get(uid):
            return [f"* 1 FETCH (UID {uid}{odd.pop(0)})\r\n".encode(), b"OK done"]
        part, name = (
            (raw, "BODY[]") if "HEADER" not in command else (raw.split(b"\r\n\r\n")[0] + b"\r\n\r\n", "BODY[HEADER]<0>")
        )
        return [f"* 1 FETCH (UID {uid} {name} {{{len(part)}}}\r\n".encode(), part, b")\r\n", b"OK done"]

    def _facts(self, uid: int) -> bytes:
        size = len(self.mails[uid])
        at = f' INTERNALDATE "{self.internaldate}"' if self.internaldate else ""
        return f"* 1 FETCH (UID {uid} RFC822.SIZE {size}{at})\r\n".encode()


@dataclass
class SmtpScript:
    """A mail server as a script: answers by command. `drop` closes the connection after the final dot without an answer,
    `hangs_up_after` so many mails that it took, with one."""

    answers: Mapping[str, str] = field(default_factory=dict)
    extensions: tuple[str, ...] = ("SIZE 1000000", "AUTH PLAIN LOGIN XOAUTH2")
    drop: bool = False
    hangs_up_after: int | None = None
    taken: list[bytes] = field(default_factory=list)
    log: list[str] = field(default_factory=list)

    async def talk(self, reader: Reader, writer: Writer) -> None:
        """One connection."""
        writer.write((self.answers.get("greeting", "220 ready") + "\r\n").encode())
        while line := (await reader.readline()).decode():
            word = line.split()[0].upper() if line.strip() else ""
            self.log.append(line.strip())
            if word == "DATA" and "DATA" not in self.answers:
                writer.write(b"354 go on\r\n")
                self.taken.append(await reader.readuntil(b"\r\n.\r\n"))
                if self.drop:
                    return
                word = "DOT"
            writer.write(self._answer(word))
            await writer.drain()
            if word == "QUIT" or (word == "DOT" and len(self.taken) == self.hangs_up_after):
                return

    def _answer(self, word: str) -> bytes:
        if word == "EHLO" and word not in self.answers:
            lines = ["mail.example", *self.extensions]
            return "".join(f"250{'-' if n < len(lines) - 1 else ' '}{text}\r\n" for n, text in enumerate(lines)).encode()
        usual = {"AUTH": "235 welcome", "QUIT": "221 bye"}.get(word, "250 fine")
        return (self.answers.get(word, usual) + "\r\n").encode()
