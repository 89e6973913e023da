"""A daemon thread that runs blocking calls one after another, and a way to await them. Knows no mail."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress
from queue import SimpleQueue
from typing import Any, TypeVar

Result = TypeVar("Result")
_Job = tuple[Callable[[], Any], "asyncio.Future[Any]"]


class OwnThread:
    """Daemon: a call that never comes back cannot keep the process from ending."""

    def __init__(self, name: str) -> None:
        self._loop = asyncio.get_running_loop()
        self._jobs: SimpleQueue[_Job | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    async def call(self, function: Callable[..., Result], *arguments: Any, **named: Any) -> Result:
        """Run it there; its exception is raised here. Cancelling the wait does not stop the call."""
        future: asyncio.Future[Result] = self._loop.create_future()
        self._jobs.put((lambda: function(*arguments, **named), future))
        return await future

    async def end(self, last: Callable[[], None], *, within: float) -> None:
        """Run one last call and end the thread; wait for that, but not longer than `within` seconds."""
        done: asyncio.Future[None] = self._loop.create_future()
        self._jobs.put((last, done))  # at once: nothing may come between
        self._jobs.put(None)
        await asyncio.wait({done}, timeout=within)

    def _run(self) -> None:
        while (job := self._jobs.get()) is not None:
            step, future = job
            result: Any = None
            problem: BaseException | None = None
            try:
                result = step()
            except BaseException as error:  # noqa: BLE001  it belongs to whoever waits
                problem = error
            with suppress(RuntimeError):  # the loop is closed: nobody waits
                self._loop.call_soon_threadsafe(_settle, future, result, problem)


def _settle(future: asyncio.Future[Any], result: Any, problem: BaseException | None) -> None:
    if future.done():
        return
    if problem is not None:
        future.set_exception(problem)
    else:
        future.set_result(result)
