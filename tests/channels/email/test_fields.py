"""One header at a time: what mailers write that the standards do not allow."""

from __future__ import annotations

from gateway.channels.email.fields import decode_words, message_ids, to_text


def test_an_id_folded_into_encoded_words_is_the_same_id() -> None:
    folded = "=?utf-8?q?=3Cpdlg=5F01.abcdefgh23456777=2Eabc?=\n =?utf-8?q?defghijklmnopqrstuvwx=40example=2Ecom=3E?="
    assert message_ids(folded) == ["<pdlg_01.abcdefgh23456777.abcdefghijklmnopqrstuvwx@example.com>"]


def test_ids_come_once_in_their_order() -> None:
    assert message_ids("<b@x> text <a@x> <b@x>") == ["<b@x>", "<a@x>"]


def test_a_letter_cut_in_two_between_encoded_words_is_put_together() -> None:
    assert decode_words("=?utf-8?b?0JDQ?=\r\n =?UTF-8?b?vdC90LA=?=", cap=100) == "Анна"
    assert (
        decode_words("=?utf-8?q?=D0=90=D0?= =?utf-8?q?=BD=D0=BD=D0=B0?= and =?koi8-r?b?4s/SydM=?=", cap=100) == "Анна and Борис"
    )


def test_an_encoded_word_with_plain_spaces_is_read() -> None:
    assert decode_words("=?utf-8?q?Hello Ann?=", cap=100) == "Hello Ann"


def test_one_spoilt_byte_does_not_spoil_the_text_around_it() -> None:
    spoilt = "Где мой заказ? Жду вторую неделю.".encode() + b"\xd0"
    assert to_text(spoilt, "utf-8") == "Где мой заказ? Жду вторую неделю.\ufffd"
