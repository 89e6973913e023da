"""The real clock and ids."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from gateway.system import SystemClock, SystemIds


def test_the_clock_is_aware_utc() -> None:
    now = SystemClock().now()
    assert now.tzinfo is UTC
    assert abs(datetime.now(UTC) - now) < timedelta(seconds=5)


def test_ids_have_their_prefix_and_26_characters() -> None:
    prefix, _, rest = SystemIds().new("cnv").partition("_")
    assert (prefix, len(rest)) == ("cnv", 26)
    assert set(rest) <= set("0123456789abcdefghjkmnpqrstvwxyz")


def test_ids_grow_in_the_order_they_are_made() -> None:
    ids = [SystemIds().new("msg") for _ in range(20_000)]
    assert ids == sorted(set(ids))


def test_ids_carry_the_time_they_were_made() -> None:
    first, *_ = rest = SystemIds().new("cnv").removeprefix("cnv_")
    number = 0
    for character in rest:
        number = number * 32 + "0123456789abcdefghjkmnpqrstvwxyz".index(character)
    assert abs(datetime.now(UTC).timestamp() - (number >> 80) / 1000) < 5
    assert first == "0"
