"""The one helper that waits for real."""

from __future__ import annotations

import pytest

from tests.eventually import eventually, eventually_sync


async def test_the_first_true_answer_is_returned() -> None:
    answers = iter([None, 0, "Ann"])
    assert await eventually(lambda: next(answers)) == "Ann"


async def test_a_coroutine_may_be_asked_and_may_assert() -> None:
    seen: list[int] = []

    async def third_time() -> bool:
        seen.append(1)
        assert len(seen) == 3
        return True

    assert await eventually(third_time)


async def test_time_runs_out_with_the_last_answer() -> None:
    with pytest.raises(AssertionError, match="was still 0 after"):
        await eventually(lambda: 0, within=0.05)


def test_other_errors_are_not_waited_for() -> None:
    with pytest.raises(KeyError):
        eventually_sync(lambda: {}["Boris"])
