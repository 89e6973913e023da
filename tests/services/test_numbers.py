"""Party strings as telephone systems write them → what they are."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.services.numbers import normalise, recognise

RU, UK = "+79161234567", "+442071838750"
NUMBERS: list[tuple[str | None, str, str | None]] = [
    ("89161234567", "RU", RU),
    ("9161234567", "RU", RU),
    ("79161234567", "RU", RU),
    ("+79161234567", "RU", RU),
    ("+79161234567", "US", RU),
    ("8 (916) 123-45-67", "RU", RU),
    ("84951234567", "RU", "+74951234567"),
    ("87272440000", "RU", "+77272440000"),
    ("87272440000", "KZ", "+77272440000"),
    ("810442071838750", "RU", UK),
    ("00442071838750", "RU", UK),
    ("020 7183 8750", "GB", UK),
    ("2025550123", "US", "+12025550123"),
    ("02123456789", "IR", "+982123456789"),
    ("۰۹۱۲۳۴۵۶۷۸۹", "IR", "+989123456789"),
    ("٠٩١٢٣٤٥٦٧٨٩", "IR", "+989123456789"),
    ("９１６１２３４５６７", "RU", RU),
    ("\u202a+7 916 123-45-67\u202c", "RU", RU),
    (" 79161234567", "GB", RU),
    ("+7 916 123-45-67 доб. 12", "RU", RU),
    ("+79161234567 ext. 12", "RU", RU),
    ("+79161234567x101", "RU", RU),
    ("+79161234567#12", "RU", RU),
    ("+79161234567,101", "RU", RU),
    ("79161234567p101", "RU", RU),
    ("79161234567*101", "RU", RU),
    ("#31#89161234567", "RU", RU),
    ("sip:+79161234567@sip.example;user=phone", "RU", RU),
    ('"Ann" <sip:89161234567@10.0.0.1:5060>', "RU", RU),
    ("89161234567@pbx.example", "RU", RU),
    ('"Office 2" <89161234567>', "RU", RU),
    ("Ann 101 <+79161234567>", "RU", RU),
    ("<89161234567@pbx.example>", "RU", RU),
    ('"+79161234567" <101>', "RU", None),
    ("tel:+442071838750", "RU", UK),
    ("06 12345678", "IT", "+390612345678"),
    ("030 23125101", "DE", "+493023125101"),
    ("612345678", "ES", "+34612345678"),
    ("8916123456", "RU", None),
    ("074951234567", "RU", None),
    ("7800123456789", "RU", None),
    ("%2B79161234567", "RU", None),
    ("101", "RU", None),
    ("112", "RU", None),
    ("1", "RU", None),
    ("8101", "RU", None),
    ("tel:101;phone-context=example.com", "RU", None),
    ("00000000000", "RU", None),
    ("anonymous", "RU", None),
    ("", "RU", None),
    (None, "RU", None),
    ("1" * 120, "RU", None),
    ("+79161234567\r\nEvent: Fake", "RU", None),
    ("'; DROP TABLE calls; --", "RU", None),
]


@pytest.mark.parametrize(("raw", "region", "expected"), NUMBERS, ids=[repr(row[0]) for row in NUMBERS])
def test_a_number_in_any_spelling_is_one_number(raw: str | None, region: str, expected: str | None) -> None:
    assert normalise(raw, region=region) == expected


KINDS: list[tuple[str, str]] = [
    ("", "anonymous"),
    ("  ", "anonymous"),
    ("<unknown>", "anonymous"),
    ("Anonymous", "anonymous"),
    ("RESTRICTED", "anonymous"),
    ("00000000000", "anonymous"),
    ("+0", "anonymous"),
    ("7378742833", "anonymous"),
    ("+266696687", "anonymous"),
    ("sip:anonymous@anonymous.invalid", "anonymous"),
    ('"Anonymous" <sip:anonymous@anonymous.invalid>', "anonymous"),
    ("[Number]", "placeholder"),
    ("{{caller}}", "placeholder"),
    ("${CALLERID(num)}", "placeholder"),
    ("101", "extension"),
    ("8101", "extension"),
    ("12345", "extension"),
    ("sip:101@pbx.example", "extension"),
    ("700555", "extension"),
    ("sip:olga@pbx.example", "sip"),
    ("8916123456", "candidate"),
    ("hello", "invalid"),
    ("+79161234567", "e164"),
]


@pytest.mark.parametrize(("raw", "kind"), KINDS, ids=[repr(row[0]) for row in KINDS])
def test_what_is_no_number_is_named(raw: str, kind: str) -> None:
    assert recognise(raw, region="RU", devices={"700555"}).kind == kind


def test_a_pbx_that_leaves_out_the_plus_is_believed_when_told_so() -> None:
    assert recognise("442071838750", region="RU", international=True).e164 == UK
    assert recognise("89161234567", region="RU", international=True).e164 == RU


def test_the_extension_behind_a_number_is_kept_beside_it() -> None:
    party = recognise("+7 916 123-45-67 доб. 12", region="RU")
    assert (party.e164, party.extension) == (RU, "12")


def test_the_address_behind_a_number_is_kept_beside_it() -> None:
    party = recognise("sip:89161234567@10.0.0.1", region="RU")
    assert (party.e164, party.sip) == (RU, "sip:89161234567@10.0.0.1")


@given(st.text(max_size=40), st.sampled_from(["RU", "US", "IR", "ES", "GB"]))
def test_whatever_comes_the_result_is_e164_or_nothing(raw: str, region: str) -> None:
    number = normalise(raw, region=region)
    assert number is None or (number[0] == "+" and number[1:].isascii() and number[1:].isdigit() and len(number) <= 16)
