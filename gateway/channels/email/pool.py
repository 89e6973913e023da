"""A few mail workers and the right to kill them. Talks to worker.py over pipes; used by channel.py.

A mail that needs more than its time or memory costs one worker, which is replaced; the mail becomes Unreadable and the
loop has only waited (docs/adr/0006). Workers start when the first mail comes and are renewed after some hundred mails.
"""

from __future__ import annotations

import asyncio
import os
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import structlog

from gateway.channels.email import frames
from gateway.channels.email.model import ParsedMail
from gateway.domain.errors import Unreadable

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class WorkerLimits:
    """size: workers at once; seconds: wall time per mail; start_seconds: until a new one must answer; mails: of one life."""

    size: int = 1
    seconds: float = 5.0
    start_seconds: float = 30.0
    mails: int = 500
    command: tuple[str, ...] = (sys.executable, "-m", "gateway.channels.email.worker")


@dataclass(slots=True, eq=False)
class _Worker:
    process: Process
    mails: int = 0


class WorkerPool:
    """Shared by all mailboxes of a process."""

    def __init__(self, limits: WorkerLimits | None = None) -> None:
        self._limits = limits or WorkerLimits()
        self._free: list[_Worker] = []
        self._busy: set[_Worker] = set()
        self._turn = asyncio.Semaphore(self._limits.size)
        self.killed = 0

    async def parse(self, raw: bytes) -> ParsedMail:
        """Read one mail. Raises Unreadable: the worker's reason, or that it was killed, or that it died."""
        async with self._turn:
            worker = await self._take()
            try:
                answer, body = await asyncio.wait_for(self._ask(worker, raw), self._limits.seconds)
            except TimeoutError as error:
                await self._kill(worker)
                raise Unreadable(
                    f"Reading this mail took longer than {self._limits.seconds:g} s.", code="mail_took_too_long"
                ) from error
            except (asyncio.IncompleteReadError, ConnectionError, ValueError) as error:
                await self._kill(worker)
                raise Unreadable("Reading this mail used too much memory or time.", code="mail_killed") from error
            except BaseException:
                await self._kill(worker)
                raise
            await self._give_back(worker)
        if "mail" not in answer:
            raise Unreadable(str(answer.get("unreadable")), code=str(answer.get("code", "unreadable")))
        return ParsedMail.from_wire(answer["mail"], _cut(body, answer["sizes"]))

    async def close(self) -> None:
        """End all workers, those at work too."""
        workers, self._free = [*self._free, *self._busy], []
        for worker in workers:
            await self._end(worker)

    async def _take(self) -> _Worker:
        while self._free:
            worker = self._free.pop()
            if worker.process.returncode is None:
                self._busy.add(worker)
                return worker
            await self._end(worker)
        worker = _Worker(await self._start())
        self._busy.add(worker)
        try:
            await asyncio.wait_for(_read(worker.process), self._limits.start_seconds)
        except BaseException:
            await self._kill(worker)
            raise
        return worker

    async def _start(self) -> Process:
        environment = {"PYTHONPATH": os.pathsep.join(sys.path), "PATH": os.defpath, "PYTHONDONTWRITEBYTECODE": "1"}
        return await asyncio.create_subprocess_exec(
            *self._limits.command, stdin=PIPE, stdout=PIPE, stderr=DEVNULL, env=environment, start_new_session=True
        )

    async def _ask(self, worker: _Worker, raw: bytes) -> tuple[dict[str, Any], bytes]:
        pipe = worker.process.stdin
        if pipe is None:
            raise ConnectionError("no pipe")
        pipe.write(frames.pack({}, raw))
        await pipe.drain()
        return await _read(worker.process)

    async def _give_back(self, worker: _Worker) -> None:
        worker.mails += 1
        self._busy.discard(worker)
        if worker.mails >= self._limits.mails:
            await self._end(worker)
        else:
            self._free.append(worker)

    async def _kill(self, worker: _Worker) -> None:
        self.killed += 1
        log.warning("mail.worker_killed", pid=worker.process.pid, mails=worker.mails)
        await asyncio.shield(self._end(worker))

    async def _end(self, worker: _Worker) -> None:
        self._busy.discard(worker)
        with suppress(ProcessLookupError):
            worker.process.kill()
        if worker.process.stdin is not None:
            worker.process.stdin.close()
        await worker.process.wait()


async def _read(process: Process) -> tuple[dict[str, Any], bytes]:
    if process.stdout is None:
        raise ConnectionError("no pipe")
    text, body = frames.lengths(await process.stdout.readexactly(frames.HEAD.size))
    return frames.unpack(await process.stdout.readexactly(text)), await process.stdout.readexactly(body)


def _cut(body: bytes, sizes: list[int]) -> list[bytes]:
    blobs, start = [], 0
    for size in sizes:
        blobs.append(body[start : start + size])
        start += size
    return blobs
