"""Wait for something to become true without guessing how long it takes: poll until a deadline.

The only place in the tests that may sleep. Everything else moves a fake clock.
"""

from __future__ import annotations

import asyncio
import inspect
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

T = TypeVar("T")
PATIENCE = 20.0  # seconds; what comes true sooner costs nothing, and a busy machine is no fault


async def eventually(probe: Callable[[], T | Awaitable[T]], *, within: float = PATIENCE, every: float = 0.01) -> T:
    """Return the first true value of `probe`, asked every `every` seconds; after `within` seconds fail by name.

    A probe that raises AssertionError has not succeeded yet; the last one is shown when time runs out.
    """
    deadline = time.monotonic() + within
    last: object = None
    while True:
        try:
            value = probe()
            last = await value if inspect.isawaitable(value) else value
            if last:
                return last  # type: ignore[return-value]
        except AssertionError as error:
            last = error
        if time.monotonic() >= deadline:
            raise AssertionError(f"{_name(probe)} was still {last!r} after {within} s")
        await asyncio.sleep(every)


def eventually_sync(probe: Callable[[], T], *, within: float = PATIENCE, every: float = 0.01) -> T:
    """The same for tests and fixtures that run outside any event loop."""
    deadline = time.monotonic() + within
    last: object = None
    while True:
        try:
            last = probe()
            if last:
                return last  # type: ignore[return-value]
        except AssertionError as error:
            last = error
        if time.monotonic() >= deadline:
            raise AssertionError(f"{_name(probe)} was still {last!r} after {within} s")
        time.sleep(every)


def _name(probe: Callable[..., object]) -> str:
    return getattr(probe, "__qualname__", repr(probe))
