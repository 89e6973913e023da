"""format=flowed: paragraphs are whole again, everything else stays as it was written (RFC 3676)."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.channels.email.flowed import unflow
from gateway.channels.email.parse import parse

PIECES = st.sampled_from(
    ["Hello ", "Hello", "> and ", "> so", ">> on ", "", " ", " From Ann", " >no quote", "-- ", ">-- ", "سلام "]
)


@pytest.mark.parametrize(
    ("sent", "meant"),
    [
        ("Do you repair \nwheels \nof all sizes?\n\nAnn", "Do you repair wheels of all sizes?\n\nAnn"),
        ("Fixed\nlines\nstay", "Fixed\nlines\nstay"),
        ("> We do, \n> on Mondays.\nFine. \nThanks", "> We do, on Mondays.\nFine. Thanks"),
        ("> We do, \n>> Do you?", "> We do,\n>> Do you?"),
        ("Thanks \n-- \nAnn \nHove", "Thanks\n-- \nAnn Hove"),
        ("Thanks \n\nAnn", "Thanks\n\nAnn"),
        (" From Ann\n > is no quote\n  two spaces", "From Ann\n> is no quote\n two spaces"),
    ],
)
def test_a_line_that_ends_in_a_space_goes_on(sent: str, meant: str) -> None:
    assert unflow(sent) == meant


def test_a_space_that_is_none_of_the_writers_is_dropped() -> None:
    assert unflow("こんに \nちは", drop_space=True) == "こんにちは"


@given(st.lists(PIECES, max_size=30), st.booleans())
def test_no_word_is_lost_or_changes_its_place(lines: list[str], drop_space: bool) -> None:
    def words(text: str) -> str:
        return re.sub(r"[\s>]", "", text)

    text = "\n".join(lines)
    assert words(unflow(text, drop_space=drop_space)) == words(text)


@pytest.mark.parametrize(("says", "read"), [("; format=Flowed", "Do you repair wheels?"), ("", "Do you repair \nwheels?")])
def test_only_who_says_so_has_flowing_lines(says: str, read: str) -> None:
    head = f"From: ann@example.com\r\nContent-Type: text/plain; charset=utf-8{says}\r\n\r\n"
    assert parse(f"{head}Do you repair \r\nwheels?\r\n".encode()).text == read
