"""Mails as clients wrote them: what was said now, what is folded away, who said it, which files came along."""

from __future__ import annotations

import email.policy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.channels.email import inspect
from gateway.channels.email.parse import parse
from gateway.domain.errors import Unreadable
from tests.channels.email import bombs
from tests.channels.email.people import WIRE, wire

ONLY_NEWS = {
    "gmail_en": ("Thanks, I take two.\n\nAnn", "The red one is in stock."),
    "gmail_ru": ("Спасибо, беру две.", "Красный есть в наличии."),
    "gmail_es": ("Gracias, me llevo dos.", "El rojo está disponible."),
    "gmail_fa": ("ممنون، دو تا می‌خواهم.", "قرمز موجود است."),
    "outlook_en": ("Please send two.", "The red one is in stock."),
    "outlook_ru": ("Пришлите две, пожалуйста.", "The red one is in stock."),
    "outlook_es": ("Envíeme dos, por favor.", "The red one is in stock."),
    "outlook_fa": ("لطفاً دو تا بفرستید.", "The red one is in stock."),
    "outlook_html": ("Please send two.", "Hello Ann"),
    "apple_en": ("Two, please.", "The red one is in stock."),
    "apple_ru": ("Две, пожалуйста.", "Красный есть."),
    "apple_es": ("Dos, por favor.", "El rojo."),
    "apple_fa": ("دو تا لطفاً.", "قرمز"),
    "mailru_ru": ("Беру две.", "Красный есть."),
    "yandex_ru": ("Беру две.", "Красный есть."),
    "yandex_old_ru": ("Беру две.", "Красный есть."),
    "signature": ("Do you have the red one?", "phone +1 202 555 0143"),
}


@pytest.mark.parametrize("name", ONLY_NEWS)
def test_earlier_text_and_signatures_are_folded_away(name: str) -> None:
    visible, folded = ONLY_NEWS[name]
    mail = parse(wire(name))
    assert mail.visible == visible
    assert folded in mail.quoted
    assert folded not in mail.visible


@pytest.mark.parametrize("name", ["interleaved", "bottom_post"])
def test_answers_between_and_below_quotes_stay_visible(name: str) -> None:
    mail = parse(wire(name))
    assert mail.visible == mail.text
    assert mail.quoted == ""


def test_html_alone_becomes_readable_text() -> None:
    assert parse(wire("html_only")).visible == "Hello,\n\nI want two of these (https://shop.example/red).\n\n• red\n• blue"


HEADERS: dict[str, dict[str, Any]] = {
    "gmail_ru": {"subject": "Re: Вопрос о заказе", "name": "Анна"},
    "gmail_es": {"subject": "Re: Pregunta sobre el pedido nº 7"},
    "outlook_ru": {"subject": "RE: Вопрос"},
    "yandex_old_ru": {"subject": "Re: Вопрос"},
    "crlf_subject": {"subject": "hi  Bcc: boris@example.com !"},
    "eight_bit_headers": {"subject": "Вопрос о заказе", "name": "Анна"},
    "bidi_name": {"name": "Annmoc.elpmaxe@sirob"},
    "long_name": {"name": ("Ann " * 16).strip()},
    "undisclosed": {"to": []},
    "several_senders": {"problems": ["several-senders"]},
    "duplicate_from": {"problems": ["several-from-fields", "several-senders"]},
    "unknown_charset": {"visible_text": "Café, please.", "problems": ["charset"]},
    "wrong_charset": {"visible_text": "Здравствуйте, есть красный?", "problems": ["charset"]},
    "broken_mime": {"visible_text": "--nevr\nContent-Type: text/plain\n\nCan you read this?"},
    "broken_base64": {"visible_text": "Hello, Ann"},
    "no_headers": {"from": None, "visible_text": "Just a text without any header."},
    "no_message_id": {"message_id": None, "date": None},
    "gmail_en": {
        "in_reply_to": "<first@shop.example>",
        "references": ["<root@mail.example.com>", "<first@shop.example>"],
        "date": "2026-01-05T07:15:00+00:00",
    },
}


