"""Signals that wake nobody: stories run the workers by hand, so a nudge is only counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any


class SilentSignals:
    """`nudges` counts by topic."""

    def __init__(self) -> None:
        self.nudges: Counter[str] = Counter()

    async def nudge(self, topic: str, payload: Mapping[str, Any] | None = None) -> None:
        """Count it."""
        self.nudges[topic] += 1

    async def wait(self, topic: str, *, timeout: float) -> bool:
        """Nobody waits in a story."""
        raise AssertionError(f"a story must run its workers by hand, yet something waits for {topic}")

    def subscribe(self, topic: str, listener: Callable[[Mapping[str, Any]], None]) -> Callable[[], None]:
        """Hears nothing."""
        return lambda: None

    async def check(self) -> None:
        """There is nobody to reach."""

    async def close(self) -> None:
        """Nothing to close."""
