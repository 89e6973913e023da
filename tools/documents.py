"""Write the documents that are made from the code: `make docs`. Tests compare them with what is committed."""

from __future__ import annotations

import json
from pathlib import Path

from gateway.settings import reference

ROOT = Path(__file__).resolve().parents[1]


def documents() -> dict[str, str]:
    """Path from the root → text."""
    return {
        "config/README.md": reference.key_table(),
        "config/gateway.schema.json": json.dumps(reference.schema(), indent=2, ensure_ascii=False) + "\n",
    }


if __name__ == "__main__":
    for name, text in documents().items():
        (ROOT / name).write_text(text, encoding="utf-8")
        print(name)
