"""What time does to conversations: telling a waiting customer, waking a snoozed one, closing a silent one, opening hours.

Each is an outbox step and idempotent: it looks at the state first. May talk to: ports, domain, services.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from gateway.domain.conversation import WAITING
from gateway.domain.ids import ConversationId
from gateway.ports.core import Core
from gateway.ports.records import Errand
from gateway.ports.store import UnitOfWork
from gateway.services import queueing
from gateway.services.desk import Desk
from gateway.services.directory import Directory
from gateway.services.scene import scene_of


class Timers:
    """The outbox steps of waiting."""

    def __init__(self, core: Core, directory: Directory, desk: Desk) -> None:
        self._core, self._directory, self._desk = core, directory, desk

    async def no_answer(self, errand: Errand) -> None:
        """`conversation.no_answer`: tell the customer honestly, once per conversation."""

        async def work(uow: UnitOfWork) -> None:
            scene = await scene_of(uow, self._core, self._directory, ConversationId(errand.key))
            if scene.talk.state not in WAITING or scene.talk.told_no_answer or scene.talk.first_reply_at:
                return
            if await queueing.speak(scene, scene.line.texts.no_answer):
                scene.conversation = replace(scene.talk, told_no_answer=True)
            await scene.leave()

        await self._core.store.run(work)
        await self._core.signals.nudge("deliveries")

    async def wake(self, errand: Errand) -> None:
        """`conversation.wake`: a snoozed one comes back."""
        await self._desk.wake(None, ConversationId(errand.key))

    async def auto_close(self, errand: Errand) -> None:
        """`conversation.auto_close`: the customer has been silent for as long as the line waits."""

        async def work(uow: UnitOfWork) -> None:
            scene = await scene_of(uow, self._core, self._directory, ConversationId(errand.key))
            silent = timedelta(hours=scene.line.auto_close_hours)
            since = scene.talk.snoozed_until or scene.talk.last_at
            if scene.talk.ended or scene.talk.turn == "ours" or not silent or since is None:
                return
            if since + silent > scene.now:  # put away, or a machine of theirs answered: the silence begins later
                await uow.outbox.put(errand.kind, errand.key, due_at=since + silent)
                return
            await queueing.finish(scene, actor="line", key="auto_closed")
            await scene.leave()

        await self._core.store.run(work)
        await self._core.signals.nudge("router")

    async def line_opens(self, _: Errand) -> None:
        """`line.opens`: the night's backlog is looked at."""
        await self._core.signals.nudge("router")
