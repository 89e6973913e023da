"""The killable worker: what is too slow or too greedy is killed by name, the next mail is read as if nothing had been."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator

import pytest

from gateway.channels.email.parse import parse
from gateway.channels.email.pool import WorkerLimits, WorkerPool
from gateway.domain.errors import Unreadable
from tests.channels.email import bombs
from tests.channels.email.people import wire

SLOW = """
from gateway.channels.email import worker
read = worker.parse
worker.parse = lambda raw: [None for _ in iter(int, 1)] if b"sleep" in raw else read(raw)
worker.main()
"""
GREEDY = SLOW.replace("[None for _ in iter(int, 1)]", "bytearray(2 * 1024 ** 3)")
DEAD = SLOW.replace("[None for _ in iter(int, 1)]", "__import__('os')._exit(9)")


@pytest.fixture
async def pool() -> AsyncIterator[WorkerPool]:
    pool = WorkerPool()
    yield pool
    await pool.close()


async def test_a_worker_reads_what_the_parser_reads(pool: WorkerPool) -> None:
    for name in ("attachments_names", "bounce", "forward_attached", "gmail_fa"):
        assert await pool.parse(wire(name)) == parse(wire(name))


async def test_an_unreadable_mail_keeps_its_reason_and_its_worker(pool: WorkerPool) -> None:
    with pytest.raises(Unreadable) as caught:
        await pool.parse(bombs.REFUSED["a hundred thousand empty parts"][0]())
    assert caught.value.code == "mail_too_many_parts"
    assert (await pool.parse(wire("gmail_en"))).subject == "Re: Question"
    assert pool.killed == 0


async def test_a_large_mail_fits_into_the_workers_memory(pool: WorkerPool) -> None:
    line = "Ё" * 30 + "\r\n"
    body = ("From: ann@example.com\r\n\r\n" + line * (24 * 1024 * 1024 // len(line.encode()))).encode()
    assert (await pool.parse(body)).sender is not None


@pytest.mark.parametrize(
    ("script", "seconds", "code"),
    [(SLOW, 1.0, "mail_took_too_long"), (GREEDY, 30.0, "mail_killed"), (DEAD, 30.0, "mail_killed")],
)
async def test_a_worker_that_runs_away_is_killed_and_replaced(script: str, seconds: float, code: str) -> None:
    pool = WorkerPool(WorkerLimits(size=1, seconds=seconds, command=(sys.executable, "-c", script)))
    try:
        with pytest.raises(Unreadable) as caught:
            await pool.parse(b"From: ann@example.com\r\n\r\nsleep")
        assert caught.value.code == code
        assert pool.killed == 1
        assert (await pool.parse(wire("gmail_en"))).visible.startswith("Thanks")
    finally:
        await pool.close()


async def test_the_loop_goes_on_while_a_worker_is_stuck() -> None:
    pool = WorkerPool(WorkerLimits(size=1, seconds=1.0, command=(sys.executable, "-c", SLOW)))
    turns = 0
    stuck = asyncio.ensure_future(pool.parse(b"From: ann@example.com\r\n\r\nsleep"))
    while not stuck.done():
        turns += 1
        await asyncio.wait({stuck}, timeout=0.01)
    assert isinstance(stuck.exception(), Unreadable)
    assert turns > 20
    await pool.close()


async def test_cancelling_a_parse_leaves_no_process(pool: WorkerPool) -> None:
    slow = WorkerPool(WorkerLimits(size=1, seconds=30.0, command=(sys.executable, "-c", SLOW)))
    waiting = asyncio.ensure_future(slow.parse(b"From: ann@example.com\r\n\r\nsleep"))
    await asyncio.wait({waiting}, timeout=1.0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert slow.killed == 1
    await slow.close()


async def test_workers_are_renewed_after_their_share() -> None:
    pool = WorkerPool(WorkerLimits(size=1, mails=1))
    for _ in range(2):
        await pool.parse(wire("gmail_en"))
    assert pool.killed == 0
    await pool.close()
