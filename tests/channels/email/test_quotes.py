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
        "Hello,\n\nOn Monday your colleague wrote:\nYour refund is approved.\nBut I have got nothing.",
        "Добрый день!\n\n5 января ваш оператор написал:\nДеньги вернём.\nНо денег нет до сих пор.",
        "Hola,\n\nEl 5 de enero su colega escribió:\nLe devolvemos el dinero.\nPero no ha llegado nada.",
        "سلام\n\nدر ۵ ژانویه همکار شما نوشت:\nپول را برمی‌گردانیم.\nولی چیزی نرسیده است.",
        "Пишите мне\nна 2 адреса (ann@example.com):\nдомашний и рабочий",
        "Where is my parcel?\nSent from Berlin on Monday",
        "Где посылка?\nОтправлено из Москвы 5 января",
        "¿Dónde está?\nEnviado desde Madrid el lunes",
        "Please quote:\nFrom: Berlin\nTo: Paris\nDate: Monday\n2 pallets",
        "Заявка\nОт: склада\nКому: магазину\nДата: 5 января\nНужно 3 коробки.",
        "My order:\n--\ntwo red ones\n--\nPlease deliver on Monday.",
        "I want two.\n\n--\nAnn\n\nP.S. please hurry",
    ],
)
def test_ordinary_sentences_are_not_taken_for_quotes(text: str) -> None:
    assert fold(text) == (text, "")


ATTRIBUTIONS = [
    "05.01.2026 10:00, Olga пишет:",
    "пн, 5 янв. 2026 г. в 10:00, Shop <help@shop.example>:",
    "On Mon, Jan 5, 2026 at 10:00 AM Shop\n<help@shop.example> wrote:",
    "El lun, 5 ene 2026 a las 10:00, Shop (<help@shop.example>)\nescribió:",
    "در تاریخ دوشنبه ۵ ژانویهٔ ۲۰۲۶ ساعت ۱۰:۰۰ Shop\n<help@shop.example> نوشت:",
]


@pytest.mark.parametrize("attribution", ATTRIBUTIONS)
def test_lines_right_above_a_quote_stay_visible(attribution: str) -> None:
    news = "Hello,\nthanks, I take 5\nbring them to 12 Main Street"
    assert fold(f"{news}\n{attribution}\n> The red one is in stock.") == (news, f"{attribution}\n> The red one is in stock.")


@pytest.mark.parametrize("attribution", ATTRIBUTIONS[1:])
def test_a_line_that_names_address_and_time_needs_no_marks_below(attribution: str) -> None:
    assert fold(f"Two, please.\n\n{attribution}\n\nThe red one.") == ("Two, please.", f"{attribution}\n\nThe red one.")


@pytest.mark.parametrize(
    "line",
    [
        "Sent from my iPhone", "Sent from Outlook for iOS", "Get Outlook for Android<https://aka.ms/x>", "Sent from my Galaxy",
        "Отправлено из мобильной Яндекс Почты", "Отправлено из Mail.ru для Android", "Отправлено со смартфона",
        "Enviado desde mi iPhone", "Enviado desde Correo para Windows", "ارسال شده از گوشی سامسونگ",
    ],
)  # fmt: skip
def test_what_a_telephone_writes_below_is_folded_away(line: str) -> None:
    assert fold(f"Two, please.\n\n{line}") == ("Two, please.", line)
