"""What a visitor may know of a line: is it open, who is there, how soon, and roughly how many wait before them.

Presence and queue are read at most every few seconds for all visitors together. May talk to: ports, domain, services.pace.
Bands, never false numbers: docs/reference/widget-protocol.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from gateway.domain.ids import LineId, OperatorId
from gateway.domain.line import Line
from gateway.domain.operator import PRESENCE_FRESH_SECONDS, Presence
from gateway.domain.rows import Row, stamp
from gateway.ports.core import Core
from gateway.services.directory import Directory
from gateway.services.pace import Pace
from gateway.services.visitor_rows import first_word

PEOPLE_SECONDS, QUEUE_SECONDS, QUEUE_AGAIN_SECONDS = 5.0, 3.0, 0.5
QUEUE_DEPTH, FACES = 500, 5


class Storefront:
    """One per process; cheap to ask."""

    def __init__(self, core: Core, directory: Directory, pace: Pace) -> None:
        self._core, self._directory, self._pace = core, directory, pace
        self._presences: Mapping[OperatorId, Presence] = {}
        self._presences_at: datetime | None = None
        self._places: dict[LineId, tuple[datetime, dict[str, int]]] = {}

    async def line(self, line: Line) -> Row:
        """open, opens_at, answer_minutes and people, as of now."""
        now = self._core.clock.now()
        minutes = self._pace.minutes(line.id, now=now)
        return {
            "open": line.is_open(now), "opens_at": stamp(line.schedule.next_opening(now)),
            "answer_minutes": list(minutes) if minutes else None, "people": await self._people(line, now),
        }  # fmt: skip

    async def queue(self, row: Mapping[str, Any]) -> Row:
        """Band and expected minutes of a waiting conversation."""
        if row["state"] != "offered":
            await self._refresh_places(row["line_id"], row["id"])
        _, places = self._places.get(row["line_id"], (None, {}))
        return self.queue_known(row) or self._band(row, len(places))  # not among them: just come, or just offered

    def queue_known(self, row: Mapping[str, Any]) -> Row | None:
        """The same from what is known already; None if it is not."""
        _, places = self._places.get(row["line_id"], (None, {}))
        place = 0 if row["state"] == "offered" else places.get(row["id"])
        return None if place is None else self._band(row, place)

    def _band(self, row: Mapping[str, Any], ahead: int) -> Row:
        band = 1 if ahead == 0 else 2 if ahead < 5 else 3 if ahead < 10 else 4
        minutes = self._pace.minutes(row["line_id"], now=self._core.clock.now()) if band <= 2 else None
        return {"band": band, "minutes": list(minutes) if minutes else None}

    async def _people(self, line: Line, now: datetime) -> list[Row]:
        if _older(self._presences_at, now, PEOPLE_SECONDS):
            self._presences_at = now
            self._presences = await self._core.store.read(lambda uow: uow.operators.presences())
        there = [id for id in line.members if _is_there(self._presences.get(id), now)]
        known = [self._directory.now.operators[id] for id in there if id in self._directory.now.operators]
        return [{"name": first_word(who.name), "photo": None} for who in known if who.active][:FACES]

    async def _refresh_places(self, line_id: LineId, wanted: str) -> None:
        now = self._core.clock.now()
        at, places = self._places.get(line_id, (None, {}))
        if _older(at, now, QUEUE_SECONDS if wanted in places else QUEUE_AGAIN_SECONDS):
            waiting = await self._core.store.read(lambda uow: uow.queue.waiting(QUEUE_DEPTH, lines=[line_id]))
            self._places[line_id] = (now, {entry.conversation_id: place for place, (entry, _) in enumerate(waiting)})


def _is_there(presence: Presence | None, now: datetime) -> bool:
    fresh = timedelta(seconds=PRESENCE_FRESH_SECONDS)
    return presence is not None and presence.state == "online" and now - presence.seen_at <= fresh


def _older(at: datetime | None, now: datetime, seconds: float) -> bool:
    return at is None or now - at >= timedelta(seconds=seconds)
