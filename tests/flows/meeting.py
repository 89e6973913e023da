"""Two processes that meet: a store whose next use case, once it has read something, waits until something else has happened.

core = meeting(office.core, after={"operators.presences"}, then=olga_goes)   # for PostgreSQL, where both can write
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection
from dataclasses import replace
from typing import Any, cast

from gateway.ports.core import Core
from gateway.ports.store import Store

Meanwhile = Callable[[], Awaitable[object]]


class Moment:
    """Comes once: after the first of these steps."""

    def __init__(self, after: Collection[str], then: Meanwhile) -> None:
        self._after, self._then, self.came = after, then, False

    async def reached(self, step: str) -> None:
        """A step was taken."""
        if step in self._after and not self.came:
            self.came = True
            await self._then()


class Watched:
    """A unit of work (path "") or one of its repositories, whose steps are told."""

    def __init__(self, inner: Any, moment: Moment, path: str = "") -> None:
        self._inner, self._moment, self._path = inner, moment, path

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._inner, name)
        if not self._path and not callable(found):
            return Watched(found, self._moment, name)
        if not self._path:
            return found

        async def step(*given: Any, **named: Any) -> Any:
            answer = await found(*given, **named)
            await self._moment.reached(f"{self._path}.{name}")
            return answer

        return step


class MeetingStore:
    """Hands watched units of work to its use cases; everything else is the real store's."""

    def __init__(self, inner: Store, moment: Moment) -> None:
        self._inner, self._moment = inner, moment

    async def run(self, work: Any) -> Any:
        """See ports.store.Store."""
        return await self._inner.run(lambda uow: work(Watched(uow, self._moment)))

    async def read(self, work: Any) -> Any:
        """See ports.store.Store."""
        return await self._inner.read(lambda uow: work(Watched(uow, self._moment)))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)


def meeting(core: Core, *, after: Collection[str], then: Meanwhile) -> Core:
    """A core for the process that is interrupted."""
    return replace(core, store=cast("Store", MeetingStore(core.store, Moment(after, then))))
