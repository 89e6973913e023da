"""The bootstrap script on a machine that lacks something, and what it does the second time."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.house.tree import ROOT


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout with the script, a lock and nothing else."""
    (tmp_path / "tools").mkdir()
    shutil.copy(ROOT / "tools" / "setup.py", tmp_path / "tools")
    for name in ("requirements-build.lock", "requirements-dev.lock", "pyproject.toml"):
        shutil.copy(ROOT / name, tmp_path)
    return tmp_path


def setup(checkout: Path, *arguments: str, code: str = "") -> subprocess.CompletedProcess[str]:
    argv = ["setup.py", *arguments]
    script = f"{code}\nimport runpy, sys\nsys.argv = {argv}\nrunpy.run_path('tools/setup.py', run_name='__main__')"
    env = {name: value for name, value in os.environ.items() if name != "GATEWAY_VENV"}
    return subprocess.run(
        [sys.executable, "-c", script], cwd=checkout, env=env, capture_output=True, text=True, timeout=50, check=False
    )


def test_a_python_without_ensurepip_is_named_with_the_remedy(checkout: Path) -> None:
    done = setup(checkout, "run", code="import sys; sys.modules['ensurepip'] = None")
    assert done.returncode == 1
    assert f"sudo apt install python{sys.version_info.major}.{sys.version_info.minor}-venv" in done.stderr
    assert "Traceback" not in done.stderr


def test_an_old_python_is_named_with_the_remedy(checkout: Path) -> None:
    done = setup(checkout, "run", code="import sys; sys.version_info = (3, 10, 0, 'final', 0)")
    assert done.returncode == 1
    assert "needs Python 3.11 or newer" in done.stderr
    assert "make run PYTHON=python3.11" in done.stderr


def test_an_unknown_purpose_is_wrong_usage(checkout: Path) -> None:
    assert setup(checkout, "fly").returncode == 2


def test_a_second_start_touches_nothing(checkout: Path) -> None:
    code = """
import sys, pathlib, hashlib
venv = pathlib.Path('.venv'); (venv / 'bin').mkdir(parents=True)
(venv / 'bin' / 'python').touch()
(venv / '.python').write_text(f"{sys.version}\\n{pathlib.Path.cwd()}")
total = hashlib.sha256()
for name in ('requirements-build.lock', 'pyproject.toml'):
    total.update(name.encode() + b'\\0' + pathlib.Path(name).read_bytes())
(venv / '.packages').write_text(total.hexdigest())
"""
    done = setup(checkout, "run", code=code)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_a_changed_lock_is_installed_again(checkout: Path) -> None:
    code = """
import sys, pathlib
venv = pathlib.Path('.venv'); (venv / 'bin').mkdir(parents=True)
(venv / 'bin' / 'python').touch(mode=0o755)
(venv / '.python').write_text(f"{sys.version}\\n{pathlib.Path.cwd()}")
(venv / '.packages').write_text('an older lock')
"""
    done = setup(checkout, "run", code=code)
    assert "packages from requirements-build.lock" in done.stdout
