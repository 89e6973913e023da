"""From what a mail says to what the core is told."""

from __future__ import annotations

from typing import Any

import pytest

from gateway.channels.email.events import events
from gateway.channels.email.parse import parse
from gateway.channels.email.threads import Threads, key_of
from gateway.domain.errors import Unreadable
from gateway.domain.inbound import DeliveryReported, InboundEvent, MessageReceived
from tests.channels.email.people import CHANNEL, MONDAY, SECRET, raw, settings, wire

OURS = Threads(SECRET, CHANNEL, "shop.example")
SENT = OURS.message_id("tabc", letter_key="dlv_1")


def told(body: bytes, **changes: Any) -> list[InboundEvent]:
    return events(parse(body), raw(body), settings=settings(**changes), threads=OURS)


def message(body: bytes, **changes: Any) -> MessageReceived:
    (event,) = told(body, **changes)
    assert isinstance(event, MessageReceived)
    return event


def test_a_mail_becomes_a_message_of_its_sender() -> None:
    event = message(wire("gmail_ru"))
    assert (event.sender.claims[0].value, event.sender.claims[0].verified, event.sender.name) == (
        "ann@example.com",
        True,
        "Анна",
    )
    assert (event.text, event.subject, event.automatic) == ("Спасибо, беру две.", "Re: Вопрос о заказе", False)
    assert event.external_id.startswith("<gmail_ru@mail.example.com>#")
    assert event.data["thread"]["participants"] == ["ann@example.com", "help@shop.example"]


def test_mails_of_one_thread_have_one_key_per_sender() -> None:
    ann = message(wire("gmail_en"))
    assert ann.dialogue_key == key_of("<root@mail.example.com>", "ann@example.com") == message(wire("outlook_en")).dialogue_key
    boris = message(wire("gmail_en").replace(b"ann@example.com", b"boris@example.com"))
    assert boris.dialogue_key != ann.dialogue_key


def test_an_answer_to_our_mail_joins_its_dialogue() -> None:
    event = message(wire("gmail_en").replace(b"<first@shop.example>", SENT.encode()))
    assert event.dialogue_key == "tabc" == event.data["thread"]["token"]
    assert event.data["thread"]["fallback_key"] == key_of("<root@mail.example.com>", "ann@example.com")


def test_a_forged_token_joins_nothing() -> None:
    forged = SENT.replace("tabc", "tabd").encode()
    event = message(wire("gmail_en").replace(b"<first@shop.example>", forged))
    assert event.data["thread"]["token"] is None
    assert event.dialogue_key == event.data["thread"]["fallback_key"]


def test_one_id_for_two_mails_loses_neither() -> None:
    first, second = message(wire("signature")), message(wire("signature").replace(b"red one", b"blue one"))
    assert first.external_id != second.external_id
    assert first.data["thread"]["message_id"] == second.data["thread"]["message_id"]


def test_who_only_wants_no_automatic_answer_is_a_person() -> None:
    letter = message(
        b"From: ann@customer.example\nSubject: My order\nX-Auto-Response-Suppress: OOF, AutoReply\n\nWhere is it?\n"
    )
    assert (letter.automatic, letter.quiet) == (False, True)
    robot = message(b"From: ann@customer.example\nSubject: Out of office\nX-Auto-Response-Suppress: All\n\nBack on Monday.\n")
    assert (robot.automatic, robot.quiet) == (True, False)


def test_a_mail_without_an_id_gets_one_from_its_bytes() -> None:
    assert message(wire("no_message_id")).external_id == message(wire("no_message_id")).external_id
    assert message(wire("no_message_id")).at == MONDAY


def test_a_forwarded_mail_belongs_to_who_wrote_it_but_nobody_vouches() -> None:
    event = message(wire("forward_en"))
    assert (event.sender.claims[0].value, event.sender.claims[0].verified) == ("ann@example.com", False)
    assert event.data["forwarded_by"] == "ivan@shop.example"
    assert "Do you have the red one?" in event.text


def test_a_stranger_cannot_forward_in_somebodys_name() -> None:
    event = message(wire("forward_en").replace(b"From: Ivan <ivan@shop.example>", b"From: Boris <boris@example.com>"))
    assert event.sender.claims[0].value == "boris@example.com"


def test_our_own_copies_are_dropped_and_our_own_mails_are_machines() -> None:
    assert told(wire("signature").replace(b"<signature@mail.example.com>", SENT.encode())) == []
    own = message(wire("signature").replace(b"Ann <ann@example.com>", b"Shop <help@shop.example>"))
    assert own.automatic
    assert own.data["own"]


@pytest.mark.parametrize("name", ["auto_reply", "auto_reply_ru", "list", "loop"])
def test_machines_mails_are_marked(name: str) -> None:
    assert message(wire(name)).automatic


@pytest.mark.parametrize("pattern", ["ann@example.com", "*@example.com", "ANN@*"])
def test_excluded_senders_tell_nothing(pattern: str) -> None:
    assert told(wire("gmail_en"), exclude=[pattern]) == []


@pytest.mark.parametrize("name", ["bounce", "bounce_plain"])
def test_a_bounce_of_our_mail_becomes_its_fate(name: str) -> None:
    (event,) = told(wire(name).replace(b"@ORIGINAL@", SENT.encode()))
    assert isinstance(event, DeliveryReported)
    assert (event.external_id, event.state) == (SENT, "failed")


def test_a_bounce_tells_why() -> None:
    (event,) = told(wire("bounce").replace(b"@ORIGINAL@", SENT.encode()))
    assert isinstance(event, DeliveryReported)
    assert event.text == "boris@example.com: 550 5.1.1 No such user here"


