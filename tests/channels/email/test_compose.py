"""Letters become mails that say to everybody what was meant, whatever the names hold."""

from __future__ import annotations

from dataclasses import replace
from email import message_from_bytes, policy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.channels.email.compose import Post, compose
from gateway.channels.email.parse import parse
from gateway.channels.email.proofread import proofread
from gateway.channels.email.threads import Threads
from gateway.domain.delivery import Letter
from gateway.domain.errors import SendError
from gateway.domain.ids import AttachmentId, MessageId
from gateway.domain.message import Attachment
from tests.channels.email.people import CHANNEL, SECRET, letter, settings

OURS = Threads(SECRET, CHANNEL, "shop.example")
NAUGHTY = [
    "Ann\r\nBcc: boris@example.com",
    "A" * 500,
    '"' * 80,
    "x" * 70 + "<boris@example.com>",
    "Ann <boris@example.com>",
    "a@b, c@d",
    "=?utf-8?q?x=0d=0aBcc:?=",
    "Анна \u202e",
    "\x00\x0b\x0c\x1c\x85\u2028\u2029",
    "\\",
    "(comment",
    "undisclosed:;",
    "😀" * 70,
    "آنا",
    " ",
    "\ud800",
    "Ann;Boris",
    "'; DROP TABLE",
    "%0d%0aBcc:x",
    "<>",
    "@",
    "Ann\tBoris",
]


def written(given: Letter, *files: tuple[Attachment, bytes], **changes: Any) -> Post:
    post = compose(given, settings=settings(**changes), threads=OURS, files=files)
    proofread(post)
    return post


def file(name: str, content_type: str = "image/png") -> Attachment:
    return Attachment(AttachmentId("att_1"), MessageId("msg_1"), name, content_type, 3, "stored", blob_key="b")


def test_an_answer_threads_under_what_it_answers() -> None:
    post = written(
        letter(
            references=["<one@example.com>#0123456789ab", "<two@shop.example>"],
            reply_to_external_id="<one@example.com>#0123456789ab",
        )
    )
    read = parse(post.body)
    assert read.subject == "Re: Question"
    assert read.in_reply_to == "<one@example.com>"
    assert read.references == ("<one@example.com>", "<two@shop.example>")
    assert read.message_id == post.message_id
    assert OURS.token(post.message_id) == "tabc"


def test_every_repeat_is_the_same_mail() -> None:
    assert written(letter()) == written(letter())
    assert written(letter()).message_id != written(letter(key="dlv_2")).message_id


def test_copies_are_in_the_envelope_and_blind_ones_nowhere_else() -> None:
    post = written(letter(data={"cc": ["boris@example.com"], "bcc": ["ivan@shop.example"]}))
    assert post.envelope_to == ("ann@example.com", "boris@example.com", "ivan@shop.example")
    assert b"ivan@shop.example" not in post.body
    assert [item.address for item in parse(post.body).cc] == ["boris@example.com"]


@pytest.mark.parametrize("name", NAUGHTY)
def test_no_name_subject_or_file_name_changes_who_gets_the_mail(name: str) -> None:
    post = written(letter(sender_name=name, subject=name), (file(name), b"abc"))
    read = message_from_bytes(post.body, policy=policy.compat32)
    assert post.envelope_to == ("ann@example.com",)
    assert read["To"] == "ann@example.com"
    assert "Bcc" not in read
    assert [item.address for item in [parse(post.body).sender] if item] == ["help@shop.example"]


@given(st.text(max_size=300), st.text(max_size=600))
def test_any_name_and_any_text_survive_the_way(name: str, text: str) -> None:
    post = written(letter(text, sender_name=name, subject=name))
    assert parse(post.body).subject == post.subject
    assert max(len(line) for line in post.body.split(b"\r\n")) <= 998


@pytest.mark.parametrize(
    "text", ["Здравствуйте, Анна!\n\nКрасный есть.", "سلام آنا", ".\n..\n.hidden", "a" * 3000, "From here\nTo there"]
)
def test_the_text_arrives_as_it_was_written(text: str) -> None:
    assert parse(written(letter(text)).body).text == text


def test_html_escapes_the_text_and_links_addresses() -> None:
    html = parse(written(letter("<b>see</b> https://shop.example/?a=1&b=2.")).body).html or ""
    assert '&lt;b&gt;see&lt;/b&gt; <a href="https://shop.example/?a=1&amp;b=2">https://shop.example/?a=1&amp;b=2</a>.' in html


def test_attachments_arrive_with_their_names() -> None:
    content = b"\x89PNG\r\n\x1a\n" + bytes(range(256))
    (found,) = parse(written(letter(), (file("фото красное.png"), content)).body).files
    assert (found.name, found.content_type, found.content) == ("фото красное.png", "image/png", content)


def test_automatic_mail_says_so() -> None:
    read = message_from_bytes(
        written(letter(automatic=True, reply_to_external_id="<one@example.com>")).body, policy=policy.compat32
    )
    assert (read["Auto-Submitted"], read["X-Auto-Response-Suppress"]) == ("auto-replied", "All")
    assert parse(written(letter(automatic=True)).body).automatic == "auto-submitted"


def test_our_own_mail_that_comes_back_is_a_loop() -> None:
    assert parse(written(letter()).body).automatic == "loop"


@pytest.mark.parametrize(
    "address", ["ann", "ann@example.com\r\nRCPT TO:<x@y.z>", "a b@example.com", "<ann@example.com>", "", "a@b@c"]
)
def test_what_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(SendError) as caught:
        written(letter(recipients=[address]))
    assert caught.value.facts.certain
    assert not caught.value.facts.retry


def test_a_domain_in_other_letters_goes_out_in_ascii() -> None:
    assert written(letter(recipients=["ann@пример.рф"])).envelope_to == ("ann@xn--e1afmkfd.xn--p1ai",)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"To: ann@example.com", b"To: ann@example.com, boris@example.com"),
        (b"Subject:", b"Bcc: boris@example.com\r\nSubject:"),
        (b"Subject: Question", b"Subject: Another"),
        (b"From: Olga <help@shop.example>", b"From: Olga <help@shop.example>, x@y.z"),
    ],
)
def test_a_mail_that_says_something_else_is_not_sent(before: bytes, after: bytes) -> None:
    post = written(letter())
    assert before in post.body
    with pytest.raises(SendError) as caught:
        proofread(replace(post, body=post.body.replace(before, after, 1)))
    assert caught.value.facts.ours
