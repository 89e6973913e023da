"""The turn of a line's hours: who still waits is told once that the house is closed now, and keeps their place.

Each open line has a timer row, `line.closes`, put by every process that reads the settings and only when its moment changes,
so that no message pays for it; the row outlives a restart and is claimed by one process. Each conversation is told in a
transaction of its own that also remembers it. May talk to: ports, domain, services.
"""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from datetime import datetime, timedelta

from gateway import logs
from gateway.domain.conversation import Conversation
from gateway.domain.errors import NotFound, StoreUnavailable
from gateway.domain.ids import ConversationId, LineId
from gateway.ports.core import Core
from gateway.ports.records import Errand
from gateway.ports.store import UnitOfWork
from gateway.services import queueing
from gateway.services.directory import REFRESH_SECONDS, Directory
from gateway.services.scene import scene_of

CLOSES = "line.closes"
PAGE = 200
AFTER_OFFER = timedelta(seconds=1)
log = logs.get("hours")


class Hours:
    """One per process. Run `run` as a task; `closes` is the timer's step."""

    def __init__(self, core: Core, directory: Directory) -> None:
        self._core, self._directory = core, directory
        self._planned: dict[LineId, datetime] = {}  # what this process has put, to put only what changes

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            try:
                await self.plan()
            except StoreUnavailable as error:
                log.warning("hours.store_unavailable", detail=error.detail)
            await self._core.signals.wait("settings", timeout=REFRESH_SECONDS)

    async def plan(self) -> None:
        """Put the timers of lines whose next closing is not the one that was put. Cheap to call often."""
        now = self._core.clock.now()
        for line in self._directory.now.lines.values():
            due, planned = line.closes_at(now), self._planned.get(line.id)
            if due is None and planned is not None and planned > now:
                due = now  # its hours were changed, or it was switched off
            if due is None:
                self._planned.pop(line.id, None)
            elif due != planned:
                await self._put(line.id, due)

    async def closes(self, errand: Errand) -> None:
        """Outbox step `line.closes`: tell who waits. Who is being asked about now is looked at when that is over."""
        line_id, now = LineId(errand.key), self._core.clock.now()
        line = self._directory.now.lines.get(line_id)
        if line is None:
            return
        if line.is_open(now):  # other hours by now, or a clock that was set back
            if due := line.closes_at(now):
                await self._put(line_id, due)
            return
        waiting, offers_end = await self._core.store.read(lambda uow: _look(uow, line_id))
        for id in waiting:
            await self._tell(id, line_id)
        if offers_end:
            await self._put(line_id, max(now, offers_end) + AFTER_OFFER)
        await self._core.signals.nudge("deliveries")

    async def _put(self, line_id: LineId, due: datetime) -> None:
        await self._core.store.run(lambda uow: uow.outbox.put(CLOSES, line_id, due_at=due))
        self._planned[line_id] = due
        await self._core.signals.nudge("outbox")

    async def _tell(self, id: ConversationId, line_id: LineId) -> None:
        async def work(uow: UnitOfWork) -> bool:
            scene = await scene_of(uow, self._core, self._directory, id)
            if scene.talk.line_id != line_id or scene.line.is_open(scene.now) or not _waits_for_a_word(scene.talk):
                return False
            told = await queueing.say_closed(scene)
            await scene.leave()
            return told

        with contextlib.suppress(NotFound):  # its channel was removed meanwhile: it holds up nobody else
            if await self._core.store.run(work):
                log.info("hours.told", conversation=id)


async def _look(uow: UnitOfWork, line_id: LineId) -> tuple[Sequence[ConversationId], datetime | None]:
    """Who waits, and until when others are being offered: at one moment, so that nobody is in between."""
    return await _waiting(uow, line_id), await _offers_end(uow, line_id)


async def _waiting(uow: UnitOfWork, line_id: LineId) -> Sequence[ConversationId]:
    found: list[ConversationId] = []
    while page := await uow.queue.waiting(PAGE, lines=[line_id], skip=len(found)):
        found += [conversation.id for _, conversation in page]
    return found


def _waits_for_a_word(talk: Conversation) -> bool:
    return talk.state == "queued" and talk.purpose == "message" and talk.turn == "ours"


async def _offers_end(uow: UnitOfWork, line_id: LineId) -> datetime | None:
    """Until when somebody is still being asked about one of this line."""
    ends = [
        offer.until
        for offer in await uow.queue.pending()
        if (talk := await uow.conversations.get(offer.conversation_id)).line_id == line_id and talk.state == "offered"
    ]
    return max(ends, default=None)
