"""The command line's doors on a real store in a folder: export, apply, operators, checks."""

from __future__ import annotations

from pathlib import Path

import pytest

from gateway.app import admin, first_start
from gateway.app.running import opened
from gateway.domain.errors import ConfigError, NotFound
from gateway.settings import Settings, load


@pytest.fixture
async def settings(tmp_path: Path) -> Settings:
    """An installation after its first start."""
    made = load(
        None,
        environment={
            "GATEWAY__STORE__URL": f"sqlite:///{tmp_path}/gateway.db",
            "GATEWAY__BLOBS__URL": f"file://{tmp_path}/blobs",
            "GATEWAY__SECRET_FILE": str(tmp_path / "secret"),
        },
    )
    async with opened(made) as gateway:
        await first_start.prepare(gateway.parts.core, demo=True)
    return made


async def test_what_is_exported_applies_without_a_change(settings: Settings) -> None:
    async with admin(settings) as doors:
        document = await doors.export_config()
        assert [line["name"] for line in document["lines"]] == ["Larka Cycles"]
        assert document["lines"][0]["members"] == ["olga@example.com", "ivan@example.com"]
        assert await doors.apply_config(document, dry_run=False) == []


async def test_a_dry_run_says_what_would_change_and_changes_nothing(settings: Settings) -> None:
    wanted = {
        "operators": [{"email": "boris@example.com", "name": "Boris"}],
        "lines": [
            {
                "name": "Service",
                "members": ["boris@example.com"],
                "schedule": {"zone": "Europe/London", "always": False, "week": {"mon": ["09:00-18:00"]}, "exceptions": {}},
            }
        ],
        "channels": [{"name": "PBX", "kind": "pbx", "line": "Service", "settings": {"secret": "0123456789abcdef0123"}}],
        "canned": [{"shortcut": "bye", "text": "Good bye"}],
    }
    async with admin(settings) as doors:
        before = await doors.export_config()
        assert await doors.apply_config(wanted, dry_run=True) == [
            "operator boris@example.com: added", "line Service: added", "channel PBX: added", "canned /bye: added",
        ]  # fmt: skip
        assert await doors.export_config() == before


async def test_a_document_is_made_so_and_the_second_time_nothing_is_left(settings: Settings) -> None:
    wanted = {
        "operators": [{"email": "boris@example.com", "name": "Boris", "roles": ["operator"]}],
        "lines": [
            {
                "name": "Service",
                "members": ["boris@example.com"],
                "limit": 2.0,
                "first_response_seconds": {"webchat": 90},
                "next_response_seconds": {"webchat": 300, "email": 7200},
            }
        ],
        "channels": [{"name": "PBX", "kind": "pbx", "line": "Service", "settings": {"secret": "0123456789abcdef0123"}}],
    }
    async with admin(settings) as doors:
        assert len(await doors.apply_config(wanted, dry_run=False)) == 3
        exported = await doors.export_config()
        service = next(line for line in exported["lines"] if line["name"] == "Service")
        assert (service["first_response_seconds"], service["next_response_seconds"]["email"]) == ({"webchat": 90}, 7200)
        assert "0123456789abcdef0123" not in repr(exported)
        assert await doors.apply_config(exported, dry_run=False) == []


@pytest.mark.parametrize(
    ("wanted", "named"),
    [
        ({"linez": []}, "linez"),
        ({"lines": [{"name": "X", "membres": []}]}, "membres"),
        ({"lines": [{"name": "X", "first_response_seconds": 60}]}, "webchat: 60"),
        ({"lines": [{"name": "X", "next_response_seconds": {"webchat": "soon"}}]}, "webchat: 60"),
        ({"lines": [{"name": "X", "members": ["nobody@example.com"]}]}, "nobody@example.com"),
        ({"channels": [{"name": "X", "kind": "pbx", "line": "Nowhere"}]}, "Nowhere"),
        ({"channels": [{"name": "X", "kind": "telegram", "line": "Larka Cycles", "settings": {}}]}, "token"),
    ],
)
async def test_a_wrong_document_is_named(settings: Settings, wanted: dict[str, object], named: str) -> None:
    async with admin(settings) as doors:
        with pytest.raises(ConfigError, match=named):
            await doors.apply_config(wanted, dry_run=False)


async def test_an_operator_is_let_in_by_a_link(settings: Settings) -> None:
    async with admin(settings) as doors:
        await doors.add_operator(email="boris@example.com", name="Boris", roles=("operator",), password=None)
        assert "/sign-in#token=" in await doors.sign_in_link(email="Boris@example.com")
        with pytest.raises(NotFound):
            await doors.sign_in_link(email="nobody@example.com")


async def test_check_and_doctor_say_what_is_well(settings: Settings) -> None:
    async with admin(settings) as doors:
        assert [line.name for line in await doors.check()][:3] == ["store", "signals", "files"]
        assert all(line.ok for line in await doors.check())
        assert all(line.ok for line in await doors.doctor() if line.name != "disk")
