"""The worker for promised work and timers: claims due errands and runs the use case of their kind.

An errand's step is idempotent: it may run twice (a crash, a lost lease). Errors are retried with growing pauses; the errand
stays. A lease is short and renewed while its step runs, so that what a killed process had in hand goes on soon; what became
of a step is told to the store until the store listens (docs/adr/0004). May talk to: ports, services (given by the
composition root as a table kind → step).
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import timedelta

from gateway import logs
from gateway.domain.errors import GatewayError, NotFound, StoreUnavailable
from gateway.ports.core import Core
from gateway.ports.records import Errand
from gateway.ports.store import UnitOfWork
from gateway.services.outcomes import RETRY_SECONDS, recorded

Step = Callable[[Errand], Awaitable[None]]
LEASE = timedelta(seconds=30)
RENEW_SECONDS = 10.0
STEP_SECONDS = 90.0
STOP_SECONDS = 5.0
IDLE_SECONDS = 5.0
AT_ONCE = 16
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
        self._busy: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Until cancelled; steps under way have STOP_SECONDS to end."""
        try:
            while True:
                await self._round()
        finally:
            if self._busy:
                await asyncio.wait(self._busy, timeout=STOP_SECONDS)
            for task in self._busy:
                task.cancel()

    async def _round(self) -> None:
        try:
            await self._core.signals.wait("outbox", timeout=await self._until_next())
            while await self.pass_once():
                pass
        except StoreUnavailable as error:
            log.warning("outbox.store_unavailable", detail=error.detail)
            await asyncio.sleep(RETRY_SECONDS)

    async def pass_once(self) -> int:
        """Claim what is due and run it, lanes side by side; returns how many were claimed. Waits until they are recorded."""
        now = self._core.clock.now()
        errands = await self._core.store.run(lambda uow: uow.outbox.claim(now=now, lease_until=now + LEASE, limit=AT_ONCE))
        if not errands:
            return 0
        tasks = [asyncio.create_task(self._do(errand), name=f"outbox-{errand.kind}") for errand in errands]
        self._busy.update(tasks)
        for task in tasks:
            task.add_done_callback(self._busy.discard)
        while (await asyncio.wait(tasks, timeout=self._renew_seconds))[1]:
            await self._renew([errand for errand, task in zip(errands, tasks, strict=True) if not task.done()])
        if failed := [error for task in tasks if (error := task.exception())]:
            raise failed[0]
        return len(errands)

    async def _renew(self, errands: Sequence[Errand]) -> None:
        until = self._core.clock.now() + LEASE

        async def work(uow: UnitOfWork) -> None:
            for errand in sorted(errands, key=lambda one: one.id):
                await uow.outbox.renew(errand, lease_until=until)

        try:
            await self._core.store.run(work)
        except StoreUnavailable as error:
            log.warning("outbox.not_renewed", detail=error.detail)

    async def _do(self, errand: Errand) -> None:
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
        trace = None if isinstance(error, NotYet | StoreUnavailable) else error
        log.warning("outbox.later", kind=errand.kind, key=errand.key, error=type(error).__name__, pause=pause, exc_info=trace)
        due = self._core.clock.now() + timedelta(seconds=pause)
        await recorded(self._core, lambda uow: uow.outbox.later(errand, due_at=due, error=repr(error)[:500]))

    async def _until_next(self) -> float:
        due = await self._core.store.read(lambda uow: uow.outbox.next_due())
        if due is None:
            return IDLE_SECONDS
        return min(IDLE_SECONDS, max(0.0, (due - self._core.clock.now()).total_seconds()))


def _pause(errand: Errand, error: Exception) -> float:
    if isinstance(error, NotYet):
        return error.seconds
    if isinstance(error, StoreUnavailable):
        return FIRST_PAUSE
    doubled: float = FIRST_PAUSE * 2 ** max(0, errand.attempts - 1)
    return min(doubled, LONGEST_PAUSE)
