"""Conversations whose holder is not there: until when they wait for them, and how they go back among the waiting.

The timer is a person's outbox row `operator.grace`, its step in services/presence. May talk to: ports, domain, services.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from gateway.domain.errors import Forbidden
from gateway.domain.ids import OperatorId
from gateway.domain.operator import Presence
from gateway.ports.store import UnitOfWork
from gateway.services import queueing
from gateway.services.scene import Scene

GRACE = "operator.grace"


async def give_back(scene: Scene) -> None:
    """Its holder is not there: it waits again, with the time since when it has waited."""
    holder = scene.talk.operator_id
    await queueing.leave_queue(scene)
    await queueing.enqueue(scene, since=scene.talk.waiting_since)
    await scene.say_what_happened("requeued_absent", operator_id=holder)


async def holder_due(scene: Scene) -> datetime | None:
    """Until when a holder who is not there may come back to it; None if they are there, or nobody holds it.

    Who takes something or answers though their day is over is at it until then: the grace begins with their last move.
    """
    holder = scene.talk.operator_id
    presence = await scene.uow.operators.presence(holder) if holder else None
    since = presence.absent_since(scene.now) if presence else None
    if holder is None or presence is None or since is None:
        return None
    works_here = (await scene.uow.operators.get(holder)).active
    last_move = max(since, scene.talk.assigned_at or since, presence.last_reply_at or since)
    return last_move + timedelta(seconds=scene.line.grace_seconds) if works_here else since


async def look_for_holder(scene: Scene) -> None:
    """It waits for somebody who may not be there: their grace decides, which may be over.

    The timer is one for all they hold, so it is looked at now and set anew, never put off.
    """
    if await holder_due(scene):
        await scene.uow.outbox.put(GRACE, str(scene.talk.operator_id), due_at=scene.now)
        scene.stirred = True


async def must_work_here(uow: UnitOfWork, id: OperatorId) -> None:
    """Who takes work must not have been dismissed since they asked for it. Raises Forbidden.

    Their presence is held: whoever dismisses them now waits, and then finds what they have taken.
    """
    await uow.operators.hold_presence(id)
    if not (await uow.operators.get(id)).active:
        raise Forbidden("This account has been switched off.", code="dismissed")


async def dismiss(uow: UnitOfWork, id: OperatorId, *, now: datetime) -> None:
    """This person works here no longer: what waits for them goes back at once."""
    old = await uow.operators.hold_presence(id) or Presence(id, "offline", now, now)
    await uow.operators.save_presence(replace(old, state="offline", reason="", since=now))
    await uow.outbox.put(GRACE, id, due_at=now)
