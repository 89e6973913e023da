"""The worker for promised work and timers: claims due errands and runs the use case of their kind.

An errand's step is idempotent: it may run twice (a crash, a lost lease). Errors are retried with growing pauses; the errand
stays. May talk to: ports, services (given by the composition root as a table kind → step).
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta

from gateway import logs
from gateway.domain.errors import NotFound, StoreUnavailable
from gateway.ports.core import Core
from gateway.ports.records import Errand

Step = Callable[[Errand], Awaitable[None]]
LEASE = timedelta(seconds=120)
STEP_SECONDS = 90.0
IDLE_SECONDS = 5.0
AT_ONCE = 16
FIRST_PAUSE, LONGEST_PAUSE = 2.0, 900.0
log = logs.get("outbox")


class Outbox:
    """Run `run` as a task; `pass_once` does what is due now."""

    def __init__(self, core: Core, steps: Mapping[str, Step]) -> None:
        self._core, self._steps = core, steps

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            await self._core.signals.wait("outbox", timeout=await self._until_next())
            try:
                while await self.pass_once():
                    pass
            except StoreUnavailable as error:
                log.warning("outbox.store_unavailable", detail=error.detail)

    async def pass_once(self) -> int:
        """Claim what is due and run it, lanes side by side; returns how many were claimed."""
        now = self._core.clock.now()
        errands = await self._core.store.run(lambda uow: uow.outbox.claim(now=now, lease_until=now + LEASE, limit=AT_ONCE))
        await asyncio.gather(*(self._do(errand) for errand in errands))
        return len(errands)

    async def _do(self, errand: Errand) -> None:
        try:
            async with asyncio.timeout(STEP_SECONDS):
                await self._steps[errand.kind](errand)
        except NotFound as gone:
            log.info("outbox.gone", kind=errand.kind, key=errand.key, detail=gone.detail)
        except Exception as error:  # noqa: BLE001 - one failing errand must not stop the others
            await self._later(errand, error)
            return
        await self._core.store.run(lambda uow: uow.outbox.done(errand))

    async def _later(self, errand: Errand, error: Exception) -> None:
        pause = min(FIRST_PAUSE * 2 ** max(0, errand.attempts - 1), LONGEST_PAUSE)
        log.warning("outbox.later", kind=errand.kind, key=errand.key, error=type(error).__name__, pause=pause, exc_info=error)
        due = self._core.clock.now() + timedelta(seconds=pause)
        await self._core.store.run(lambda uow: uow.outbox.later(errand, due_at=due, error=repr(error)[:500]))

    async def _until_next(self) -> float:
        due = await self._core.store.read(lambda uow: uow.outbox.next_due())
        if due is None:
            return IDLE_SECONDS
        return min(IDLE_SECONDS, max(0.0, (due - self._core.clock.now()).total_seconds()))
