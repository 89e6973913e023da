"""Visitors of a site who leave while they wait: signs of life, and what becomes of an enquiry whose visitor has gone.

A waiting enquiry has a timer row, `visitor.left`. Every process puts it off while it holds a socket of that visitor, so it
comes due when no process has seen them for the channel's grace; nobody needs to notice the leaving itself, which a killed
process could not. Who can be reached becomes work; who cannot leaves an honest figure (docs/adr/0015).
May talk to: ports, domain, services.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import NamedTuple

from gateway import logs
from gateway.domain import rows
from gateway.domain.channel import LEAVE_SECONDS
from gateway.domain.ids import ChannelId, ConversationId
from gateway.ports.core import Core
from gateway.ports.records import Errand
from gateway.ports.store import UnitOfWork
from gateway.services import arrivals, queueing
from gateway.services.directory import Directory
from gateway.services.queueing import LEFT
from gateway.services.recognition import Occasion, is_reachable
from gateway.services.scene import Scene, scene_of

SIGNS = 3  # within one grace, so that one lost sign is nothing
LATE = timedelta(seconds=5)  # a timer this late says that the gateway or its store was away, so nobody could be seen
log = logs.get("departures")


class Sign(NamedTuple):
    """Somebody who waits was seen here: when to say so again, and how long they may be away."""

    due: datetime
    grace: timedelta


class Departures:
    """One per process, made when it begins: who was seen here is remembered from then on."""

    def __init__(self, core: Core, directory: Directory) -> None:
        self._core, self._directory = core, directory
        self._began = core.clock.now()
        self._seen: dict[ConversationId, Sign] = {}

    async def look(self, waiting: Mapping[ConversationId, ChannelId]) -> None:
        """These enquiries wait, and their visitors have a socket here. Call it every few seconds; it writes seldom.

        One that was among them and is no longer (its last socket here closed) has the whole grace from now on. Raises
        StoreUnavailable.
        """
        now = self._core.clock.now()
        due = {id: self._grace(channel) for id, channel in waiting.items() if id not in self._seen or self._seen[id].due <= now}
        gone = {id: self._seen[id].grace for id in self._seen.keys() - waiting.keys()}
        if due or gone:
            await self._core.store.run(lambda uow: _put_off(uow, due | gone, now=now))
        fresh = {id: Sign(now + grace / SIGNS, grace) for id, grace in due.items()}
        self._seen = {id: fresh.get(id) or self._seen[id] for id in waiting}

    async def over(self, errand: Errand) -> None:
        """Outbox step `visitor.left`: nobody has seen them for the whole grace. Running again is harmless."""

        async def work(uow: UnitOfWork) -> bool:
            scene = await scene_of(uow, self._core, self._directory, ConversationId(errand.key))
            if not scene.talk.can_be_abandoned or not scene.line.is_open(scene.now):
                return False  # who was told that nobody is there has not given up: they keep their place
            if (not_before := self._not_before(scene, errand)) > scene.now:
                await uow.outbox.postpone(LEFT, errand.key, due_at=not_before)
                return False
            await _abandon(scene, left_at=errand.due_at - scene.channel.leave_grace)
            return True

        if await self._core.store.run(work):
            log.info("conversation.abandoned", conversation=errand.key)
            for topic in ("router", "outbox", "deliveries"):
                await self._core.signals.nudge(topic)

    def _not_before(self, scene: Scene, errand: Errand) -> datetime:
        """After a restart, or when the timer is late, everybody has the grace again to come back, as has who just wrote."""
        since = scene.now if scene.now - errand.due_at > LATE else scene.talk.last_at or scene.talk.opened_at
        return max(self._began, since) + scene.channel.leave_grace

    def _grace(self, id: ChannelId) -> timedelta:
        channel = self._directory.now.channels.get(id)
        return channel.leave_grace if channel else timedelta(seconds=LEAVE_SECONDS)


async def _put_off(uow: UnitOfWork, graces: Mapping[ConversationId, timedelta], *, now: datetime) -> None:
    for id, grace in sorted(graces.items()):
        await uow.outbox.postpone(LEFT, id, due_at=now + grace)


async def _abandon(scene: Scene, *, left_at: datetime) -> None:
    """The enquiry is over unanswered; the lead says whether its contact can be reached, and if so somebody shall do it."""
    when, question = rows.stamp(left_at) or "", scene.talk.preview
    await queueing.end(scene, key="abandoned", state="abandoned", facts={"left_at": when})
    scene.emit("conversation.abandoned", actor="contact", why="left", left_at=when)
    await scene.leave()
    reachable = is_reachable(await scene.uow.contacts.identities(scene.contact.id))
    await _mark_lead(scene, reachable=reachable)
    if reachable and not await scene.uow.conversations.open_callback(scene.contact.id, scene.line.id):
        await _follow_up(scene, question)
    await scene.leave()


async def _mark_lead(scene: Scene, *, reachable: bool) -> None:
    if scene.lead is None or not scene.lead.open or scene.lead.unreachable is not reachable:
        return
    before = {"unreachable": scene.lead.unreachable}
    scene.set_lead(replace(scene.lead, unreachable=not reachable, updated_at=scene.now))
    await scene.uow.leads.save(scene.lead)
    row = rows.lead_row(replace(scene.lead, version=scene.lead.version + 1), contact_name=scene.contact.name)
    scene.emit("lead.updated", actor="line", lead=row, before=before)


async def _follow_up(scene: Scene, question: str) -> None:
    """Work in the same queue, as a missed call makes it: behind everybody who waits now, with what was asked."""
    id = ConversationId(scene.core.ids.new("cnv"))
    source = {"channel_kind": scene.channel.kind, "channel": scene.channel.name, "line": scene.line.name}
    occasion = Occasion(id, question or scene.contact.name, source, True, scene.now)
    await arrivals.begin(scene, occasion, purpose="callback", at=scene.now, subject=scene.talk.subject)
    scene.conversation = replace(scene.talk.heard(at=scene.now, preview=question), told_no_answer=True)
    await scene.say_what_happened("follow_up")
    await queueing.enter_line(scene, automatic=True)
