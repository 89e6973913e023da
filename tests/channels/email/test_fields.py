"""One header at a time: what mailers write that the standards do not allow."""

from __future__ import annotations

from gateway.channels.email.fields import message_ids


def test_an_id_folded_into_encoded_words_is_the_same_id() -> None:
    folded = "=?utf-8?q?=3Cpdlg=5F01.abcdefgh23456777=2Eabc?=\n =?utf-8?q?defghijklmnopqrstuvwx=40example=2Ecom=3E?="
    assert message_ids(folded) == ["<pdlg_01.abcdefgh23456777.abcdefghijklmnopqrstuvwx@example.com>"]


def test_ids_come_once_in_their_order() -> None:
    assert message_ids("<b@x> text <a@x> <b@x>") == ["<b@x>", "<a@x>"]
