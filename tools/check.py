"""Run every check that must be green, in order, and say at the end what failed and how long each took.

`make test` and CI call this and nothing else. A failing check does not stop the others: one run shows everything.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent
WORKERS = os.environ.get("GATEWAY_TEST_WORKERS", "2")


@dataclass(frozen=True)
class Check:
    """One command, run in one folder."""

    title: str
    command: Sequence[str]
    folder: Path = ROOT


def main(arguments: Sequence[str]) -> int:
    """Run the checks; with `--quick` only those of the inner loop. Other arguments go to pytest."""
    quick = "--quick" in arguments
    to_pytest = [argument for argument in arguments if argument != "--quick"]
    checks = _python(to_pytest, quick=quick) if quick else [*_python(to_pytest, quick=quick), *_front_ends(), *_browser()]
    start = time.monotonic()
    results = [(check, *_run(check)) for check in checks]
    return _report(results, time.monotonic() - start)


def _python(to_pytest: Sequence[str], *, quick: bool) -> list[Check]:
    fast = "not browser and not slow" if quick else "not browser"
    return [
        Check("format", [_tool("ruff"), "format", "--check", "."]),
        Check("lint", [_tool("ruff"), "check", "."]),
        Check("types", [_tool("mypy")]),
        Check("imports", [_tool("lint-imports")]),
        Check("house", [sys.executable, "-m", "pytest", "-q", "tests/test_house.py", "-p", "no:randomly"]),
        Check("python tests", _pytest(fast, ["-n", WORKERS, "--dist", "loadfile", *to_pytest])),
    ]


def _browser() -> list[Check]:
    if not list((ROOT / "tests").glob("browser/test_*.py")):
        return []
    return [Check("browser tests", _pytest("browser", ["-n", "0"]))]


def _pytest(marks: str, rest: Sequence[str]) -> list[str]:
    return [sys.executable, "-m", "pytest", "-q", "--deselect", "tests/test_house.py", "-m", marks, *rest]


def _front_ends() -> list[Check]:
    """Types, lint, tests and size budgets of each front end: whichever of these scripts its package.json has."""
    npm = _tool("npm")
    packages = {name: ROOT / name / "package.json" for name in ("widget", "console")}
    return [
        Check(f"{name}: {script}", [npm, "run", "--silent", script], ROOT / name)
        for name, package in packages.items()
        for script in ("check", "lint", "test", "size")
        if package.exists() and f'"{script}":' in package.read_text()
    ]


def _tool(name: str) -> str:
    beside = BIN / name
    return str(beside) if beside.exists() else shutil.which(name) or name


def _run(check: Check) -> tuple[int, float]:
    print(
        f"\n── {check.title}: {' '.join(Path(part).name if part.startswith('/') else part for part in check.command)}",
        flush=True,
    )
    began = time.monotonic()
    env = {**os.environ, "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}"}
    code = subprocess.run(check.command, cwd=check.folder, env=env, check=False).returncode
    return code, time.monotonic() - began


def _report(results: Sequence[tuple[Check, int, float]], total: float) -> int:
    print()
    for check, code, seconds in results:
        print(f"  {'ok    ' if code == 0 else 'FAILED'} {check.title:<18} {seconds:6.1f} s")
    failed = [check.title for check, code, _ in results if code]
    print(f"\n{'FAILED: ' + ', '.join(failed) if failed else 'All green'} in {total:.0f} s")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
