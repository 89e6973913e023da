"""How soon a line has answered lately, folded from events; nothing is promised on too little.

Heard live by `hear` (a relay listener) and warmed at start from the newest events. May talk to: ports, domain.
"""

from __future__ import annotations

from collections import deque
from datetime import datetime, timedelta
from math import ceil

from gateway.domain.event import Event
from gateway.ports.store import Store

KEEP, ENOUGH = 40, 5
FRESH = timedelta(hours=12)
WARM_UP = 2000


class Pace:
    """The waiting times of the newest first replies of each line."""

    def __init__(self) -> None:
        self._lines: dict[str, deque[tuple[datetime, float]]] = {}

    async def warm_up(self, store: Store) -> None:
        """Look back after a start."""
        head = await store.head()
        for event in await store.events(after=max(0, head - WARM_UP), limit=WARM_UP):
            self.hear(event)

    def hear(self, event: Event) -> None:
        """Count a first reply of an operator in a live chat."""
        if event.type != "message.sent" or event.actor == "line" or event.line_id is None:
            return
        row = event.data.get("conversation") or {}
        replied, opened = row.get("first_reply_at"), row.get("opened_at")
        if not replied or not opened or row.get("channel_kind") != "webchat" or datetime.fromisoformat(replied) != event.at:
            return
        waited = (event.at - datetime.fromisoformat(opened)).total_seconds()
        self._lines.setdefault(event.line_id, deque(maxlen=KEEP)).append((event.at, waited))

    def minutes(self, line_id: str, *, now: datetime) -> tuple[int, int] | None:
        """From half to four fifths of the visitors had waited this long; None when too few are known."""
        waits = sorted(waited for at, waited in self._lines.get(line_id, ()) if now - at <= FRESH)
        if len(waits) < ENOUGH:
            return None
        half, most = waits[len(waits) // 2], waits[min(len(waits) - 1, len(waits) * 4 // 5)]
        return max(1, ceil(half / 60)), max(1, ceil(most / 60))
