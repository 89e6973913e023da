"""How a line distributes: each strategy orders the candidates who could take a conversation, best first. Pure.

`all` is no order but a wish: everybody eligible is asked at once (engine.decide).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from gateway.domain.ids import OperatorId
from gateway.domain.line import Distribution

LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Candidate:
    """What a strategy may look at. last_turn: the later of last reply and last offer; load and limit in capacity units."""

    operator_id: OperatorId
    place: int
    load: float
    limit: float
    count: int
    last_turn: datetime | None


Strategy = Callable[[Sequence[Candidate]], Sequence[Candidate]]


def evenly(candidates: Sequence[Candidate]) -> Sequence[Candidate]:
    """Who has not had a turn for longest; tie: fewest conversations; tie: id."""
    return sorted(candidates, key=lambda c: (c.last_turn or LONG_AGO, c.count, c.operator_id))


def strictly(candidates: Sequence[Candidate]) -> Sequence[Candidate]:
    """In the order of the line's list."""
    return sorted(candidates, key=lambda c: c.place)


def least_loaded(candidates: Sequence[Candidate]) -> Sequence[Candidate]:
    """Smallest share of the own limit; tie: longest without a turn; tie: id."""
    return sorted(candidates, key=lambda c: (c.load / c.limit if c.limit else 1.0, c.last_turn or LONG_AGO, c.operator_id))


STRATEGIES: Mapping[Distribution, Strategy] = {
    "evenly": evenly, "strictly": strictly, "least_loaded": least_loaded, "all": evenly,
}  # fmt: skip
