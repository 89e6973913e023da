"""SQLite's one writer: use cases take turns, each in a savepoint, and one commit serves all that arrived meanwhile.

The turn is a FIFO lock. Whoever finds no transaction open begins one and starts its committer, which then queues for the turn
like everybody else: those who came before it are in its group, those who come after begin the next. A failing use case rolls
back to its savepoint; a failing commit fails its whole group, and nobody was told otherwise (docs/adr/0002).
"""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
import time
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from gateway.domain.errors import StoreUnavailable
from gateway.domain.event import Event
from gateway.store.events import InOrder
from gateway.store.sqlite import SqliteConnection, begin_patiently, in_thread, is_busy, translated

T = TypeVar("T")
ROLLED_BACK = "The database rolled back."
Work = Callable[[SqliteConnection], Awaitable[tuple[T, Sequence[Event]]]]


class Group:
    """The use cases that one commit will make durable."""

    def __init__(self) -> None:
        self.waiting: list[asyncio.Future[None]] = []
        self.events: list[Event] = []


class SqliteWriter:
    """Owns the writer connection. `in_loop`: commit without a thread (memory databases have no disk to wait for)."""

    def __init__(self, raw: sqlite3.Connection, heard: InOrder, *, in_loop: bool) -> None:
        self._raw, self._heard, self._in_loop = raw, heard, in_loop
        self._connection = SqliteConnection(raw)
        self._turn = asyncio.Lock()
        self._group: Group | None = None
        self._committers: set[asyncio.Task[None]] = set()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="store-writer")
        self._closed = False
        self._locked_at = 0.0

    async def run(self, work: Work[T]) -> T:
        """One use case; returns when it is durable."""
        durable: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        asked = time.monotonic()
        async with self._turn:
            group = await self._open_group(asked)
            result, events = await self._in_savepoint(group, work)
            group.events += events
            group.waiting.append(durable)
        await durable
        return result

    async def look(self, work: Callable[[SqliteConnection], Awaitable[T]]) -> T:
        """Read on this connection between two transactions, for databases that no other connection can see."""
        while True:
            async with self._turn:
                if self._group is None:
                    return await work(self._connection)
            await asyncio.gather(*self._committers, return_exceptions=True)

    async def close(self) -> None:
        """Commit what is open and close."""
        self._closed = True
        await asyncio.gather(*self._committers, return_exceptions=True)
        async with self._turn:
            self._raw.close()
        self._thread.shutdown(wait=False)

    async def _open_group(self, asked: float) -> Group:
        if self._group is None:
            if self._closed:
                raise StoreUnavailable("The store is closed.")
            if self._locked_at > asked:  # who stood behind somebody that waited in vain has waited as well
                raise StoreUnavailable("The database is locked by another program.")
            await self._begin()
            self._group = Group()
            committer = asyncio.create_task(self._commit(self._group), name="store-commit")
            self._committers.add(committer)
            committer.add_done_callback(self._committers.discard)
        return self._group

    async def _begin(self) -> None:
        self._give_up()  # what an earlier fault may have left open
        try:
            with translated():
                self._raw.execute("BEGIN IMMEDIATE")
        except StoreUnavailable as error:
            if not is_busy(error):
                raise
            try:
                await in_thread(self._thread, lambda: begin_patiently(self._raw))
            except asyncio.CancelledError:
                self._give_up()
                raise
            except StoreUnavailable:
                self._locked_at = time.monotonic()
                raise

    async def _in_savepoint(self, group: Group, work: Work[T]) -> tuple[T, Sequence[Event]]:
        try:
            self._do("SAVEPOINT use_case")
            outcome = await work(self._connection)
            if not self._raw.in_transaction:
                raise StoreUnavailable(ROLLED_BACK)
            self._do("RELEASE use_case")
        except BaseException:
            self._take_back(group)
            raise
        return outcome

    def _take_back(self, group: Group) -> None:
        try:
            if self._raw.in_transaction:
                self._raw.execute("ROLLBACK TO use_case")
                self._raw.execute("RELEASE use_case")
                return
        except sqlite3.Error:
            self._give_up()
        # SQLite rolled the whole transaction back by itself (disk full, input/output error), or we had to
        self._fail(group, StoreUnavailable(ROLLED_BACK))

    async def _commit(self, group: Group) -> None:
        async with self._turn:
            if self._group is not group:
                return
            try:
                if self._in_loop:
                    self._do("COMMIT")
                else:
                    await in_thread(self._thread, lambda: self._do("COMMIT"))
            except Exception as error:  # noqa: BLE001 - whatever it is, all who wait must hear that nothing was kept
                self._give_up()
                self._fail(group, error if isinstance(error, StoreUnavailable) else StoreUnavailable(f"Not kept ({error})."))
                return
            finally:
                self._group = None
            self._heard.tell(group.events)
            for durable in group.waiting:
                if not durable.done():
                    durable.set_result(None)

    def _do(self, how: str) -> None:
        with translated():
            self._raw.execute(how)

    def _give_up(self) -> None:
        if self._raw.in_transaction:
            with contextlib.suppress(sqlite3.Error):
                self._raw.execute("ROLLBACK")

    def _fail(self, group: Group, error: StoreUnavailable) -> None:
        self._group = None
        for durable in group.waiting:
            if not durable.done():
                durable.set_exception(error)
        group.waiting.clear()
