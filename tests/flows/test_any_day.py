"""Any day in the office: random people do random things in any order, workers run when they like, and the promises hold.

Promises (checked after every step): a conversation is in the queue, asked about, held, or over, and never two of these; offers
are of its running epoch, have their timer and end once; nobody is asked beyond their limit or while they are away. And at the
end of the day, when Olga is back at her desk, nobody waits for ever.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Mapping, Sequence
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import product
from typing import Any

from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from structlog.testing import capture_logs

from gateway.domain.conversation import Conversation
from gateway.domain.errors import Conflict, NotFound, Refused, Rejected
from gateway.domain.ids import ChannelId, ConversationId, OfferId, OperatorId
from gateway.domain.inbound import Claim, MessageReceived, Sender
from gateway.domain.offer import Offer, QueueEntry
from gateway.domain.operator import Operator, Presence
from gateway.ports.records import Errand
from gateway.routing.engine import Member, absence_of, limit_of, load_of
from gateway.services.replies import Draft
from gateway.services.setup import Setup
from gateway.store.opening import open_store
from tests.fakes.blobs import DictBlobs
from tests.fakes.clock import CountedIds, HandClock
from tests.fakes.signals import SilentSignals
from tests.flows.office import BOT, CLAIMS, IVAN, LINE, OLGA, SITE, Office, open_office

PEOPLE, PLACES, CREW = ("Ann", "Boris", "Ann 2"), (BOT, SITE), (OLGA, IVAN)
SPANS = (1, 19, 59, 61, 181, 3_600, 90_000)
people, places, crew, number = st.sampled_from(PEOPLE), st.sampled_from(PLACES), st.sampled_from(CREW), st.integers(0, 99)


@dataclass(frozen=True)
class Picture:
    """What is stored at one moment."""

    talks: Sequence[Conversation]
    entries: Mapping[ConversationId, QueueEntry | None]
    pending: Sequence[Offer]
    timers: Mapping[tuple[str, str], Errand]
    presences: Mapping[OperatorId, Presence]

    def asked(self, id: ConversationId) -> list[Offer]:
        """Offers of one conversation that wait for an answer."""
        return [offer for offer in self.pending if offer.conversation_id == id]

    def carried(self, id: OperatorId) -> list[Conversation]:
        """What somebody holds or is asked for, as the router counts it."""
        mine = {offer.conversation_id for offer in self.pending if offer.operator_id == id}
        return [talk for talk in self.talks if talk.operator_id == id or talk.id in mine]


class RolledBack(Exception):
    """A look that must change nothing."""


class AnyDay(RuleBasedStateMachine):
    """Rules are what people, networks and workers do; a refusal by name is fine, anything else is not."""

    def __init__(self) -> None:
        super().__init__()
        self.loop, self.stack, self.said = asyncio.new_event_loop(), AsyncExitStack(), 0
        self.office: Office = self.do(self._open())

    async def _open(self) -> Office:
        clock = HandClock()
        opened = await self.stack.enter_async_context(open_store(":memory:", clock=clock, ids=CountedIds()))
        return await open_office(opened.store, SilentSignals(), DictBlobs(), clock)

    def do(self, work: Awaitable[Any]) -> Any:
        """Run it to its end."""

        async def run() -> Any:
            return await work

        return self.loop.run_until_complete(run())

    def attempt(self, work: Awaitable[Any]) -> None:
        """Run it; a rule may say no, a colleague may be faster."""

        async def run() -> None:
            try:
                await work
            except (Rejected, Refused, Conflict, NotFound):
                pass

        self.loop.run_until_complete(run())

    def by(self, id: OperatorId) -> Operator:
        """As the directory knows them."""
        return self.office.directory.operator(id)

    def steering(self, id: OperatorId) -> Operator:
        """The same, with the rights of a supervisor."""
        return replace(self.by(id), roles=("supervisor",))

    def talk(self, number: int) -> ConversationId | None:
        """One of all conversations so far."""
        ids = self.conversations()
        return ids[number % len(ids)] if ids else None

    def conversations(self) -> list[ConversationId]:
        """All so far, oldest first."""
        return sorted({event.conversation_id for event in self.office.events if event.conversation_id})

    def offer(self, number: int) -> Mapping[str, Any] | None:
        """One of all offers ever made; the last ones are the likeliest to be alive."""
        made = [event.data["offer"] for event in self.office.events if event.type == "offer.made"]
        return made[-1 - number % min(len(made), 4)] if made else None

    @initialize(limit=st.sampled_from([1.0, 2.0]), mode=st.sampled_from(["evenly", "strictly", "all", "least_loaded"]))
    def line(self, limit: float, mode: str) -> None:
        for id in CREW:
            self.do(self.office.presences.alive(id))
        self.do(self.office.change_line(limit=limit, distribution=mode, auto_close_hours=24, no_answer_seconds=90))

        for who, to in product(PEOPLE, PLACES):
            self.writes(who, to, False)
        self.router_looks()
        self.accepts_what_is_offered(0)

    @rule(who=people, to=places, at_once=st.booleans())
    def writes(self, who: str, to: ChannelId, at_once: bool) -> None:
        self.said += 1
        sender = Sender((Claim(CLAIMS[to], who.lower()),), name=who)
        event = MessageReceived(to, f"m{self.said}", who.lower(), sender, text="Hello", at=self.office.clock.now())
        self.do(self.office.intake.accept(event))
        if at_once:
            self.router_looks()

    @rule()
    def router_looks(self) -> None:
        made = len(self.office.events)
        self.do(self.office.router.sweep())
        asked = {event.operator_id for event in self.office.events[made:] if event.type == "offer.made"}
        seen = self.look()
        for id in sorted(id for id in asked if id):
            line, now = self.office.directory.line(LINE), self.office.clock.now()
            assert absence_of(seen.presences.get(id), now) is None
            assert self.by(id).active
            assert load_of(seen.carried(id), line, now).units <= limit_of(Member(self.by(id), None), line)

    @rule()
    def timers_run(self) -> None:
        with capture_logs() as lines:
            self.do(self.office.outbox.pass_once())
        assert not [line for line in lines if line["event"] == "outbox.later"]

    @rule(seconds=st.sampled_from(SPANS), awake=st.sampled_from([True, True, True, False]), run=st.booleans())
    def time_passes(self, seconds: int, awake: bool, run: bool) -> None:
        self.office.clock.move(seconds=seconds)
        if awake:
            self.do(self.office.store.run(self.office._stay_fresh))
        if run:
            self.timers_run()
            self.router_looks()

    @rule(which=number)
    def accepts_what_is_offered(self, which: int) -> None:
        if pending := [offer for offer in self.look().pending if self.by(offer.operator_id).active]:
            offer = pending[which % len(pending)]
            self.attempt(self.office.offers.accept(self.by(offer.operator_id), offer.id, offer.epoch))

    @rule(which=number)
    def accepts_perhaps_too_late(self, which: int) -> None:
        if (offer := self.offer(which)) and self.by(offer["operator_id"]).active:
            self.attempt(self.office.offers.accept(self.by(offer["operator_id"]), offer["id"], offer["epoch"]))

    @rule(which=number)
    def declines(self, which: int) -> None:
        if offer := self.offer(which):
            self.attempt(self.office.offers.decline(self.by(offer["operator_id"]), offer["id"], offer["epoch"]))

    @rule(which=number)
    def timer_of_an_offer_runs_once_more(self, which: int) -> None:
        if offer := self.offer(which):
            self.do(self.office.offers.lapse(OfferId(offer["id"])))

    @rule(who=crew, which=number)
    def takes(self, who: OperatorId, which: int) -> None:
        if (id := self.talk(which)) and self.by(who).active:
            self.attempt(self.office.offers.take(self.steering(who), id))

    @rule(who=crew, which=number, to=st.sampled_from([OLGA, IVAN, None]))
    def passes_on(self, who: OperatorId, which: int, to: OperatorId | None) -> None:
        if (id := self.talk(which)) and self.by(who).active:
            self.attempt(self.office.desk.assign(self.steering(who), id, to))

    @rule(which=number)
    def answers(self, which: int) -> None:
        self.said += 1
        if held := [talk for talk in self.look().talks if talk.operator_id and self.by(talk.operator_id).active]:
            talk = held[which % len(held)]
            draft = Draft(f"c{self.said}", "reply", "Good morning")
            self.attempt(self.office.replies.write(self.by(talk.operator_id or OLGA), talk.id, draft))

    @rule(who=crew, which=number, how=st.sampled_from(["closed", "closed", "spam", "reopen"]))
    def closes_or_reopens(self, who: OperatorId, which: int, how: Any) -> None:
        if (id := self.talk(which)) and self.by(who).active:
            desk, by = self.office.desk, self.by(who)
            self.attempt(desk.reopen(by, id) if how == "reopen" else desk.close(by, id, state=how))

    @rule(who=crew, which=number, seconds=st.sampled_from(SPANS))
    def puts_away(self, who: OperatorId, which: int, seconds: int) -> None:
        if (id := self.talk(which)) and self.by(who).active:
            until = self.office.clock.now() + timedelta(seconds=seconds)
            self.attempt(self.office.desk.snooze(self.by(who), id, until))

    @rule(who=crew, state=st.sampled_from(["online", "online", "away", "offline"]))
    def clicks(self, who: OperatorId, state: Any) -> None:
        if not self.by(who).active:
            return
        self.do(self.office.presences.set(self.by(who), state))
        if state != "online":
            assert not [offer for offer in self.look().pending if offer.operator_id == who]

    @rule(who=crew, here=st.sampled_from([True, True, False]))
    def console_comes_or_goes(self, who: OperatorId, here: bool) -> None:
        if self.by(who).active:
            self.do(self.office.presences.alive(who) if here else self.office.presences.gone(who))

    @rule(works_here=st.sampled_from([True, True, False]))
    def ivan_is_dismissed_or_hired(self, works_here: bool) -> None:
        self.do(Setup(self.office.core).change_operator(self.by(OLGA), IVAN, {"active": works_here}))
        self.do(self.office.directory.refresh())

    @rule(on=st.sampled_from([True, True, False]))
    def line_is_switched(self, on: bool) -> None:
        self.do(self.office.change_line(enabled=on))

    def look(self) -> Picture:
        """Everything, without changing it."""

        async def work(uow: Any) -> Picture:
            talks = [await uow.conversations.get(id) for id in self.conversations()]
            entries = {talk.id: await uow.queue.entry(talk.id) for talk in talks}
            return Picture(talks, entries, await uow.queue.pending(), timers, await uow.operators.presences())

        timers = self.do(self._timers())
        return self.do(self.office.store.read(work))  # type: ignore[no-any-return]

    async def _timers(self) -> Mapping[tuple[str, str], Errand]:
        found: list[Errand] = []
        far = self.office.clock.now() + timedelta(days=365)

        async def work(uow: Any) -> None:
            found.extend(await uow.outbox.claim(now=far, lease_until=far, limit=1000))
            raise RolledBack

        with suppress(RolledBack):
            await self.office.store.run(work)
        return {(errand.kind, errand.key): errand for errand in found}

    @invariant()
    def everything_has_one_place(self) -> None:
        seen = self.look()
        for talk in seen.talks:
            asked, waits = seen.asked(talk.id), seen.entries[talk.id] is not None
            assert {offer.epoch for offer in asked} <= {talk.epoch}, talk
            match talk.state:
                case "queued":
                    assert (waits, len(asked), talk.operator_id) == (True, 0, None), talk
                case "offered":
                    assert (waits, bool(asked), talk.operator_id) == (True, True, None), talk
                case "active" | "snoozed":
                    assert (waits, len(asked) <= 1, talk.operator_id is not None) == (False, True, True), talk
                case _:
                    assert (waits, len(asked), talk.operator_id) == (False, 0, None), talk
            assert (talk.waiting_since is not None) == (talk.turn == "ours" and not talk.ended), talk

    @invariant()
    def every_offer_ends_once_and_is_told(self) -> None:
        told = [event for event in self.office.events if event.type.startswith("offer.")]
        ends = Counter(event.data["offer"]["id"] for event in told if event.type != "offer.made")
        made = {event.data["offer"]["id"] for event in told if event.type == "offer.made"}
        assert set(ends.values()) <= {1}
        assert made - set(ends) == {offer.id for offer in self.look().pending}

    @invariant()
    def every_timer_is_there(self) -> None:
        seen = self.look()
        lapses = {key: errand.due_at for (kind, key), errand in seen.timers.items() if kind == "offer.lapse"}
        assert lapses == {offer.id: offer.until for offer in seen.pending}
        wakes = {key: errand.due_at for (kind, key), errand in seen.timers.items() if kind == "conversation.wake"}
        asleep = {talk.id: talk.snoozed_until for talk in seen.talks if talk.state == "snoozed"}
        assert asleep.items() <= wakes.items()

    def teardown(self) -> None:
        try:
            self.do(self.end_of_day())
            self.nobody_waits_for_ever()
        finally:
            self.do(self.stack.aclose())
            self.loop.close()

    async def end_of_day(self) -> None:
        """Olga comes to her desk, has room for everything, and takes what she is offered; nobody else is there."""
        await self.office.change_line(enabled=True, limit=1000.0)
        await self.office.presences.set(self.by(OLGA), "online")
        for seconds in (*(30,) * 20, 90_000, *(30,) * 20):
            self.office.clock.move(seconds=seconds)
            await self.office.presences.alive(OLGA)
            await self.office.presences.set(self.by(OLGA), "online")
            await self.office.settle()
            for offer in [offer for offer in await self.office.pending() if offer.operator_id == OLGA]:
                await self.office.offers.accept(self.by(OLGA), offer.id, offer.epoch)

    def nobody_waits_for_ever(self) -> None:
        """Whoever is owed an answer is held by somebody who is there."""
        owed = [talk for talk in self.look().talks if talk.turn == "ours" and not talk.ended]
        assert not [talk for talk in owed if talk.operator_id != OLGA]


AnyDay.TestCase.settings = settings(
    max_examples=20, stateful_step_count=30, deadline=None, phases=(Phase.explicit, Phase.reuse, Phase.generate)
)  # not shrunk: a story of thirty steps can be read, and shrinking takes minutes
TestAnyDay = AnyDay.TestCase
