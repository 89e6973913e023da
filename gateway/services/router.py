"""The worker that runs the engine: on every nudge, and every few seconds as a net.

One router decides at a time over all processes (uow.queue.hold_router), from rows read inside the deciding transaction.
May talk to: ports, domain, routing (pure), services.offers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from gateway import logs
from gateway.domain.conversation import Conversation
from gateway.domain.errors import NotFound, StoreUnavailable
from gateway.domain.ids import LineId, OperatorId
from gateway.domain.line import Line
from gateway.ports.core import Core
from gateway.ports.store import UnitOfWork
from gateway.routing.engine import Decision, Member, Snapshot, decide
from gateway.services import offers
from gateway.services.directory import Directory
from gateway.services.scene import scene_of

SWEEP_SECONDS = 5.0
PASS_LIMIT = 100  # conversations per transaction
log = logs.get("router")


class Router:
    """Run `run` as a task; `sweep` is one look at the whole queue, `glance` at its head."""

    def __init__(self, core: Core, directory: Directory) -> None:
        self._core, self._directory = core, directory

    async def run(self) -> None:
        """Until cancelled."""
        swept = self._core.clock.now()
        while True:
            await self._core.signals.wait("router", timeout=SWEEP_SECONDS)
            try:
                if (now := self._core.clock.now()) - swept >= timedelta(seconds=SWEEP_SECONDS):
                    await self.sweep()
                    swept = now
                else:
                    await self.glance()
            except StoreUnavailable as error:
                log.warning("router.store_unavailable", detail=error.detail)

    async def glance(self) -> int:
        """Decide for the head of the queue, and go on while somebody takes work; returns the offers made."""
        return await self._look(past_the_stuck=False)

    async def sweep(self) -> int:
        """Decide for all that waits: a head that nobody can take holds up nobody behind it. Returns the offers made."""
        return await self._look(past_the_stuck=True)

    async def _look(self, *, past_the_stuck: bool) -> int:
        lines, offered, skip = self._open_lines(), 0, 0
        if not lines or not await self._core.store.read(lambda uow: uow.queue.waiting(1, lines=list(lines))):
            return 0
        while True:
            seen, made = await self._page(skip)
            offered += made
            if seen < PASS_LIMIT or not (made or past_the_stuck):
                return offered
            skip += seen - made  # what was offered waits no more

    def _open_lines(self) -> Mapping[LineId, Line]:
        now = self._core.clock.now()
        return {id: line for id, line in self._directory.now.lines.items() if line.enabled and line.schedule.is_open(now)}

    async def _page(self, skip: int) -> tuple[int, int]:
        return await self._core.store.run(lambda uow: self._decide(uow, skip))

    async def _decide(self, uow: UnitOfWork, skip: int) -> tuple[int, int]:
        await uow.queue.hold_router()
        lines = self._open_lines()
        waiting = await uow.queue.waiting(PASS_LIMIT, lines=list(lines), skip=skip)
        decisions = decide(Snapshot(self._core.clock.now(), waiting, lines, await self._crew(uow, lines)))
        asked = [people for decision in decisions if (people := await self._carry_out(uow, decision))]
        for operator_id in sorted({id for people in asked for id in people}):  # after the dialogues: see hold_presence
            presence = await uow.operators.hold_presence(operator_id)
            if presence:
                await uow.operators.save_presence(replace(presence, last_offer_at=self._core.clock.now()))
        return len(waiting), len(asked)

    async def _crew(self, uow: UnitOfWork, lines: Mapping[LineId, Line]) -> Mapping[OperatorId, Member]:
        ids = sorted({id for line in lines.values() for id in line.members})
        presences = await uow.operators.presences()
        held: dict[OperatorId, list[Conversation]] = {id: [] for id in ids}
        for conversation in await uow.conversations.held_by(ids):
            if conversation.operator_id in held:
                held[conversation.operator_id].append(conversation)
        for offer in await uow.queue.pending():
            if offer.operator_id in held:
                held[offer.operator_id].append(await uow.conversations.get(offer.conversation_id))
        people = self._directory.now.operators
        return {id: Member(people[id], presences.get(id), tuple(held[id])) for id in ids if id in people}

    async def _carry_out(self, uow: UnitOfWork, decision: Decision) -> Sequence[OperatorId]:
        try:
            scene = await scene_of(uow, self._core, self._directory, decision.conversation_id)
        except NotFound as gone:  # its channel was removed while it came in: it holds up nobody else
            log.warning("router.nowhere", conversation=decision.conversation_id, detail=gone.detail)
            return ()
        if scene.talk.state != "queued":
            return ()
        if decision.new_round:
            entry = await uow.queue.entry(decision.conversation_id)
            if entry:
                await uow.queue.put(replace(entry, passed={}, round=entry.round + 1))
            return ()
        scene.conversation = scene.talk.offered()
        for operator_id in decision.asked:
            await offers.ask(scene, operator_id, decision=_record(decision))
        await scene.leave()
        log.info("offer.made", conversation=decision.conversation_id, rule=decision.rule, asked=list(decision.asked))
        return decision.asked


def _record(decision: Decision) -> dict[str, Any]:
    """What is kept of a decision, for the supervisor's sentence."""
    return {
        "rule": decision.rule,
        "candidates": [
            {"operator_id": id, "verdict": verdict, "load": decision.loads.get(id, (0, 0))[0],
             "limit": decision.loads.get(id, (0, 0))[1]}
            for id, verdict in decision.verdicts.items()
        ],
    }  # fmt: skip