def test_a_delay_is_no_fate_yet() -> None:
    assert told(wire("bounce_delayed").replace(b"@ORIGINAL@", SENT.encode())) == []


def test_a_bounce_of_somebody_elses_mail_is_an_automatic_mail() -> None:
    assert message(wire("bounce").replace(b"@ORIGINAL@", b"<other@shop.example>")).automatic


@pytest.mark.parametrize(("name", "code"), [("duplicate_from", "mail_several_from"), ("no_headers", "mail_no_sender")])
def test_a_mail_whose_sender_cannot_be_told_is_quarantined(name: str, code: str) -> None:
    with pytest.raises(Unreadable) as caught:
        told(wire(name))
    assert caught.value.code == code


def test_several_senders_vouch_for_nobody() -> None:
    assert not message(wire("several_senders")).sender.claims[0].verified


def test_files_and_html_come_along() -> None:
    event = message(wire("inline_image"))
    (file,) = event.files
    assert (file.content_type, file.content_id, file.size) == ("image/png", "pic1@example.com", len(file.content or b""))
    assert event.html is not None
    assert "track.example" in event.html  # raw: sanitised when it is shown


def test_a_date_in_the_future_is_not_believed() -> None:
    assert message(wire("gmail_en").replace(b"05 Jan 2026 10:15", b"05 Jan 2036 10:15")).at == MONDAY


@pytest.mark.parametrize("date", [b"01 Jan 1970 00:00", b"05 Jan 2016 10:15", b"30 Dec 2025 09:00"])
def test_a_date_long_before_it_arrived_does_not_make_it_wait_longer_than_the_others(date: bytes) -> None:
    assert message(wire("gmail_en").replace(b"05 Jan 2026 10:15", date)).at == MONDAY


def test_a_mail_that_was_days_on_its_way_keeps_its_date() -> None:
    late = message(wire("gmail_en").replace(b"05 Jan 2026 10:15", b"02 Jan 2026 10:15"))
    assert late.at == MONDAY.replace(day=2, hour=7, minute=15)


def with_report(kind: bytes, *, type: bytes = b"multipart/mixed") -> bytes:
    """Ann answers us and puts a report that she got below her words."""
    report = wire("bounce").replace(b"@ORIGINAL@", SENT.encode())
    part = report if kind == b"message/rfc822" else b"Final-Recipient: rfc822; ivan@shop.example\nAction: failed\n"
    return (
        b"From: Ann <ann@example.com>\nTo: help@shop.example\nSubject: Re: Question\nIn-Reply-To: %s\n"
        b"Message-ID: <a1@mail.example.com>\nContent-Type: %s; boundary=q\n\n"
        b"--q\n\nI got this when I wrote to Ivan.\n--q\nContent-Type: %s\n\n%s\n--q--\n"
    ) % (SENT.encode(), type, kind, part)


@pytest.mark.parametrize("kind", [b"message/rfc822", b"message/delivery-status"])
def test_who_passes_a_bounce_on_has_written_a_letter(kind: bytes) -> None:
    letter = message(with_report(kind))
    assert (letter.text, letter.automatic) == ("I got this when I wrote to Ivan.", False)
    assert letter.dialogue_key == "tabc"


@pytest.mark.parametrize("kind", [b"message/disposition-notification", b"message/feedback-report"])
def test_a_receipt_for_reading_is_no_letter_of_a_person(kind: bytes) -> None:
    assert message(with_report(kind, type=b"multipart/report; report-type=x")).automatic


def from_robot(subject: str, sender: str = "MAILER-DAEMON@mx.example.com") -> bytes:
    """A report in words only, as old servers write them, or a letter of somebody who is called like one."""
    head = f"From: {sender}\nTo: help@shop.example\nSubject: {subject}\nIn-Reply-To: {SENT}\nMessage-ID: <r@mx>"
    return f"{head}\n\nIt was not there.".encode()


@pytest.mark.parametrize(
    "subject",
    [
        "Mail failure.", "Undeliverable: Re: Question", "failure notice", "Mail delivery failed: returning message to sender",
        "Недоставленное сообщение", "No se ha podido entregar: Question",
    ],
)  # fmt: skip
def test_a_report_in_words_is_a_failure(subject: str) -> None:
    (event,) = told(from_robot(subject))
    assert isinstance(event, DeliveryReported)
    assert event.state == "failed"


def test_a_warning_of_a_delay_in_words_is_no_failure() -> None:
    assert message(from_robot("Warning: message delayed, undelivered for 4 hours")).automatic


def test_a_postmaster_who_answers_is_heard() -> None:
    assert message(from_robot("Re: parcel undelivered?", "postmaster@example.com")).text == "It was not there."


@pytest.mark.parametrize(
    ("subject", "machine"),
    [
        ("Out of office: Re: Question", True), ("Out of the office until Monday", True), ("Automatic reply: Question", True),
        ("Автоответ: Вопрос", True), ("Нет на месте до 12 января", True), ("Respuesta automática: Pregunta", True),
        ("پاسخ خودکار: پرسش", True), ("Out of office chairs: have you more?", False), ("Нет на месте курьера", False),
    ],
)  # fmt: skip
def test_an_absence_is_told_from_a_question_that_begins_alike(subject: str, *, machine: bool) -> None:
    mail = f"From: Ann <ann@example.com>\nTo: help@shop.example\nSubject: {subject}\n\nHello"
    assert message(mail.encode()).automatic == machine
