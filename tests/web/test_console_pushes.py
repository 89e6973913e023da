"""What consoles are told in one packet: the same in the same order, bounded."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from gateway.web.console_pushes import PACKET_BYTES, Due, packets

ROOMS = frozenset({"everyone"})


def due(kind: str, payload: Any, size: int = 0) -> Due:
    """For everyone."""
    return Due(kind, payload, ROOMS, size=size)


def test_a_burst_of_events_is_one_packet_and_keeps_its_place_among_the_others() -> None:
    things = [due("event", 1, 10), due("event", 2, 10), due("typing", "Ann", 0), due("event", 3, 10), due("head", 3)]
    assert list(packets(things)) == [("events", [1, 2]), ("typing", "Ann"), ("events", [3]), ("head", 3)]


@given(st.lists(st.tuples(st.sampled_from(["event", "head"]), st.integers(0, PACKET_BYTES * 2))))
def test_nothing_is_lost_turned_round_or_heavier_than_a_packet(given_: list[tuple[str, int]]) -> None:
    sizes = {number: size for number, (_, size) in enumerate(given_)}
    made = list(packets([due(kind, number, size) for number, (kind, size) in enumerate(given_)]))
    flat = [one for kind, payload in made for one in (payload if kind == "events" else [payload])]
    assert flat == list(sizes)
    assert all(len(p) == 1 or sum(sizes[one] for one in p) <= PACKET_BYTES for kind, p in made if kind == "events")
