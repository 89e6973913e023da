"""Who is there: set by a click, kept fresh by signs of life, lost with the last socket.

Break, end of work and a lost connection are different events with different graces. May talk to: ports, domain, services.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from gateway.domain import rows
from gateway.domain.conversation import Conversation
from gateway.domain.errors import StoreUnavailable
from gateway.domain.event import Event
from gateway.domain.ids import OperatorId
from gateway.domain.operator import Operator, Presence, PresenceState
from gateway.ports.core import Core
from gateway.ports.records import Errand
from gateway.ports.store import UnitOfWork
from gateway.services import absence
from gateway.services.absence import GRACE
from gateway.services.directory import Directory
from gateway.services.offers import Offers
from gateway.services.scene import scene_of

LOST_AFTER = timedelta(seconds=20)  # offers are withdrawn this long after the last socket went
UNSEEN_AFTER = timedelta(seconds=60)  # a process that is killed tells nobody that its sockets are gone
LOST = "operator.lost"
WRITE_EVERY = timedelta(seconds=15)  # signs of life are stored at most this often


class Presences:
    """Presence of operators."""

    def __init__(self, core: Core, directory: Directory, offers: Offers) -> None:
        self._core, self._directory, self._offers = core, directory, offers
        self._stored: dict[OperatorId, datetime] = {}
        self._blind_at: datetime | None = None  # when a sign of life could not be written

    async def set(self, by: Operator, state: PresenceState, reason: str = "") -> rows.Row:
        """A click of the person's own: also ends "not responding". Unavailable: pending offers go on at once."""
        row = await self._click(by.id, state, reason)
        if state != "online":
            await self._offers.withdraw_from(by.id)
        await self._core.signals.nudge("router")
        await self._core.signals.nudge("outbox")
        return row

    async def alive(self, operator_id: OperatorId) -> None:
        """A console of this person is open. Cheap to call often."""
        now = self._core.clock.now()
        if now - self._stored.get(operator_id, datetime.min.replace(tzinfo=now.tzinfo)) < WRITE_EVERY:
            return
        self._stored[operator_id] = now

        async def work(uow: UnitOfWork) -> bool:
            presence = await uow.operators.hold_presence(operator_id)
            if presence is None:
                return False
            back = presence.state == "offline" and presence.reason == "lost"
            fresh = replace(presence, seen_at=now)
            if back:
                fresh = replace(fresh, state="online", reason="", since=now)
                self._tell(uow, fresh)
            await uow.operators.save_presence(fresh)
            await uow.outbox.put(LOST, operator_id, due_at=now + UNSEEN_AFTER)
            if fresh.state != "offline":
                await uow.outbox.cancel(GRACE, operator_id)
            return back

        try:
            back = await self._core.store.run(work)
        except StoreUnavailable:
            self._stored.pop(operator_id, None)  # the next sign counts
            self._blind_at = now
            raise
        if back:
            await self._core.signals.nudge("router")

    async def gone(self, operator_id: OperatorId) -> None:
        """The last socket of this person closed; a timer decides whether it was for good."""
        self._stored.pop(operator_id, None)
        due = self._core.clock.now() + LOST_AFTER
        await self._core.store.run(lambda uow: uow.outbox.put(LOST, operator_id, due_at=due))
        await self._core.signals.nudge("outbox")

    async def lost(self, errand: Errand) -> None:
        """Outbox step `operator.lost`: nobody came back in time."""
        operator_id = OperatorId(errand.key)
        if await self._core.store.run(lambda uow: self._lose(uow, operator_id)):
            await self._offers.withdraw_from(operator_id)
            await self._core.signals.nudge("router")

    async def _lose(self, uow: UnitOfWork, operator_id: OperatorId) -> bool:
        """Held while it is decided: a sign of life comes before it and counts, or after it and brings them back."""
        presence, now = await uow.operators.hold_presence(operator_id), self._core.clock.now()
        if presence is None:
            return False
        if self._blind_at is not None and now - self._blind_at < LOST_AFTER:  # the store was away, nobody could be seen
            await uow.outbox.put(LOST, operator_id, due_at=now + LOST_AFTER)
            return False
        if now - presence.seen_at < LOST_AFTER:  # they wrote or clicked since: a last sign, or not
            await uow.outbox.put(LOST, operator_id, due_at=presence.seen_at + UNSEEN_AFTER)
            return False
        if presence.state == "online":
            await self._become(uow, replace(presence, state="offline", reason="lost", since=now))
        elif presence.state == "away":  # a break that nobody ended
            await uow.outbox.put(GRACE, operator_id, due_at=now + timedelta(seconds=self._grace(operator_id)))
        return True

    async def grace_over(self, errand: Errand) -> None:
        """Outbox step `operator.grace`: give back what waits for us, each when its line's grace is over.

        What waits for the customer stays. Who was dismissed is not asked any more either.
        """
        operator_id = OperatorId(errand.key)
        presence = await self._core.store.read(lambda uow: uow.operators.presence(operator_id))
        if presence is None or presence.absent_since(self._core.clock.now()) is None:
            return
        held = await self._core.store.read(lambda uow: uow.conversations.held_by([operator_id]))
        later = [await self._give_back(c, operator_id) for c in held if c.turn == "ours" and c.state == "active"]
        if due := min(filter(None, later), default=None):
            await self._core.store.run(lambda uow: uow.outbox.put(GRACE, operator_id, due_at=due))
        await self._offers.withdraw_from(operator_id)
        await self._core.signals.nudge("router")

    async def _give_back(self, conversation: Conversation, operator_id: OperatorId) -> datetime | None:
        """Returns when it is to be given back, if that is still to come."""

        async def work(uow: UnitOfWork) -> datetime | None:
            scene = await scene_of(uow, self._core, self._directory, conversation.id)
            if scene.talk.operator_id != operator_id or scene.talk.turn != "ours" or scene.talk.state != "active":
                return None
            due = await absence.holder_due(scene)
            if due is None or due > scene.now:
                return due
            await absence.give_back(scene)
            await scene.leave()
            return None

        return await self._core.store.run(work)

    async def _click(self, operator_id: OperatorId, state: PresenceState, reason: str) -> rows.Row:
        now = self._core.clock.now()

        async def work(uow: UnitOfWork) -> rows.Row:
            old = await uow.operators.hold_presence(operator_id) or Presence(operator_id, "offline", now, now)
            since = now if old.state != state else old.since
            changed = replace(old, state=state, reason=reason, since=since, seen_at=now, streak=0)
            await self._become(uow, changed)
            if state != "offline":
                await uow.outbox.put(LOST, operator_id, due_at=now + UNSEEN_AFTER)
            return rows.presence_row(changed)

        return await self._core.store.run(work)

    async def _become(self, uow: UnitOfWork, changed: Presence) -> None:
        await uow.operators.save_presence(changed)
        if changed.state == "offline":
            due = self._core.clock.now() + timedelta(seconds=self._grace(changed.operator_id))
            await uow.outbox.put(GRACE, changed.operator_id, due_at=due)
        else:
            await uow.outbox.cancel(GRACE, changed.operator_id)
        self._tell(uow, changed)

    def _grace(self, operator_id: OperatorId) -> int:
        lines = [line for line in self._directory.now.lines.values() if operator_id in line.members]
        return min((line.grace_seconds for line in lines), default=180)

    def _tell(self, uow: UnitOfWork, presence: Presence) -> None:
        data = {"presence": rows.presence_row(presence)}
        uow.emit(Event("operator.presence", self._core.clock.now(), presence.operator_id, data))
