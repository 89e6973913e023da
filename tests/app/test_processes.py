"""One parent, several children: the dead begin again, nobody outlives the parent, and everybody ends when told."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.eventually import eventually_sync

SCRIPT = Path(__file__).with_name("several.py")
ROOT = Path(__file__).parents[2]
Start = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Begin a parent; whatever is left of its group is killed afterwards."""
    begun: list[subprocess.Popen[str]] = []

    def begin(how: str = "") -> subprocess.Popen[str]:
        parent = subprocess.Popen(
            [sys.executable, str(SCRIPT), str(tmp_path), how], stderr=subprocess.PIPE, text=True, cwd=ROOT,
            env=os.environ | {"PYTHONPATH": str(ROOT)}, start_new_session=True,
        )  # fmt: skip
        begun.append(parent)
        return parent

    yield begin
    for parent in begun:
        if parent.poll() is None:
            os.killpg(parent.pid, signal.SIGKILL)
        parent.communicate()


def noted(folder: Path) -> list[int]:
    """Everybody who has lived so far."""
    return sorted(int(file.name) for file in folder.iterdir() if file.name.isdigit())


def alive(pid: int) -> bool:
    """Whether it runs (and is not merely unburied)."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().split()[2] != "Z"
    except OSError:
        return False


def both(folder: Path) -> list[int]:
    """The two children, once they live."""
    return eventually_sync(lambda: found if len(found := noted(folder)) == 2 else [])


def test_a_child_that_dies_is_begun_again_and_its_death_is_told(start: Start, tmp_path: Path) -> None:
    parent = start()
    first, second = both(tmp_path)
    os.kill(first, signal.SIGKILL)
    third = eventually_sync(lambda: [pid for pid in noted(tmp_path) if pid not in (first, second)])[0]
    assert alive(second)
    assert alive(third)
    assert len(list(tmp_path.glob("*.first"))) == 1, "one of them, once, speaks to people"
    parent.terminate()
    _, told = parent.communicate(timeout=10)
    assert parent.returncode == 0
    assert '"event":"process.died"' in told
    assert '"how":"SIGKILL"' in told


def test_told_to_end_it_ends_with_all_its_children(start: Start, tmp_path: Path) -> None:
    parent = start()
    children = both(tmp_path)
    parent.terminate()
    assert parent.wait(10) == 0
    assert [pid for pid in children if alive(pid)] == []


def test_children_do_not_outlive_a_parent_that_was_killed(start: Start, tmp_path: Path) -> None:
    parent = start()
    children = both(tmp_path)
    parent.kill()
    parent.wait(10)
    eventually_sync(lambda: not [pid for pid in children if alive(pid)])
    assert sorted(file.stem for file in tmp_path.glob("*.orphaned")) == sorted(map(str, children))


def test_who_dies_again_and_again_at_once_ends_the_whole_with_a_reason(start: Start, tmp_path: Path) -> None:
    parent = start("dying")
    _, told = parent.communicate(timeout=20)
    assert parent.returncode == 1
    assert "ended 5 times as soon as it began (exit code 1)" in told
    assert 5 <= len(noted(tmp_path)) <= 10


def test_wrong_settings_are_said_once_more_and_not_tried_again(start: Start, tmp_path: Path) -> None:
    parent = start("wrong")
    _, told = parent.communicate(timeout=20)
    assert parent.returncode == 3
    assert "server.host: this is no address." in told
    assert len(noted(tmp_path)) <= 2


def test_a_child_that_does_not_listen_is_killed_in_the_end(start: Start, tmp_path: Path) -> None:
    parent = start("deaf")
    children = both(tmp_path)
    parent.terminate()
    _, told = parent.communicate(timeout=10)
    assert parent.returncode == 0
    assert '"event":"process.killed"' in told
    assert [pid for pid in children if alive(pid)] == []
