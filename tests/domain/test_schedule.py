"""When is it open: tables over the edges, properties over every hour of a year with two clock changes."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.domain.errors import ConfigError
from gateway.domain.schedule import Schedule, parse_range, show_range

DAY = (parse_range("09:00-13:00"), parse_range("14:00-18:00"))
WORK = Schedule(zone="Europe/London", week=(DAY,) * 5 + ((), ()), exceptions={date(2026, 1, 6): ()})
NIGHT = Schedule(zone="Europe/Moscow", week=((parse_range("22:00-06:00"),),) * 7)
LONDON_SPRING = datetime(2026, 3, 29, 0, 30, tzinfo=UTC)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text + "+00:00")


@pytest.mark.parametrize(
    ("moment", "open_now"),
    [
        ("2026-01-05T08:59:59", False), ("2026-01-05T09:00:00", True), ("2026-01-05T12:59:59", True),
        ("2026-01-05T13:00:00", False), ("2026-01-05T14:00:00", True), ("2026-01-05T18:00:00", False),
        ("2026-01-06T10:00:00", False), ("2026-01-10T10:00:00", False),
        ("2026-06-01T08:00:00", True),  # summer time: nine in London
    ],
)  # fmt: skip
def test_open_at(moment: str, open_now: bool) -> None:
    assert WORK.is_open(at(moment)) is open_now


def test_next_opening_skips_the_exception() -> None:
    assert WORK.next_opening(at("2026-01-05T18:05:00")) == at("2026-01-07T09:00:00")
    assert WORK.next_opening(at("2026-01-05T10:00:00")) is None
    assert Schedule().next_opening(at("2026-01-05T10:00:00")) is None


def test_a_night_shift_runs_into_the_next_day() -> None:
    assert NIGHT.is_open(at("2026-01-05T20:00:00"))  # 23:00 in Moscow
    assert NIGHT.is_open(at("2026-01-06T02:59:00"))
    assert not NIGHT.is_open(at("2026-01-06T03:00:00"))
    assert NIGHT.next_closing(at("2026-01-05T20:00:00")) == at("2026-01-06T03:00:00")


def test_the_hour_that_does_not_exist_is_not_counted() -> None:
    early = Schedule(zone="Europe/London", week=((parse_range("00:00-04:00"),),) * 7)
    start = at("2026-03-29T00:00:00")
    assert early.open_seconds(start, start + timedelta(hours=12)) == 3 * 3600


def test_touching_ranges_close_once() -> None:
    split = Schedule(week=((parse_range("09:00-12:00"), parse_range("12:00-15:00")),) * 7)
    assert split.next_closing(at("2026-01-05T09:30:00")) == at("2026-01-05T15:00:00")


@pytest.mark.parametrize("text", ["9", "09:00", "25:00-26:00", "09:60-10:00", "a-b", "09:00-18:00-19:00"])
def test_a_wrong_range_is_named_with_the_remedy(text: str) -> None:
    with pytest.raises(ConfigError, match="write it like 09:00-18:00"):
        parse_range(text)


@given(st.integers(0, 1439), st.integers(1, 1440))
def test_a_range_reads_back_as_written(start: int, length: int) -> None:
    span = (start, start + length)
    if span[1] <= 1440 or span[1] - 1440 <= start:
        assert parse_range(show_range(span)) == span


@given(st.sampled_from([WORK, NIGHT]), st.integers(0, 365 * 24 * 4))
def test_opening_and_closing_agree_with_is_open(schedule: Schedule, quarters: int) -> None:
    moment = at("2026-01-01T00:00:00") + timedelta(minutes=15 * quarters)
    if schedule.is_open(moment):
        closes = schedule.next_closing(moment)
        assert closes is not None
        assert schedule.is_open(closes - timedelta(seconds=1))
        assert not schedule.is_open(closes)
    else:
        opens = schedule.next_opening(moment)
        assert opens is not None
        assert opens > moment
        assert schedule.is_open(opens)
        assert not schedule.is_open(opens - timedelta(seconds=1))
