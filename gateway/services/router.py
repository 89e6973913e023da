"""The worker that runs the engine: on every nudge, and every few seconds as a net.

One router decides at a time over all processes (uow.queue.hold_router), from rows read inside the deciding transaction. It
decides first and locks then, in the order of docs/adr/0004, only what it will change; what changed meanwhile is left to the
next look. May talk to: ports, domain, routing (pure), services.offers.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from gateway import logs
from gateway.domain.conversation import Conversation
from gateway.domain.errors import NotFound, StoreUnavailable
from gateway.domain.ids import LineId, OperatorId
from gateway.domain.line import Line
from gateway.domain.offer import QueueEntry
from gateway.domain.operator import Presence
from gateway.ports.core import Core
from gateway.ports.store import UnitOfWork
from gateway.routing.engine import Decision, Member, Snapshot, absence_of, decide
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
        found = {conversation.id: (entry, conversation.dialogue_id) for entry, conversation in waiting}
        await uow.dialogues.hold([found[decision.conversation_id][1] for decision in decisions])
        there = await self._still_there(uow, {id for decision in decisions for id in decision.asked})
        asked: list[Sequence[OperatorId]] = []
        for decision in decisions:
            entry, _ = found[decision.conversation_id]
            asked.append(await self._carry_out(uow, decision.among(there), entry))
        for operator_id in {id for people in asked for id in people}:
            await uow.operators.save_presence(replace(there[operator_id], last_offer_at=self._core.clock.now()))
        return len(waiting), sum(map(bool, asked))

    async def _still_there(self, uow: UnitOfWork, asked: Collection[OperatorId]) -> Mapping[OperatorId, Presence]:
        """Those who can still be asked, held: who goes from now on finds their offers and withdraws them."""
        held = {id: await uow.operators.hold_presence(id) for id in sorted(asked)}
        now = self._core.clock.now()
        return {id: presence for id, presence in held.items() if presence and not absence_of(presence, now)}

    async def _crew(self, uow: UnitOfWork, lines: Mapping[LineId, Line]) -> Mapping[OperatorId, Member]:
        ids = sorted({id for line in lines.values() for id in line.members})
        presences = await uow.operators.presences()
        held: dict[OperatorId, list[Conversation]] = {id: [] for id in ids}
        for offer in await uow.queue.pending():  # before what is held: what is accepted meanwhile then counts, at worst twice
            if offer.operator_id in held:
                held[offer.operator_id].append(await uow.conversations.get(offer.conversation_id))
        for conversation in await uow.conversations.held_by(ids):
            if conversation.operator_id in held:
                held[conversation.operator_id].append(conversation)
        people = self._directory.now.operators
        return {id: Member(people[id], presences.get(id), tuple(held[id])) for id in ids if id in people}

    async def _carry_out(self, uow: UnitOfWork, decision: Decision, decided_for: QueueEntry) -> Sequence[OperatorId]:
        try:
            scene = await scene_of(uow, self._core, self._directory, decision.conversation_id)
        except NotFound as gone:  # its channel was removed while it came in: it holds up nobody else
            log.warning("router.nowhere", conversation=decision.conversation_id, detail=gone.detail)
            return ()
        entry = await uow.queue.entry(decision.conversation_id)
        if scene.talk.state != "queued" or entry is None or entry != decided_for:
            return ()
        if decision.new_round:
            await uow.queue.put(replace(entry, passed={}, round=entry.round + 1))
        if not decision.asked:
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
