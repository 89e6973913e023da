"""Settings: which source wins, what a mistake says, and the documents made from the model."""

from __future__ import annotations

import stat
import textwrap
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from ruamel.yaml import YAML

from gateway.domain.errors import ConfigError
from gateway.settings import Settings, load, reference, secret
from gateway.settings.model import size
from tests.house.tree import ROOT
from tools.documents import documents


@pytest.fixture(autouse=True)
def empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def written(text: str) -> Path:
    Path("gateway.yaml").write_text(textwrap.dedent(text))
    return Path("gateway.yaml")


def complaint(text: str = "", *, environment: dict[str, str] | None = None, options: dict[str, Any] | None = None) -> str:
    with pytest.raises(ConfigError) as caught:
        load(written(text), environment=environment or {}, options=options)
    return caught.value.detail


def test_without_any_source_the_defaults_hold() -> None:
    assert load(environment={}) == Settings()


def test_each_source_wins_over_the_one_before() -> None:
    file = written("server: {host: 10.0.0.1, port: 1001, processes: 1}")
    environment = {"GATEWAY__SERVER__PORT": "1002", "GATEWAY__SERVER__HOST": "10.0.0.2"}
    settings = load(file, environment=environment, options={"server.port": 1003, "server.host": None})
    assert (settings.server.host, settings.server.port) == ("10.0.0.2", 1003)


def test_the_file_may_be_named_by_the_environment() -> None:
    written("server: {port: 1001}")
    assert load(environment={"GATEWAY_CONFIG": "gateway.yaml"}).server.port == 1001


def test_a_named_file_must_exist() -> None:
    with pytest.raises(ConfigError, match=r"nowhere\.yaml: cannot be read"):
        load(Path("nowhere.yaml"), environment={})


def test_a_secret_is_read_from_the_file_the_environment_names() -> None:
    Path("url").write_text("postgresql://olga:pw@db/gateway\n")
    assert load(environment={"GATEWAY__STORE__URL_FILE": "url"}).store.url == "postgresql://olga:pw@db/gateway"


def test_the_place_of_the_secret_is_not_taken_for_a_secret() -> None:
    assert load(environment={"GATEWAY__SECRET_FILE": "elsewhere"}).secret_file == Path("elsewhere")


def test_a_missing_secret_names_the_variable() -> None:
    assert "GATEWAY__STORE__URL_FILE: cannot read /nowhere" in complaint(environment={"GATEWAY__STORE__URL_FILE": "/nowhere"})


def test_a_value_and_its_file_together_are_refused() -> None:
    Path("url").write_text("sqlite:///x")
    both = {"GATEWAY__STORE__URL": "sqlite:///y", "GATEWAY__STORE__URL_FILE": "url"}
    assert "set the same value" in complaint(environment=both)


def test_a_list_in_the_environment_is_separated_by_commas() -> None:
    settings = load(environment={"GATEWAY__SERVER__TRUSTED_PROXIES": "10.0.0.0/8, 192.168.1.7"})
    assert settings.server.trusted_proxies == ("10.0.0.0/8", "192.168.1.7/32")


def test_values_cannot_be_changed_after_loading() -> None:
    with pytest.raises(ValidationError):
        load(environment={}).server.port = 1  # type: ignore[misc]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("server:\n  prot: 80\n", 'gateway.yaml:2:3: unknown key "prot" in "server"; did you mean "port"?'),
        ("stroe: {url: x}\n", 'gateway.yaml:1:1: unknown key "stroe"; did you mean "store"?'),
        ("port: 80\n", 'gateway.yaml:1:1: unknown key "port"; did you mean "server.port"?'),
        ("zzz: 1\n", 'unknown key "zzz"; remove it.'),
        ("server:\n  port: eighty\n", "gateway.yaml:2:9: \"server.port\": input should be a valid integer"),
        ("server:\n  port: 70000\n", "gateway.yaml:2:9: \"server.port\": input should be less than or equal to 65535"),
        ("server:\n  trusted_proxies:\n    - 10.0.0.0/8\n    - nonsense\n", "gateway.yaml:4:7: "),
        ("store: 5\n", 'gateway.yaml:1:8: "store" is a section; write its keys below it'),
        ("store:\n  url: mysql://x\n", "write sqlite:///var/gateway.db or postgresql://user:password@host/database"),
        ("limits: {file_bytes: 25 moons}\n", "write a size like 25MB"),
        ("server: {public_url: chat.example.com}\n", "like https://chat.example.com"),
        ("server:\n  port: 1\n  port: 2\n", "gateway.yaml:3:3: not valid YAML: found duplicate key"),
        ("server: [\n", "not valid YAML"),
        ("- server\n", "gateway.yaml:1:1: expected `section:` lines, found list"),
    ],
)  # fmt: skip
def test_a_mistake_in_the_file_is_shown_with_its_place_and_remedy(text: str, says: str) -> None:
    assert says in complaint(text)


def test_a_mark_stands_under_the_mistake() -> None:
    assert complaint("server:\n  port: eighty\n").splitlines()[1:] == ["     2 |   port: eighty", "       |         ^"]


def test_every_mistake_is_listed_at_once() -> None:
    said = complaint("server: {prot: 1}\nlogs: {level: loud}\n", options={"demo.enabled": "perhaps"})
    assert [part in said for part in ("prot", "loud", "perhaps")] == [True, True, True]


