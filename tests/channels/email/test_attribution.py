"""The quoted original below an answer: in the language of the line, for other programs to know and for us to fold again."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.channels.email.attribution import MOST_LINES, attribution, quoted_text
from gateway.channels.email.compose import compose
from gateway.channels.email.html_text import html_to_text
from gateway.channels.email.parse import parse
from gateway.channels.email.proofread import proofread
from gateway.channels.email.quotes import fold
from gateway.channels.email.threads import Threads
from gateway.domain.delivery import Quotation
from tests.channels.email.people import CHANNEL, SECRET, letter, settings

MORNING = datetime(2026, 1, 5, 9, 5, tzinfo=UTC)
QUESTION = Quotation(MORNING, "Is the red one in stock?\n\nAnn", "Ann", "ann@example.com", "Europe/Madrid")
OURS = Threads(SECRET, CHANNEL, "shop.example")
HEADS = {
    "en": "On 5 Jan 2026 at 10:05, Ann <ann@example.com> wrote:",
    "ru": "5 января 2026 г., 10:05, Ann <ann@example.com> пишет:",
    "es": "El 5 ene 2026 a las 10:05, Ann <ann@example.com> escribió:",
    "fa": "در ۵ ژانویهٔ ۲۰۲۶، ساعت ۱۰:۰۵، Ann <ann@example.com> نوشت:",
}


@pytest.mark.parametrize("locale", HEADS)
def test_the_line_above_the_quote_speaks_the_language_and_the_time_of_the_line(locale: str) -> None:
    assert attribution(QUESTION, locale=locale) == HEADS[locale]


@pytest.mark.parametrize("locale", [None, "de", "en-GB"])
def test_a_language_we_have_no_words_for_gets_english(locale: str | None) -> None:
    assert attribution(QUESTION, locale=locale) == HEADS["en"]


@pytest.mark.parametrize("locale", HEADS)
def test_an_answer_carries_the_original_in_both_of_its_parts(locale: str) -> None:
    mail = parse(_written("Yes.", locale))
    assert mail.text == f"Yes.\n\n{HEADS[locale]}\n> Is the red one in stock?\n>\n> Ann"
    assert mail.html is not None
    assert '<blockquote type="cite"' in mail.html
    assert "> Is the red one in stock?" in html_to_text(mail.html)


@pytest.mark.parametrize("locale", HEADS)
def test_it_is_folded_when_it_comes_back(locale: str) -> None:
    mail = parse(_written("Yes.", locale))
    assert mail.visible == "Yes."
    assert "> Is the red one in stock?" in mail.quoted
    visible, _ = fold(html_to_text(mail.html or ""))
    assert visible == "Yes."
    again = "Thanks!\n\n" + quoted_text(Quotation(MORNING, mail.text, "Shop", "help@shop.example"), locale=locale)
    assert fold(again)[0] == "Thanks!"


def test_a_mailbox_may_send_without_it() -> None:
    assert parse(_written("Yes.", "en", quote_original=False)).text == "Yes."


def test_markup_of_the_contact_stays_text() -> None:
    asked = Quotation(MORNING, "<script>x</script>\n> older", "<b>Ann</b>", "ann@example.com")
    mail = parse(_body(letter("Yes.", quotation=asked)))
    assert mail.html is not None
    assert "<script>" not in mail.html
    assert "<b>" not in mail.html
    assert ">> older" in mail.text


def test_a_very_long_original_is_cut() -> None:
    lines = quoted_text(Quotation(MORNING, "x\n" * 5000, "Ann"), locale="en").split("\n")
    assert len(lines) == MOST_LINES + 2
    assert lines[-1] == "> …"


@given(name=st.text(max_size=200), text=st.text(max_size=500), zone=st.text(max_size=20))
def test_whatever_was_written_can_be_quoted(name: str, text: str, zone: str) -> None:
    body = _body(letter("Yes.", quotation=Quotation(MORNING, text, name, "ann@example.com", zone)))
    assert max(len(line) for line in body.split(b"\r\n")) <= 998
    assert parse(body).text.startswith("Yes.")


def _written(text: str, locale: str, **changes: object) -> bytes:
    return _body(letter(text, quotation=QUESTION, locale=locale), **changes)


def _body(given: object, **changes: object) -> bytes:
    post = compose(given, settings=settings(**changes), threads=OURS, files=())  # type: ignore[arg-type]
    proofread(post)
    return post.body
