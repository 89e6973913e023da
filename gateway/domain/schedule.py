"""A Schedule: when a line is open. Civil time in an IANA zone, several ranges a day, dated exceptions.

Ranges are half-open [start, end) in minutes after midnight; an end over 1440 runs into the next day. Each question is
answered from civil time anew (never from cached instants), so that zone and clock changes cannot leave it wrong.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from gateway.domain.errors import ConfigError
from gateway.domain.sentence import sentence

Range = tuple[int, int]
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
LOOK_AHEAD_DAYS = 366


@dataclass(frozen=True, slots=True)
class Schedule:
    """week[0] is Monday. An exception replaces its whole day; an empty tuple closes it. always=True ignores the rest."""

    zone: str = "UTC"
    week: tuple[tuple[Range, ...], ...] = ((), (), (), (), (), (), ())
    exceptions: Mapping[date, tuple[Range, ...]] = field(default_factory=dict)
    always: bool = False

    def is_open(self, at: datetime) -> bool:
        """Is the line open at this instant?"""
        return self.always or any(start <= at < end for start, end in self._around(at))

    def next_opening(self, at: datetime) -> datetime | None:
        """The instant it opens next, strictly after `at`; None if it is open now, or never opens within a year."""
        if self.is_open(at):
            return None
        return min((start for start, _ in self._spans(at, LOOK_AHEAD_DAYS) if start > at), default=None)

    def next_closing(self, at: datetime) -> datetime | None:
        """The instant it closes; None if it is closed now or never closes. Touching ranges count as one."""
        if self.always or not self.is_open(at):
            return None
        end = at
        for start, stop in sorted(self._spans(at, 8)):
            if start <= end < stop:
                end = stop
        return end

    def open_seconds(self, start: datetime, end: datetime) -> float:
        """Working time between two instants, in seconds; overlapping ranges are counted once."""
        if self.always:
            return max(0.0, (end - start).total_seconds())
        total, reached = 0.0, start
        for opens, closes in sorted(self._spans(start, (end - start).days + 2)):
            lower, upper = max(opens, reached), min(closes, end)
            if upper > lower:
                total += (upper - lower).total_seconds()
                reached = upper
        return total

    def _around(self, at: datetime) -> Iterator[tuple[datetime, datetime]]:
        return self._spans(at, 0)

    def _spans(self, at: datetime, days: int) -> Iterator[tuple[datetime, datetime]]:
        zone = ZoneInfo(self.zone)
        today = at.astimezone(zone).date()
        for offset in range(-1, days + 1):
            day = today + timedelta(days=offset)
            for start, end in self.exceptions.get(day, self.week[day.weekday()]):
                yield self._instant(day, start, zone), self._instant(day, end, zone)

    @staticmethod
    def _instant(day: date, minutes: int, zone: ZoneInfo) -> datetime:
        midnight = datetime(day.year, day.month, day.day, tzinfo=zone)
        return (midnight + timedelta(minutes=minutes)).astimezone(
            UTC
        )  # civil arithmetic: aware + timedelta moves the wall clock


def parse_range(text: str) -> Range:
    """`09:00-18:00` → (540, 1080); `22:00-06:00` runs overnight. Raises ConfigError with the remedy."""
    try:
        start, end = (_minutes(part) for part in text.split("-"))
    except ValueError:
        raise ConfigError(
            sentence("config.hours", "“{text}” is not a range of hours; write it like 09:00-18:00.", text=text)
        ) from None
    return (start, end if end > start else end + 1440)


def _minutes(clock: str) -> int:
    hours, minutes = clock.strip().split(":")
    value = int(hours) * 60 + int(minutes)
    if not (0 <= value <= 1440 and 0 <= int(minutes) < 60):
        raise ValueError(clock)
    return value


def show_range(span: Range) -> str:
    """The inverse of parse_range."""
    start, end = span
    end = end - 1440 if end > 1440 else end
    return f"{start // 60:02d}:{start % 60:02d}-{end // 60:02d}:{end % 60:02d}"
