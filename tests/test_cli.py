"""The command line: answers, exit codes, and what it says when something is wrong."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from gateway.__main__ import run
from gateway.domain.errors import Refused
from tests.house.tree import ROOT


@dataclass(frozen=True)
class Line:
    name: str
    ok: bool
    text: str


@dataclass
class RecordingRoot(ModuleType):
    """Stands in for the composition root: remembers what it was asked."""

    asked: list[Any] = field(default_factory=list)
    lines: Sequence[Line] = (Line("store", True, "SQLite 3, 4 ms"),)

    def __post_init__(self) -> None:
        super().__init__("gateway.app")

    def serve(self, settings: Any) -> None:
        self.asked.append(("serve", settings.server.port))

    @asynccontextmanager
    async def admin(self, settings: Any) -> AsyncIterator[RecordingRoot]:
        yield self

    async def check(self) -> Sequence[Line]:
        return self.lines

    async def test_channel(self, channel_id: str) -> Sequence[Line]:
        raise Refused(f"{channel_id} is paused")

    async def export_config(self) -> dict[str, Any]:
        return {"lines": [{"name": "Продажи"}]}

    async def apply_config(self, wanted: Mapping[str, Any], *, dry_run: bool) -> Sequence[str]:
        self.asked.append((wanted, dry_run))
        return ["add line Sales"]

    async def add_operator(self, *, email: str, name: str, roles: Sequence[str], password: str | None) -> str:
        self.asked.append((email, name, roles, password))
        return "opr_1"

    async def sign_in_link(self, *, email: str) -> str:
        return f"http://127.0.0.1:8080/in/{email}"


@pytest.fixture(autouse=True)
def empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def root(monkeypatch: pytest.MonkeyPatch) -> RecordingRoot:
    recording = RecordingRoot()
    monkeypatch.setitem(sys.modules, "gateway.app", recording)
    return recording


def said(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = run(arguments)
    out, err = capsys.readouterr()
    return code, out, err


def test_help_lists_the_commands(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = said(capsys, "--help")
    assert code == 0
    assert all(f"\n  {name} " in out for name in ("serve", "init", "check", "doctor", "channel", "config", "operator", "mail"))


def test_wrong_usage_ends_with_2(capsys: pytest.CaptureFixture[str]) -> None:
    assert said(capsys, "nonsense")[0] == 2
    assert said(capsys, "serve", "--port", "many")[0] == 2


def test_invalid_settings_end_with_3_and_their_place(capsys: pytest.CaptureFixture[str]) -> None:
    Path("bad.yaml").write_text("server:\n  prot: 80\n")
    code, out, err = said(capsys, "check", "--offline", "--config", "bad.yaml")
    assert (code, out) == (3, "")
    assert err.startswith('bad.yaml:2:3: unknown key "prot" in "server"; did you mean "port"?')


def test_a_setting_without_a_value_ends_with_3(capsys: pytest.CaptureFixture[str]) -> None:
    code, _, err = said(capsys, "check", "--offline", "--set", "server.port")
    assert (code, err) == (3, "--set server.port: write KEY=VALUE, like --set server.port=9000\n")


def test_an_option_of_serve_that_is_not_given_leaves_set_alone(root: RecordingRoot) -> None:
    assert run(["serve", "--set", "server.port=1"]) == 0
    assert root.asked == [("serve", 1)]


def test_options_of_serve_win_over_set(root: RecordingRoot) -> None:
    assert run(["serve", "--set", "server.port=1", "--port", "2"]) == 0
    assert root.asked == [("serve", 2)]


def test_check_shows_what_was_tried(root: RecordingRoot, capsys: pytest.CaptureFixture[str]) -> None:
    assert said(capsys, "check") == (0, "ok     store: SQLite 3, 4 ms\n", "")


def test_check_ends_with_1_when_something_fails(root: RecordingRoot, capsys: pytest.CaptureFixture[str]) -> None:
    root.lines = (Line("signals", False, "nobody answers at redis.test; start Redis"),)
    code, out, _ = said(capsys, "check", "--json")
    assert code == 1
    assert json.loads(out) == [{"name": "signals", "ok": False, "text": "nobody answers at redis.test; start Redis"}]


def test_a_foreseen_failure_is_one_line_and_1(root: RecordingRoot, capsys: pytest.CaptureFixture[str]) -> None:
    assert said(capsys, "channel", "test", "chn_1") == (1, "", "refused: chn_1 is paused\n")


def test_show_hides_passwords(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = said(capsys, "config", "show", "--json", "--set", "store.url=postgresql://olga:pw@db/gateway")
    assert code == 0
    assert json.loads(out)["store"]["url"] == "postgresql://olga:[hidden]@db/gateway"


def test_schema_is_json(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = said(capsys, "config", "schema")
    assert (code, json.loads(out)["properties"]["server"]["additionalProperties"]) == (0, False)


def test_what_export_writes_apply_reads(root: RecordingRoot, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["config", "export", "lines.yaml"]) == 0
    assert run(["config", "apply", "lines.yaml", "--dry-run"]) == 0
    assert root.asked == [({"lines": [{"name": "Продажи"}]}, True)]
    assert capsys.readouterr().out == "add line Sales\n"


def test_an_operator_without_a_password_gets_a_link(root: RecordingRoot, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = said(capsys, "operator", "add", "olga@example.test", "--name", "Olga", "--role", "admin")
    assert (code, out) == (0, "opr_1\nhttp://127.0.0.1:8080/in/olga@example.test\n")
    assert root.asked == [("olga@example.test", "Olga", ("admin",), None)]


def test_a_password_comes_from_a_file(root: RecordingRoot) -> None:
    Path("pw").write_text("correct-horse\n")
    assert run(["operator", "add", "ivan@example.test", "--name", "Ivan", "--password-file", "pw"]) == 0
    assert root.asked == [("ivan@example.test", "Ivan", ("operator",), "correct-horse")]


def test_init_prepares_a_folder_once(capsys: pytest.CaptureFixture[str]) -> None:
    assert said(capsys, "init")[1] == "wrote config/gateway.yaml\nmade var/secret\n"
    assert said(capsys, "init")[1] == "nothing to do: everything is in place\n"
    assert said(capsys, "check", "--offline")[0] == 0


def test_a_mail_that_is_not_there_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert said(capsys, "mail", "parse", "no.eml") == (1, "", "not_found: no.eml: No such file or directory\n")


@pytest.mark.parametrize("charset", ["ascii", "cp1252", "utf-8"])
def test_a_mail_is_shown_on_a_terminal_of_any_charset(tmp_path: Path, charset: str) -> None:
    (tmp_path / "ann.eml").write_bytes("From: ann@example.com\nSubject: Où est ma commande? Где? 🚲\n\nHello".encode())
    env = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": charset}
    for more in ([], ["--json"]):
        command = [sys.executable, "-m", "gateway", "mail", "parse", "ann.eml", *more]
        done = subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, timeout=30, check=False)
        assert (done.returncode, done.stderr) == (0, b"")
    assert json.loads(done.stdout.decode(charset))["subject"] == "Où est ma commande? Где? 🚲"


def test_a_password_from_a_pipe_is_never_asked_for(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "gateway", "check", "--offline"]
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, cwd=tmp_path, env=env, input="", capture_output=True, text=True, timeout=30, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "ok     settings\n", "")


@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_a_reader_that_leaves_early_is_no_failure(tmp_path: Path, unbuffered: str) -> None:
    command = f"set -o pipefail; {sys.executable} -m gateway config schema | exec true"
    env = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": unbuffered}
    done = subprocess.run(
        ["bash", "-c", command], cwd=tmp_path, env=env, capture_output=True, text=True, timeout=30, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
