"""Long texts are cut where a reader would cut them, never inside a character."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.channels.telegram.splitting import split_text, units

CASES: dict[str, tuple[str, int, list[str]]] = {
    "short stays whole": ("Hello Ann", 20, ["Hello Ann"]),
    "nothing": ("  \n ", 20, []),
    "at a paragraph": ("First one here.\n\nSecond one is here", 24, ["First one here.", "Second one is here"]),
    "else at a line": ("First line here\nsecond line", 20, ["First line here", "second line"]),
    "else after a sentence": ("One is here. Two are there", 20, ["One is here.", "Two are there"]),
    "else at a word": ("aaaa bbbb cccc dddd", 12, ["aaaa bbbb", "cccc dddd"]),
    "else anywhere": ("a" * 25, 10, ["a" * 10, "a" * 10, "a" * 5]),
    "an emoji counts twice": ("😀" * 6, 10, ["😀" * 5, "😀"]),
    "an accent stays with its letter": ("aaaaaaaae\u0301aaaa", 9, ["aaaaaaaa", "e\u0301aaaa"]),
    "a family stays together": ("aaaaaaaa👩\u200d👧aaaa", 12, ["aaaaaaaa", "👩\u200d👧aaaa"]),
    "a flag stays together": ("aaaaaaa🇩🇪aaaa", 10, ["aaaaaaa", "🇩🇪aaaa"]),
}


@pytest.mark.parametrize("name", CASES)
def test_a_text_is_cut_where_a_reader_would_cut_it(name: str) -> None:
    text, limit, pieces = CASES[name]
    assert split_text(text, limit=limit) == pieces


@given(st.text(min_size=1, max_size=400), st.integers(min_value=8, max_value=50))
def test_pieces_fit_and_together_hold_every_visible_character(text: str, limit: int) -> None:
    pieces = split_text(text, limit=limit)
    assert all(0 < units(piece) <= limit for piece in pieces)
    assert re.sub(r"\s", "", "".join(pieces)) == re.sub(r"\s", "", text)
