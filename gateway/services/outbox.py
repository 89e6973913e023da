"""The worker for promised work and timers: claims due errands and runs the use case of their kind.

An errand's step is idempotent: it may run twice (a crash, a lost lease). Errors are retried with growing pauses; the errand
stays. A lease is short and renewed while its step runs, so that what a killed process had in hand goes on soon; what became
of a step is told to the store until the store listens (docs/adr/0004). May talk to: ports, services (given by the
composition root as a table kind → step).
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime, timedelta

from gateway import logs
from gateway.domain.errors import GatewayError, NotFound, StoreUnavailable
from gateway.ports.core import Core
from gateway.ports.records import Errand
from gateway.ports.store import UnitOfWork
from gateway.services.hands import Hands
from gateway.services.outcomes import RETRY_SECONDS, recorded

Step = Callable[[Errand], Awaitable[None]]
LEASE = timedelta(seconds=30)
RENEW_SECONDS = 10.0
STEP_SECONDS = 90.0
IDLE_SECONDS, LAST_SECONDS = 5.0, 5.0
EACH_KIND, AT_ONCE = 16, 128
FIRST_PAUSE, LONGEST_PAUSE = 2.0, 900.0
log = logs.get("outbox")


class NotYet(GatewayError):
    """Nothing is wrong with the errand: what it needs is away, and is asked for again after `seconds`, however often."""

    code = "not_yet"

    def __init__(self, detail: str, *, seconds: float) -> None:
        super().__init__(detail)
        self.seconds = seconds


class Outbox:
    """Run `run` as a task; `pass_once` does what is due now."""

    def __init__(self, core: Core, steps: Mapping[str, Step], *, renew_seconds: float = RENEW_SECONDS) -> None:
        self._core, self._steps, self._renew_seconds = core, steps, renew_seconds
        self._held: dict[str, Errand] = {}
        self._hands = Hands(each=EACH_KIND, total=AT_ONCE)

    async def run(self) -> None:
        """Until cancelled; what is under way then gets LAST_SECONDS. A slow kind delays no other."""
        stop = self._core.signals.subscribe("outbox", lambda _: self._hands.stirred.set())
        renewing = asyncio.create_task(self._renew_for_ever(), name="outbox-renew")
        try:
            while True:
                try:
                    while await self._take():
                        pass
                    wait = await self._until_next()
                except StoreUnavailable as error:
                    log.warning("outbox.store_unavailable", detail=error.detail)
                    wait = RETRY_SECONDS
                await self._hands.until(wait)
        finally:
            stop()
            await self._hands.rest(within=LAST_SECONDS)
            renewing.cancel()
            self._hands.drop()

    async def pass_once(self) -> int:
        """Take what is due and finish it; returns how many were taken."""
        taken = await self._take()
        await self._hands.rest()
        return taken

    async def _take(self) -> int:
        limit, without = self._hands.free, self._hands.full
        if not limit:
            return 0
        now = self._core.clock.now()
        errands = await self._core.store.run(
            lambda uow: uow.outbox.claim(now=now, lease_until=now + LEASE, limit=limit, without=without)
        )
        for errand in errands:
            self._hands.begin(errand.kind, self._do(errand))
        return len(errands)

    async def _renew_for_ever(self) -> None:
        while True:
            await asyncio.sleep(self._renew_seconds)
            held, until = sorted(self._held.values(), key=lambda one: one.id), self._core.clock.now() + LEASE

            async def work(uow: UnitOfWork, held: Sequence[Errand] = held, until: datetime = until) -> None:
                for errand in held:
                    await uow.outbox.renew(errand, lease_until=until)

            try:
                if held:
                    await self._core.store.run(work)
            except GatewayError as error:
                log.warning("outbox.not_renewed", detail=error.detail)

    async def _do(self, errand: Errand) -> None:
        self._held[errand.id] = errand
        try:
            await self._finish(errand)
        finally:
            if self._held.get(errand.id) is errand:
                del self._held[errand.id]

    async def _finish(self, errand: Errand) -> None:
        try:
            async with asyncio.timeout(STEP_SECONDS):
                await self._steps[errand.kind](errand)
        except NotFound as gone:
            log.info("outbox.gone", kind=errand.kind, key=errand.key, detail=gone.detail)
        except Exception as error:  # noqa: BLE001 - one failing errand must not stop the others
            await self._later(errand, error)
            return
        await recorded(self._core, lambda uow: uow.outbox.done(errand))

    async def _later(self, errand: Errand, error: Exception) -> None:
        pause = _pause(errand, error)
        tried = not isinstance(error, NotYet | StoreUnavailable)
        trace = error if tried else None
        log.warning("outbox.later", kind=errand.kind, key=errand.key, error=type(error).__name__, pause=pause, exc_info=trace)
        due = self._core.clock.now() + timedelta(seconds=pause)
        await recorded(self._core, lambda uow: uow.outbox.later(errand, due_at=due, error=repr(error)[:500], tried=tried))

    async def _until_next(self) -> float:
        without = self._hands.full
        due = await self._core.store.read(lambda uow: uow.outbox.next_due(without=without))
        if due is None or not self._hands.free:
            return IDLE_SECONDS
        return min(IDLE_SECONDS, (due - self._core.clock.now()).total_seconds())


def _pause(errand: Errand, error: Exception) -> float:
    if isinstance(error, NotYet):
        return error.seconds
    if isinstance(error, StoreUnavailable):
        return FIRST_PAUSE
    doubled: float = FIRST_PAUSE * 2 ** max(0, errand.attempts - 1)
    return min(doubled, LONGEST_PAUSE)