@pytest.mark.parametrize("name", HEADERS)
def test_headers_are_read_whoever_wrote_them(name: str) -> None:
    expected = dict(HEADERS[name])
    read = inspect(wire(name))
    if "name" in expected:
        assert read["from"] == {"name": expected.pop("name"), "address": "ann@example.com"}
    assert {key: read[key] for key in expected} == expected


FILES = {
    "attachments_names": [
        ("Счёт № 7.pdf", "application/pdf"),
        ("фото.png", "image/png"),
        ("passwd", "text/plain"),
        ("evilgnp.exe  Bcc_ boris@example.com", "application/octet-stream"),
        ("_CON.txt", "text/plain"),
    ],
    "lying_type": [
        ("photo.jpg", "application/octet-stream"),
        ("page.png", "application/octet-stream"),
        ("real.bin", "image/png"),
    ],
    "winmail": [("winmail.dat", "application/vnd.ms-tnef")],
    "calendar_invite": [("file-1.ics", "text/calendar")],
    "forward_attached": [("Question.eml", "message/rfc822")],
    "inline_image": [("red.png", "image/png")],
}


@pytest.mark.parametrize("name", FILES)
def test_files_have_safe_names_and_true_types(name: str) -> None:
    assert [(file.name, file.content_type) for file in parse(wire(name)).files] == FILES[name]


AUTOMATIC = {
    "auto_reply": "auto-submitted", "auto_reply_ru": "auto-reply", "list": "list", "loop": "loop", "bounce": "bounce",
    "bounce_delayed": "bounce", "bounce_plain": "bounce", "gmail_en": "", "forward_en": "",
}  # fmt: skip


@pytest.mark.parametrize("name", AUTOMATIC)
def test_machines_are_told_from_people(name: str) -> None:
    assert parse(wire(name)).automatic == AUTOMATIC[name]


def test_a_null_sender_is_a_machine() -> None:
    assert parse(wire("gmail_en").replace(b"Return-Path: <ann@example.com>", b"Return-Path: <>")).automatic == "bounce"


@pytest.mark.parametrize(
    ("name", "address"),
    [("forward_en", "ann@example.com"), ("forward_ru", "ann@example.com"), ("forward_attached", "boris@example.com")],
)
def test_forwarded_mail_names_who_wrote_it_first(name: str, address: str) -> None:
    found = parse(wire(name)).forwarded
    assert found is not None
    assert found.address == address


def test_an_answer_is_not_a_forward() -> None:
    assert [name for name in ONLY_NEWS if parse(wire(name)).forwarded] == []


def test_remote_images_wait_until_they_are_asked_for() -> None:
    html = inspect(wire("inline_image"))["html"]
    assert 'data-remote-src="https://track.example/open.gif?id=7"' in html
    assert ' src="http' not in html


@pytest.mark.parametrize("name", bombs.REFUSED)
def test_a_bomb_is_refused_by_name(name: str) -> None:
    build, code = bombs.REFUSED[name]
    with pytest.raises(Unreadable) as caught:
        parse(build())
    assert caught.value.code == code


@pytest.mark.parametrize("name", bombs.READ)
def test_a_heavy_mail_is_read(name: str) -> None:
    assert parse(bombs.READ[name]()).sender is not None


def test_all_kept_mails_can_be_inspected() -> None:
    names = [path.stem for path in WIRE.glob("*.eml")]
    assert len(names) >= 45
    for name in names:
        assert "mail_broken" not in inspect(wire(name))["problems"]


@given(st.binary(max_size=4000))
def test_any_bytes_at_all_can_be_inspected(raw: bytes) -> None:
    assert set(inspect(raw)) >= {"subject", "from", "text", "attachments", "problems"}


