"""What browsers download, gzip."""

from __future__ import annotations

import argparse
import gzip
import json
import re
from pathlib import Path

from bench.report import Figure
from bench.servers import ROOT

ASSETS = ROOT / "gateway" / "web" / "assets"


def sizes(options: argparse.Namespace) -> list[Figure]:
    """Loader, panel, one language of the widget; the console's first route."""
    del options
    widget = ASSETS / "widget"
    panel = max((_gzip(file) for file in widget.glob("panel*.js")), default=0)
    language = max((_gzip(file) for file in widget.glob("lang-*.js")), default=0)
    return [
        Figure("widget loader, kB gzip", _gzip(widget / "loader.js") / 1000, "kB", 3.0, "at_most"),
        Figure("widget panel, kB gzip", panel / 1000, "kB", 35.0, "at_most"),
        Figure("widget language, kB gzip", language / 1000, "kB", 2.0, "at_most"),
        Figure("console first route, kB gzip", _first_route() / 1000, "kB", 250.0, "at_most"),
    ]


def _first_route() -> int:
    """The scripts that index.html names, and what they import at once."""
    console = ASSETS / "console"
    manifest = console / "first-route.json"
    if manifest.exists():
        return sum(_gzip(console / name) for name in json.loads(manifest.read_text()))
    page = (console / "index.html").read_text()
    return sum(_gzip(console / name.lstrip("/")) for name in set(re.findall(r'(?:src|href)="(/[^"]+\.js)"', page)))


def _gzip(file: Path) -> int:
    return len(gzip.compress(file.read_bytes(), 9)) if file.exists() else 0
