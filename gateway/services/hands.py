"""Work done side by side by a worker: so many of one group at a time, so that a slow group keeps no other waiting.

A group is what may be slow together: a channel's sends, one kind of errand. May talk to: nobody.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Coroutine
from typing import Any

from gateway import logs

log = logs.get("hands")
NOTHING_CAME = 0.05  # seconds before looking again at what was due and could not be taken


class Hands:
    """`stirred` is set when something may be taken that could not be before. each, total: limits per group and of all."""

    def __init__(self, *, each: int, total: int) -> None:
        self._each, self._total = each, total
        self._running: Counter[str] = Counter()
        self._tasks: set[asyncio.Task[None]] = set()
        self.stirred = asyncio.Event()

    @property
    def free(self) -> int:
        """How many may be taken at a time: never more than one group may have, as all could be of one."""
        return max(0, min(self._each, self._total - len(self._tasks)))

    @property
    def full(self) -> list[str]:
        """Groups of which nothing more may be taken now."""
        return sorted(group for group, count in self._running.items() if count >= self._each)

    def begin(self, group: str, work: Coroutine[Any, Any, None]) -> None:
        """Run it; what it raises is logged."""
        task = asyncio.create_task(work, name=f"hands.{group}")
        self._running[group] += 1
        self._tasks.add(task)
        task.add_done_callback(lambda done: self._end(group, done))

    async def until(self, seconds: float) -> None:
        """Sleep until stirred, or that long."""
        try:
            async with asyncio.timeout(max(NOTHING_CAME, seconds)):
                await self.stirred.wait()
        except TimeoutError:
            pass
        self.stirred.clear()

    async def rest(self, *, within: float | None = None) -> None:
        """Until everything begun has ended, or that many seconds."""
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=within)

    def drop(self) -> None:
        """Cancel what has been begun."""
        for task in self._tasks:
            task.cancel()

    def _end(self, group: str, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        self._running[group] -= 1
        if not self._running[group]:
            del self._running[group]
        self.stirred.set()
        if not task.cancelled() and (error := task.exception()):
            log.warning("hands.failed", group=group, error=type(error).__name__, exc_info=error)