FIELD = st.sampled_from(
    [
        "From",
        "To",
        "Subject",
        "Content-Type",
        "Content-Transfer-Encoding",
        "Content-Disposition",
        "Date",
        "References",
        "Message-ID",
    ]
)
VALUE = st.one_of(
    st.text(st.characters(exclude_characters="\r\n", exclude_categories=["Cs"]), max_size=80),
    st.sampled_from(
        [
            "multipart/mixed; boundary=x",
            "message/rfc822",
            "message/delivery-status",
            "text/html; charset=utf-7",
            "base64",
            "quoted-printable",
            "x-uuencode",
            "attachment; filename*0*=utf-8''%ff",
            "=?utf-8?b?////?= <a@b>",
            "a@b, (c",
            "=?x?q?=zz?=",
        ]
    ),
)
BODY = st.sampled_from(
    ["--x\r\n", "--x--\r\n", "Content-Type: message/rfc822\r\n\r\n", "> q\r\n", "<div>", "On 1 wrote:\r\n", "\r\n", "é"]
)


@given(st.lists(st.tuples(FIELD, VALUE), max_size=8), st.lists(BODY, max_size=30))
def test_broken_mime_never_raises_anything_but_unreadable(fields: list[tuple[str, str]], body: list[str]) -> None:
    head = "".join(f"{name}: {value}\r\n" for name, value in fields)
    try:
        mail = parse((head + "\r\n" + "".join(body)).encode())
    except Unreadable as error:
        assert error.code != "mail_broken"  # noqa: PT017  every known kind of damage has a name
        return
    assert "\n" not in mail.subject
    assert mail.text.strip() == mail.text


def test_the_library_of_this_interpreter_is_not_trusted_with_addresses() -> None:
    """The mail that makes the standard library raise on common interpreters: an empty group and a comment."""
    assert email.policy.default is not None
    assert parse(wire("undisclosed")).to == ()


HEAD = b"From: Ann <ann@example.com>\nTo: help@shop.example\nMIME-Version: 1.0\n"


@pytest.mark.parametrize("charset", [b"undefined", b"idna", b"punycode", b'"a\x00b"', b"rot13", b"unicode_escape", b"utf-99"])
def test_no_name_of_a_charset_makes_a_mail_unreadable(charset: bytes) -> None:
    mail = parse(HEAD + b"Content-Type: text/plain; charset=" + charset + b"\n\n" + "Где мой заказ?".encode())
    assert mail.text == "Где мой заказ?"


def parted(kind: bytes, *parts: tuple[bytes, bytes]) -> bytes:
    inside = b"".join(b"--x\nContent-Type: " + type + b"\n\n" + body + b"\n" for type, body in parts)
    return HEAD + b"Content-Type: " + kind + b"; boundary=x\n\n" + inside + b"--x--\n"


def test_a_footer_that_a_list_puts_below_an_html_mail_does_not_hide_the_mail() -> None:
    mail = parse(parted(b"multipart/mixed", (b"text/html", b"<p>I want two.</p>"), (b"text/plain", b"Sent through the list.")))
    assert mail.text == "I want two.\nSent through the list."


def test_the_same_text_twice_is_said_once() -> None:
    mail = parse(parted(b"multipart/mixed", (b"text/plain", b"I want two."), (b"text/html", b"<p>I want\ntwo.</p>")))
    assert mail.text == "I want two."


def test_of_two_ways_to_say_it_the_plain_one_is_text() -> None:
    mail = parse(parted(b"multipart/alternative", (b"text/plain", b"I want two."), (b"text/html", b"<p>I want <b>2</b>.</p>")))
    assert (mail.text, mail.html) == ("I want two.", "<p>I want <b>2</b>.</p>")


def test_a_type_without_its_semicolon_is_still_text() -> None:
    mail = parse(HEAD + b"Content-Type: text/plain charset=utf-8\n\nI want two.")
    assert (mail.text, mail.files) == ("I want two.", ())


def test_lines_that_end_in_a_lone_return_are_lines() -> None:
    assert parse(HEAD + b"\nI want two.\r> Do you want one?\r").visible == "I want two."


@pytest.mark.parametrize("instruction", [b"<?php mail(); ?>", b"<?mso-application?>", b"<?xml:namespace prefix = o />"])
def test_an_instruction_left_in_the_html_is_passed_over(instruction: bytes) -> None:
    assert parse(HEAD + b"Content-Type: text/html\n\n<p>I want two." + instruction + b"</p>").text == "I want two."
