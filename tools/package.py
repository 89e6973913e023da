"""Refuse to pack a wheel without the built console and widget: hatchling calls this before it builds."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

PAGES = ("console", "widget")


class BuiltPages(BuildHookInterface):  # type: ignore[type-arg]
    """The pages are git-ignored results of `make run`; an editable install does not need them yet."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002
        """Fail with the remedy when a page is missing."""
        assets = Path(self.root) / "gateway" / "web" / "assets"
        missing = [name for name in PAGES if not any((assets / name).glob("*"))]
        if missing and version != "editable":
            raise RuntimeError(f"not built: {', '.join(missing)}. Run `make package`, which builds them first.")
