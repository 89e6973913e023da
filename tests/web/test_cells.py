"""No cell of an export can become a formula (reliability class 29)."""

from __future__ import annotations

import csv
import io
from itertools import product
from typing import Any

import pytest

from gateway.web.cells import line
from tests.web.house import OLGA, House

STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", " =", "\0=", "＝", "＋", "－", "＠")
FORMULAS = ("1+1", "cmd|' /C calc'!A0", 'HYPERLINK("http://evil.example")', "SUM(A1)", "x\ny")


@pytest.mark.parametrize(("start", "rest"), list(product(STARTS, FORMULAS)))
def test_a_formula_becomes_text(start: str, rest: str) -> None:
    (cells,) = csv.reader(io.StringIO(line([start + rest, "next"]), newline=""))
    assert cells[0].startswith("'")
    assert cells[1] == "next"


@pytest.mark.parametrize(
    ("value", "text"), [(None, ""), (True, "true"), (12, "12"), ({"a": 1}, '{"a":1}'), ({}, ""), ('a "b"', 'a "b"')]
)
def test_values_are_written_plainly(value: Any, text: str) -> None:
    (cells,) = csv.reader(io.StringIO(line([value])))
    assert cells == [text]


async def test_the_export_is_a_download_in_utf8(house: House) -> None:
    await house.ann_writes("=1+1")
    browser = await house.browser(OLGA)
    response = await browser.get("/api/v1/leads.csv")
    body = await response.read()
    assert body.startswith(b"\xef\xbb\xbf")
    assert response.headers["Content-Disposition"].startswith("attachment")
    assert len(body.decode("utf-8-sig").splitlines()) == 2
