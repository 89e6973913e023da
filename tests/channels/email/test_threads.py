"""Who may join a thread: only an answer to an id that we signed, else every sender for themselves."""

from __future__ import annotations

import pytest

from gateway.channels.email.threads import Threads, key_of
from tests.channels.email.people import CHANNEL, SECRET

OURS = Threads(SECRET, CHANNEL, "shop.example")


@pytest.mark.parametrize("key", ["tabc234", "Ann & Boris", "тред", "x" * 80, "chn:1/2"])
def test_an_answer_to_our_id_names_its_dialogue(key: str) -> None:
    name = OURS.message_id(key, letter_key="dlv_1")
    assert name.isascii()
    assert OURS.token(name) == key
    assert OURS.token(name.upper().replace("@SHOP.EXAMPLE", "@shop.example")) == key


def test_a_repeat_of_a_letter_has_the_same_id_and_another_letter_another() -> None:
    assert OURS.message_id("t1", letter_key="dlv_1") == OURS.message_id("t1", letter_key="dlv_1")
    assert OURS.message_id("t1", letter_key="dlv_1") != OURS.message_id("t1", letter_key="dlv_2")


def test_two_hundred_forged_ids_join_nothing() -> None:
    good = OURS.message_id("tabc", letter_key="dlv_1")
    forged = [good[:n] + ("a" if good[n] != "a" else "b") + good[n + 1 :] for n in range(1, good.index("@"))]
    forged += [good.replace("tabc", f"tab{n}") for n in range(200 - len(forged))]
    assert len(forged) >= 200 - 1
    assert [name for name in forged if OURS.token(name) is not None] == []


def test_ids_of_another_channel_or_another_secret_are_strangers() -> None:
    name = OURS.message_id("tabc", letter_key="dlv_1")
    assert Threads(SECRET, "chn_other", "shop.example").token(name) is None
    assert Threads(b"other", CHANNEL, "shop.example").token(name) is None


def test_the_newest_signed_reference_decides() -> None:
    first, second = (OURS.message_id(key, letter_key="l") for key in ("t1", "t2"))
    assert OURS.answered(None, ["<x@y>", first, second]) == "t2"
    assert OURS.answered(first, [second]) == "t1"
    assert OURS.answered("<x@y>", ["<z@y>"]) is None


def test_the_same_root_is_another_thread_for_another_sender() -> None:
    assert key_of("<root@x>", "ann@example.com") != key_of("<root@x>", "boris@example.com")
    assert key_of("<root@x>", "ann@example.com") == key_of("<root@x>", "ann@example.com")
