"""Clock and NewId by hand: time moves when a test moves it, ids count up and sort."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

MONDAY = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)


class HandClock:
    """Starts on Monday 5 January 2026 at 09:00 UTC."""

    def __init__(self, at: datetime = MONDAY) -> None:
        self._at = at

    def now(self) -> datetime:
        """The time a test has set."""
        return self._at

    def move(self, **delta: float) -> None:
        """Forward, e.g. `clock.move(seconds=61)`."""
        self._at += timedelta(**delta)

    def set(self, at: datetime) -> None:
        """To a moment; backwards too (a clock that jumps)."""
        self._at = at


class CountedIds:
    """`cnv_` + 26 digits, growing."""

    def __init__(self) -> None:
        self._count = 0

    def new(self, prefix: str) -> str:
        """The next id."""
        self._count += 1
        return f"{prefix}_{self._count:026d}"