def test_a_mistake_names_the_source_that_won() -> None:
    assert complaint("server: {port: 80}", environment={"GATEWAY__SERVER__PORT": "x"}).startswith("GATEWAY__SERVER__PORT: ")
    assert complaint("server: {port: x}", options={"server.port": "y"}).startswith("option server.port: ")


def test_a_wrong_variable_is_a_mistake_too() -> None:
    assert 'did you mean "host"?' in complaint(environment={"GATEWAY__SERVER__HOTS": "x"})


def test_addresses_with_passwords_are_not_repeated_in_the_complaint() -> None:
    assert "pw" not in complaint(options={"store.url": "mysql://olga:pw@db/gateway"})


def test_several_processes_need_shared_stores() -> None:
    said = complaint("server:\n  processes: 2\n")
    assert "gateway.yaml:2:14: several processes need Redis" in said
    assert "several processes need PostgreSQL" in said


@given(st.text(max_size=40), st.text(max_size=40))
def test_any_option_is_taken_or_refused_by_name(key: str, value: str) -> None:
    known = {"server.host", "store.url", "signals.url", "blobs.url", "server.public_url", "secret_file"}
    with pytest.raises(ConfigError, match=r"\S") if key not in known else nullcontext():
        load(environment={}, options={key: value})


@pytest.mark.parametrize(("text", "number"), [("25MB", 25_000_000), ("512 KiB", 524_288), ("7", 7), ("1.5kb", 1500)])
def test_sizes_are_written_as_people_write_them(text: str, number: int) -> None:
    assert size(text) == number


@pytest.mark.parametrize(
    ("server", "address"),
    [
        ({}, "http://127.0.0.1:8080"),
        ({"host": "0.0.0.0"}, "http://localhost:8080"),
        ({"host": "::1", "port": 1}, "http://[::1]:1"),
        ({"public_url": "https://chat.example.com/"}, "https://chat.example.com"),
    ],
)
def test_the_address_from_outside(server: dict[str, Any], address: str) -> None:
    assert Settings.model_validate({"server": server}).public_url == address


def test_the_secret_is_made_once_and_private() -> None:
    path = Path("var/secret")
    first = secret.read_or_create(path)
    assert len(first) == 32
    assert secret.read_or_create(path) == first
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(path.parent.iterdir()) == [path]


def test_processes_that_start_at_once_agree_on_the_secret() -> None:
    with ThreadPoolExecutor(8) as pool:
        keys = set(pool.map(secret.read_or_create, [Path("var/secret")] * 32))
    assert len(keys) == 1


@pytest.mark.parametrize(
    ("content", "mode", "says"), [("beef", 0o600, "cut short"), ("%%", 0o600, "not a secret"), ("", 0o644, "chmod 600")]
)
def test_a_damaged_or_public_secret_is_refused(content: str, mode: int, says: str) -> None:
    path = Path("secret")
    path.write_text(content)
    path.chmod(mode)
    with pytest.raises(ConfigError, match=says):
        secret.read_or_create(path)


@pytest.mark.parametrize("name", sorted(documents()))
def test_the_documents_made_from_the_model_are_up_to_date(name: str) -> None:
    assert (ROOT / name).read_text(encoding="utf-8") == documents()[name], "run `make docs`"


def settings_files() -> list[Path]:
    """The YAML files that say they are settings; the others are for `gateway config apply`."""
    files = sorted((ROOT / "config").rglob("*.yaml"))
    return [file for file in files if file.read_text(encoding="utf-8").startswith("# yaml-language-server:")]


@pytest.mark.parametrize("file", settings_files(), ids=lambda path: path.name)
def test_the_files_we_ship_are_valid_and_name_their_schema(file: Path) -> None:
    named = file.read_text(encoding="utf-8").splitlines()[0].removeprefix("# yaml-language-server: $schema=")
    assert (file.parent / named).resolve() == ROOT / "config" / "gateway.schema.json"
    assert isinstance(load(file, environment={}), Settings)


def test_the_default_file_is_among_them_and_changes_nothing() -> None:
    assert ROOT / "config" / "gateway.yaml" in settings_files()
    assert load(ROOT / "config" / "gateway.yaml", environment={}) == Settings()


def test_the_template_is_the_defaults_once_uncommented() -> None:
    lines = [line.removeprefix("# ") for line in reference.template().splitlines()[1:]]
    uncommented = "\n".join(lines)
    assert YAML(typ="safe").load(uncommented).keys() == Settings.model_fields.keys()
    assert load(written(uncommented), environment={}) == Settings()


def test_the_schema_needs_no_references() -> None:
    assert "$ref" not in str(reference.schema())
    assert reference.schema()["$schema"].startswith("http://json-schema.org/draft-07")


@pytest.mark.parametrize(
    "text",
    [
        "store:\n  url: mysql://olga:pw/1@db/gateway\n",
        "store:\n  url: postgresql://olga:pw@a/b\n  url: postgresql://olga:pw@c/d\n",
        "store:\n  urls: postgresql://olga:pw@a/b\n",
        "store: postgresql://olga:pw@a/b\n",
        "store:\n\turl: postgresql://olga:pw@a/b\n",
    ],
)
def test_no_line_that_is_shown_holds_a_password(text: str) -> None:
    said = complaint(text)
    assert "gateway.yaml:" in said
    assert "pw" not in said
