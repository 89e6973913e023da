"""Folding: nothing is lost, nothing is slow."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.channels.email.quotes import MAX_CHARS, fold

PIECES = st.sampled_from(
    ["Hello", "> quoted", "On Mon, 5 Jan 2026 Ann <ann@example.com> wrote:", "От: Анна", "Дата: 5 января", "Тема: x", "-- ", "",
     "-----Original Message-----", "Sent from my iPhone", "05.01.2026, 10:00, Анна <ann@example.com>:", "نوشت:"]
)  # fmt: skip


@given(st.lists(PIECES, max_size=40))
def test_visible_and_quoted_together_hold_every_line(lines: list[str]) -> None:
    text = "\n".join(lines)
    visible, quoted = fold(text)
    said = [line.strip() for line in text.split("\n") if line.strip()]
    assert [line.strip() for line in f"{visible}\n{quoted}".split("\n") if line.strip()] == said


@given(st.lists(PIECES, min_size=1, max_size=40))
def test_something_always_stays_visible(lines: list[str]) -> None:
    text = "\n".join(lines)
    assert bool(fold(text)[0]) == bool(text.strip())


def test_text_beyond_the_limit_is_kept() -> None:
    text = "Hello\n" + "x" * MAX_CHARS + "\nthe end"
    visible, quoted = fold(text)
    assert visible.endswith("the end")
    assert quoted == ""


@pytest.mark.parametrize(
    "text",
    [
        "I paid on 5 January, see order 7:\nred\nblue",
        "От вас давно нет ответа.\nДата доставки: завтра",
        "From: the bottom of my heart",
        "Questions:\n> is my favourite sign\nbye",
        "---\nmenu",
    ],
)
def test_ordinary_sentences_are_not_taken_for_quotes(text: str) -> None:
    assert fold(text) == (text, "")
