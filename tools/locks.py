"""Resolve the dependencies of pyproject.toml into the three lock files: exact versions and hashes, no addresses.

`make locks`. Needs uv, which `make setup` brings.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LOCKS = {"requirements.lock": [], "requirements-build.lock": ["build"], "requirements-dev.lock": ["dev"]}
FLAGS = [
    "--universal", "--python-version", "3.11", "--generate-hashes", "--no-annotate", "--no-header",
    "--upgrade", "--quiet",
]  # fmt: skip


def main() -> int:
    """Write every lock; fail when an address slipped into one."""
    for name, groups in LOCKS.items():
        wanted = [part for group in groups for part in ("--group", group)]
        subprocess.run(["uv", "pip", "compile", "pyproject.toml", *wanted, *FLAGS, "-o", name], cwd=ROOT, check=True)
        if "://" in (ROOT / name).read_text():
            print(f"{name} contains an address: a direct reference or an index option", file=sys.stderr)
            return 1
        print(name)
    return 0


if __name__ == "__main__":
    sys.exit(main())
