"""Telling the store what became of something, for as long as the store does not listen.

Who has done work outside a transaction is the only one who knows its outcome; giving up at the first StoreUnavailable would
leave it to be guessed when the lease runs out. Fences decide whether a late word still counts. May talk to: ports.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from gateway import logs
from gateway.domain.errors import StoreUnavailable
from gateway.ports.core import Core
from gateway.ports.store import UnitOfWork

RETRY_SECONDS = 1.0
log = logs.get("outcomes")


async def recorded(
    core: Core, work: Callable[[UnitOfWork], Awaitable[None]], *, patient: Callable[[], bool] = lambda: True
) -> None:
    """Run a use case until it is committed. Raises what it raises; StoreUnavailable only once nobody is patient any more."""
    told = False
    while True:
        try:
            return await core.store.run(work)
        except StoreUnavailable as error:
            if not patient():
                raise
            if not told:
                log.warning("outcome.waits", detail=error.detail)
            told = True
            await asyncio.sleep(RETRY_SECONDS)
