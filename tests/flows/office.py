"""A small office for stories: one line, three channels, Olga and Ivan, a clock by hand, the real store, no network.

office = await open_office(store)
await office.write("Ann", "Hello")            # Ann writes to the bot
await office.time_passes(seconds=61)          # timers and workers do what is due
office.offered_to() == "Olga"
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from gateway.domain.channel import Channel, ChannelKind
from gateway.domain.conversation import Conversation
from gateway.domain.event import Event
from gateway.domain.ids import ChannelId, ConversationId, LineId, OfferId, OperatorId
from gateway.domain.inbound import Accepted, CallReported, Claim, IdentityKind, MessageReceived, Sender
from gateway.domain.line import Line
from gateway.domain.offer import Offer
from gateway.domain.operator import Operator, Presence
from gateway.ports.core import Core
from gateway.ports.live import Blobs, Signals
from gateway.ports.records import Errand
from gateway.ports.store import Store
from gateway.services.calls import Settler
from gateway.services.delivery import Carrier
from gateway.services.departures import Departures
from gateway.services.desk import Desk
from gateway.services.directory import Directory
from gateway.services.hours import Hours
from gateway.services.intake import Intake
from gateway.services.media import Fetcher
from gateway.services.offers import Offers
from gateway.services.outbox import Outbox
from gateway.services.presence import Presences
from gateway.services.raws import Reader
from gateway.services.recordings import RecordingFetcher
from gateway.services.replies import Draft, Replies
from gateway.services.router import Router
from gateway.services.timers import Timers
from gateway.services.uploads import Media
from tests.fakes.adapters import HandAdapters, HandChannel
from tests.fakes.clock import CountedIds, HandClock

LINE = LineId("lin_sales")
BOT, BOX, SITE, PBX = ChannelId("chn_bot"), ChannelId("chn_box"), ChannelId("chn_site"), ChannelId("chn_pbx")
KINDS: Mapping[ChannelId, ChannelKind] = {BOT: "telegram", BOX: "email", SITE: "webchat", PBX: "pbx"}
CLAIMS: Mapping[ChannelId, IdentityKind] = {BOT: "telegram", BOX: "email", SITE: "visitor", PBX: "phone"}
OLGA, IVAN = OperatorId("opr_olga"), OperatorId("opr_ivan")
FILE_BYTES = 1_000_000
NAMES = {OLGA: "Olga", IVAN: "Ivan"}


class Office:
    """Everything a story needs; the use cases are the product's own."""

    def __init__(self, core: Core, clock: HandClock) -> None:
        self.core, self.clock = core, clock
        self.store = core.store
        self.directory = Directory(core)
        self.adapters = HandAdapters()
        self.intake = Intake(core, self.directory)
        self.replies = Replies(core, self.directory)
        self.offers = Offers(core, self.directory)
        self.desk = Desk(core, self.directory)
        self.presences = Presences(core, self.directory, self.offers)
        self.departures = Departures(core, self.directory)
        self.router = Router(core, self.directory)
        self.carrier = Carrier(core, self.directory, self.adapters)
        self.reader = Reader(core, self.directory, self.adapters, self.intake)
        self.media, self.hours = Media(core), Hours(core, self.directory)
        timers = Timers(core, self.directory, self.desk)
        self.outbox = Outbox(
            core,
            {
                "offer.lapse": lambda errand: self.offers.lapse(OfferId(errand.key)),
                "operator.lost": self.presences.lost,
                "operator.grace": self.presences.grace_over,
                "conversation.no_answer": timers.no_answer,
                "conversation.wake": timers.wake,
                "conversation.auto_close": timers.auto_close,
                "visitor.left": self._left,
                "line.opens": timers.line_opens,
                "raw.read": self.reader.read,
                "call.settle": Settler(core, self.directory).settle,
                "upload.settle": self.media.settle,
                "line.closes": self.hours.closes,
                "attachment.fetch": Fetcher(core, self.adapters, limit=FILE_BYTES).fetch,
                "recording.fetch": RecordingFetcher(core, self.adapters, limit=FILE_BYTES).fetch,
            },
        )
        self.events: list[Event] = []
        self._said = 0
        core.store.on_commit(self.events.extend)

    async def _left(self, errand: Errand) -> None:
        await self.departures.over(errand)  # of the process that runs now: a story may begin another

    async def furnish(self, **line: Any) -> None:
        """The line, its channels and its people, all at their desks."""

        async def work(uow: Any) -> None:
            for id in (OLGA, IVAN):
                await uow.operators.add(Operator(id, f"{NAMES[id].lower()}@example.com", NAMES[id], ("operator",)))
                await uow.operators.save_presence(Presence(id, "online", self.clock.now(), self.clock.now()))
            await uow.lines.add(Line(LINE, "Sales", **({"members": (OLGA, IVAN)} | line)))
            for id, kind in KINDS.items():
                await uow.channels.add(Channel(id, kind, LINE, kind, key=f"key-{kind}", created_at=self.clock.now()))
                self.adapters.by_id[id] = HandChannel(deduplicates=kind == "email")

        await self.store.run(work)
        await self.directory.refresh()

    async def change_line(self, **changes: Any) -> None:
        """Settings change while work goes on."""
        line = replace(self.directory.line(LINE), **changes)
        await self.store.run(lambda uow: uow.lines.save(line))
        await self.directory.refresh()

    async def write(self, who: str, text: str, *, to: ChannelId = BOT, again: str | None = None, **more: Any) -> Accepted:
        """Somebody writes; `again` repeats an external id."""
        self._said += 1
        event = MessageReceived(
            channel_id=to, external_id=again or f"{who}:{self._said}", dialogue_key=more.pop("key", who.lower()),
            sender=Sender(more.pop("claims", None) or (Claim(CLAIMS[to], who.lower()),), name=who), text=text,
            at=self.clock.now(), **more,
        )  # fmt: skip
        accepted = await self.intake.accept(event)
        await self.settle()
        return accepted

    async def call(self, fact: Any) -> None:
        """The PBX reports a fact."""
        await self.intake.accept(CallReported(PBX, fact))
        await self.settle()

    async def settle(self) -> None:
        """Let the workers do everything that is due now."""
        await self.hours.plan()
        for _ in range(100):
            done = await self.outbox.pass_once() + await self.router.sweep() + await self.carrier.pass_once()
            if not done:
                return
        raise AssertionError("the workers never come to rest")

    async def time_passes(self, *, awake: bool = True, **delta: float) -> None:
        """Move the clock; people at their desks stay fresh unless awake=False."""
        self.clock.move(**delta)
        if awake:
            await self.store.run(self._stay_fresh)
        await self.settle()

    async def _stay_fresh(self, uow: Any) -> None:
        for presence in (await uow.operators.presences()).values():
            if presence.state == "online":
                await uow.operators.save_presence(replace(presence, seen_at=self.clock.now()))

    async def pending(self) -> list[Offer]:
        """Offers that wait for an answer."""
        return list(await self.store.read(lambda uow: uow.queue.pending()))

    async def offered_to(self) -> list[str]:
        """Whose turn it is, by name."""
        return [NAMES[offer.operator_id] for offer in await self.pending()]

    async def accept(self, who: OperatorId) -> dict[str, Any]:
        """The operator takes what is offered to them."""
        offer = next(o for o in await self.pending() if o.operator_id == who)
        row = await self.offers.accept(self.directory.operator(who), offer.id, offer.epoch)
        await self.settle()
        return row

    async def answer(self, who: OperatorId, conversation_id: ConversationId, text: str, **more: Any) -> dict[str, Any]:
        """The operator replies."""
        self._said += 1
        draft = Draft(client_id=more.pop("client_id", f"c{self._said}"), type=more.pop("type", "reply"), text=text, **more)
        row = await self.replies.write(self.directory.operator(who), conversation_id, draft)
        await self.settle()
        return row

    async def conversation(self, accepted: Accepted) -> Conversation:
        """As stored."""
        return await self.store.read(lambda uow: uow.conversations.get(ConversationId(accepted.conversation_id or "")))

    def sent(self, channel: ChannelId = BOT) -> list[str]:
        """What the network was given, in order."""
        return [letter.message.text for letter in self.adapters.by_id[channel].sent]

    def happened(self) -> list[str]:
        """Event names so far."""
        return [event.type for event in self.events]


async def open_office(store: Store, signals: Signals, blobs: Blobs, clock: HandClock, **line: Any) -> Office:
    """Furnished and ready."""
    office = Office(Core(store, clock, CountedIds(), signals, blobs), clock)
    await office.furnish(**line)
    return office
