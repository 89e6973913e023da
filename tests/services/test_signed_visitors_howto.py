"""The documented ways to sign a visitor in make tokens that are accepted, with what they were told to hold."""

from __future__ import annotations

import json
import re
import subprocess
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from gateway.services.visitor_identity import Vouched, read_identity
from tests.servers.node import node

HOWTO = (Path(__file__).parents[2] / "docs" / "howto" / "put-the-widget-on-a-site.md").read_text(encoding="utf-8")
SECRET, KEY = "the secret that only the shop's server knows", "key-webchat"
ANN = {"name": "Ann Keller", "email": "ann@example.com", "phone": "+442071838750"}


def accepted(token: str) -> Vouched:
    """As the gateway reads it now."""
    return read_identity(token, secret=SECRET, audience=KEY, now=datetime.fromtimestamp(time.time(), UTC), region="GB")


def example(language: str) -> str:
    """The code block of that language which signs."""
    return next(block for block in re.findall(rf"```{language}\n(.*?)```", HOWTO, re.DOTALL) if "HS256" in block)


def test_the_python_example_signs_what_is_accepted() -> None:
    names: dict[str, Any] = {}
    exec(example("python"), names)
    assert accepted(names["visitor_token"](SECRET, KEY, 42, **ANN)) == Vouched("42", **ANN)


def test_the_node_example_signs_what_is_accepted() -> None:
    call = f"console.log(visitorToken({json.dumps(SECRET)}, {json.dumps(KEY)}, 42, {json.dumps(ANN)}))"
    script = f"{example('js')}\n{call}"
    printed = subprocess.run([str(node()), "-e", script], capture_output=True, text=True, check=True, timeout=60).stdout
    assert accepted(printed.strip()) == Vouched("42", **ANN)
