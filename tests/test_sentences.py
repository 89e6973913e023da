"""Sentences of adapters: every code has a text in every language of the console, with the same places to fill."""

from __future__ import annotations

import ast
import copy
import json
import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import orjson
import pytest

from gateway.domain.channel import Channel
from gateway.domain.delivery import Delivery
from gateway.domain.errors import send_refused
from gateway.domain.ids import ChannelId, DeliveryId, DialogueId, LineId, MessageId
from gateway.domain.rows import delivery_row
from gateway.domain.sentence import Sentence, said, sentence
from gateway.domain.settings_rows import channel_row
from tests.house import tree
from tests.house.tree import ROOT
from tests.stores import MONDAY

LANGUAGES = ("en", "ru", "es", "fa")
PLACE = re.compile(r"(?<!\{)\{([a-z_]+)\}")
ESCAPED = re.compile(r"\{'(.)'\}")


def spoken() -> Iterator[tuple[str, str, str]]:
    """Where, code and English text of every `sentence(...)` in the source."""
    for source in tree.python("gateway"):
        for node in ast.walk(source.tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "sentence":
                code, english = (ast.literal_eval(argument) for argument in node.args)
                yield f"{source.path}:{node.lineno}", code, english


@cache
def catalogue(language: str) -> dict[str, str]:
    """Code → text, as the console reads it."""

    def flat(found: Any, path: str) -> Iterator[tuple[str, str]]:
        for name, value in found.items():
            yield from flat(value, f"{path}{name}.") if isinstance(value, dict) else [(path + name, value)]

    folder = ROOT / "console/src/locales"
    inbox, settings = (json.loads((folder / f"{area}.{language}.json").read_text()) for area in ("inbox", "settings"))
    return dict(flat({"send": inbox["send"]} | settings["settings"]["said"], ""))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_can_be_said_in_every_language(language: str) -> None:
    known = catalogue(language)
    missing = [f"{place} {code}" for place, code, _ in spoken() if code not in known]
    assert not missing, "\n".join(missing)
    assert set(known) == {code for _, code, _ in spoken()}, "texts that nobody says"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_fills_the_same_places(language: str) -> None:
    known = catalogue(language)
    wrong = [code for _, code, english in spoken() if set(PLACE.findall(known[code])) != set(PLACE.findall(english))]
    assert not wrong


def test_the_english_catalogue_says_what_the_log_says() -> None:
    known = catalogue("en")
    assert [code for _, code, english in spoken() if ESCAPED.sub(r"\1", known[code]) != english] == []


def test_one_code_means_one_sentence() -> None:
    texts: dict[str, set[str]] = {}
    for _, code, english in spoken():
        texts.setdefault(code, set()).add(english)
    assert {code: found for code, found in texts.items() if len(found) > 1} == {}


def test_a_sentence_is_english_wherever_nobody_asks_for_more() -> None:
    made = sentence("send.mail_answered", "The mail server answered {code}: {reason}", code=550, reason="{no}")
    assert made == "The mail server answered 550: {no}"
    assert orjson.loads(orjson.dumps(made)) == str(made)
    assert said(made) == {"code": "send.mail_answered", "values": {"code": 550, "reason": "{no}"}}
    assert said(f"{made}") is None
    assert said(send_refused(made).detail) == said(made)
    assert isinstance(copy.deepcopy(made), Sentence)


def test_what_is_wrong_with_a_delivery_goes_to_the_screen_in_both_forms() -> None:
    fault = send_refused(sentence("send.blocked", "The person has blocked the bot."), code="blocked")
    due = Delivery(DeliveryId("d"), MessageId("m"), DialogueId("g"), ChannelId("c"), "sending", MONDAY, MONDAY)
    failed = due.missed(fault.facts, code=fault.code, now=MONDAY, repeatable=False)
    row = delivery_row(failed)
    assert (row["error"], row["code"]) == ("The person has blocked the bot.", "blocked")
    assert row["said"] == {"code": "send.blocked", "values": {}}
    assert delivery_row(failed.again(now=MONDAY))["said"] is None


def test_what_is_wrong_with_a_channel_goes_to_the_screen_in_both_forms() -> None:
    channel = Channel(ChannelId("c"), "telegram", LineId("l"), "Bot", "k")
    ailing = channel.ailing(sentence("telegram.wait", "Telegram asks us to wait {seconds} s.", seconds=5), paused=False)
    row = channel_row(ailing, secrets=(), install={})
    assert (row["problem"], row["said"]) == (
        "Telegram asks us to wait 5 s.",
        {"code": "telegram.wait", "values": {"seconds": 5}},
    )
    assert channel_row(ailing.well(now=MONDAY), secrets=(), install={})["said"] is None
