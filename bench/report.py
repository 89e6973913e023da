"""One figure beside its baseline and its promise, and the table of all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal


@dataclass(frozen=True, slots=True)
class Figure:
    """ratio = value / baseline; it must be `at_least` or `at_most` the limit. Sizes have no baseline: value against limit."""

    name: str
    value: float
    unit: str
    limit: float
    must: Literal["at_least", "at_most"]
    baseline: float | None = None

    @property
    def ratio(self) -> float:
        """What is judged."""
        return self.value / self.baseline if self.baseline else self.value

    @property
    def holds(self) -> bool:
        """Is the promise kept in this run?"""
        return self.ratio >= self.limit if self.must == "at_least" else self.ratio <= self.limit

    def row(self) -> dict[str, Any]:
        """For results.json."""
        return {
            "name": self.name, "value": round(self.value, 3), "unit": self.unit, "limit": self.limit, "must": self.must,
            "baseline": None if self.baseline is None else round(self.baseline, 3), "ratio": round(self.ratio, 3),
            "holds": self.holds,
        }  # fmt: skip


def show(figures: Sequence[Figure]) -> str:
    """The table."""
    lines = [f"{'figure':44} {'value':>12} {'baseline':>12} {'ratio':>8}  promise"]
    for f in figures:
        base = f"{f.baseline:,.1f}" if f.baseline is not None else ""
        sign = "≥" if f.must == "at_least" else "≤"
        verdict = "holds" if f.holds else "DOES NOT HOLD"
        lines.append(f"{f.name:44} {f.value:12,.1f} {base:>12} {f.ratio:8,.2f}  {sign} {f.limit:g} {f.unit}: {verdict}")
    return "\n".join(lines)
