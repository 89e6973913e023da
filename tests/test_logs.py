"""Log lines: shape, redaction, and that nobody can forge one."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from gateway import logs


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    handlers, level = logging.getLogger().handlers[:], logging.getLogger().level
    yield
    structlog.reset_defaults()
    logging.getLogger().handlers[:] = handlers
    logging.getLogger().setLevel(level)


@pytest.fixture
def out() -> io.StringIO:
    stream = io.StringIO()
    logs.configure(style="json", level="info", stream=stream)
    return stream


def test_a_line_is_an_event_with_fields(out: io.StringIO) -> None:
    logs.get("intake").info("message.stored", seq=3, dialogue="dlg_01ke6x")
    line = json.loads(out.getvalue())
    assert line.pop("timestamp").endswith("Z")
    assert line == {"event": "message.stored", "level": "info", "part": "intake", "seq": 3, "dialogue": "dlg_01ke6x"}


def test_a_logger_made_before_the_configuration_follows_it() -> None:
    early = logs.get("intake")
    stream = io.StringIO()
    logs.configure(style="json", stream=stream)
    early.warning("message.late")
    assert json.loads(stream.getvalue())["event"] == "message.late"


def test_lines_below_the_level_are_not_written(out: io.StringIO) -> None:
    logs.get("intake").debug("message.seen")
    assert out.getvalue() == ""


@pytest.mark.parametrize("key", ["password", "bot_token", "client_secret", "Authorization", "cookie", "api_key", "signature"])
def test_a_secret_is_hidden_at_any_depth(out: io.StringIO, key: str) -> None:
    logs.get("web").info("hook.received", headers=[{key: "hunter2"}], **{key: "hunter2"})
    assert "hunter2" not in out.getvalue()
    assert out.getvalue().count(logs.HIDDEN) == 2


@pytest.mark.parametrize(
    ("given_text", "shown"),
    [
        ("olga@example.test", "o…@example.test"),
        ("Ann <ann.b+x@mail.example.test>", "Ann <a…@mail.example.test>"),
        ("+7 495 123-45-67", "+…67"),
        ("call 89161234567 now", "call …67 now"),
        ("redis://olga:pw@host/0", "redis://olga:[hidden]@host/0"),
        ("Bearer abcdefgh.ijkl", "Bearer [hidden]"),
        ("bot123456789:AAF0abcdefghijklmnopqrstuvwxyz01234/sendMessage", "bot[hidden]/sendMessage"),
        ("2026-01-05T09:00:00+00:00", "2026-01-05T09:00:00+00:00"),
        ("cnv_01ke6x8q4v7zr2m5n9p3s1t0wa", "cnv_01ke6x8q4v7zr2m5n9p3s1t0wa"),
        ("127.0.0.1:58213", "127.0.0.1:58213"),
    ],
)
def test_addresses_numbers_and_keys_inside_texts_are_masked(given_text: str, shown: str) -> None:
    assert logs.redact(None, "", {"text": given_text}) == {"text": shown}


@given(st.text())
def test_no_text_can_start_a_line_of_its_own(text: str) -> None:
    shown = logs.redact(None, "", {"event": text})["event"]
    assert not set(shown) & {"\n", "\r", "\x1b", "\x00", "\u2028", "\u202e"}


def test_long_texts_are_cut_and_bytes_only_counted(out: io.StringIO) -> None:
    logs.get("mail").info("mail.read", text="x" * 5000, raw=b"secret stuff")
    line = json.loads(out.getvalue())
    assert len(line["text"]) < 2100
    assert line["raw"] == "<12 bytes>"


def test_lines_of_libraries_take_the_same_way(out: io.StringIO) -> None:
    logging.getLogger("aiohttp").error("refused %s", "ann@example.test\nforged")
    line = json.loads(out.getvalue())
    assert (line["event"], line["logger"]) == ("refused a…@example.test\\nforged", "aiohttp")


def test_an_exception_keeps_its_lines_but_not_its_addresses(out: io.StringIO) -> None:
    try:
        raise ValueError("no mailbox olga@example.test")
    except ValueError:
        logs.get("mail").exception("mail.failed")
    text = json.loads(out.getvalue())["exception"]
    assert "Traceback" in text.splitlines()[0]
    assert "olga@" not in text


def test_without_a_terminal_there_are_no_colours() -> None:
    stream = io.StringIO()
    logs.configure(style="console", stream=stream)
    logs.get("intake").info("message.stored")
    assert "\x1b" not in stream.getvalue()
    assert "message.stored" in stream.getvalue()


def test_a_library_that_raises_its_own_voice_is_not_heard(out: io.StringIO) -> None:
    chatty = logging.getLogger("chatty")
    chatty.setLevel(logging.INFO)
    chatty.info("Connection closed")
    chatty.warning("Really")
    assert [json.loads(line)["event"] for line in out.getvalue().splitlines()] == ["Really"]
