"""Builds the use cases around one Core: one value holds them all, so that serving and administration share one wiring."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from gateway.app.adapters import RunningAdapters
from gateway.app.kinds import Tools
from gateway.domain.ids import OfferId
from gateway.ports.core import Core
from gateway.ports.live import Leases
from gateway.services.calls import Settler
from gateway.services.contacts import Contacts
from gateway.services.delivery import Carrier
from gateway.services.departures import Departures
from gateway.services.desk import Desk
from gateway.services.directory import Directory
from gateway.services.hours import Hours
from gateway.services.intake import Intake
from gateway.services.leads import Leads
from gateway.services.media import Fetcher
from gateway.services.offers import Offers
from gateway.services.outbox import Outbox, Step
from gateway.services.presence import Presences
from gateway.services.raws import Quarantine, Reader
from gateway.services.recordings import RecordingFetcher
from gateway.services.replies import Replies
from gateway.services.router import Router
from gateway.services.timers import Timers
from gateway.services.uploads import Media


@dataclass(frozen=True, slots=True)
class Parts:
    """Every use case and worker of one process."""

    core: Core
    directory: Directory
    adapters: RunningAdapters
    intake: Intake
    replies: Replies
    desk: Desk
    offers: Offers
    presences: Presences
    departures: Departures
    leads: Leads
    contacts: Contacts
    media: Media
    quarantine: Quarantine
    router: Router
    carrier: Carrier
    outbox: Outbox
    hours: Hours


def assemble(core: Core, tools: Tools, leases: Leases) -> Parts:
    """Wire them; nothing starts."""
    directory = Directory(core)
    adapters = RunningAdapters(directory, tools, leases=leases, signals=core.signals)
    intake = Intake(core, directory)
    offers = Offers(core, directory)
    desk = Desk(core, directory)
    presences = Presences(core, directory, offers)
    departures = Departures(core, directory)
    media, hours = Media(core), Hours(core, directory)
    steps: Mapping[str, Step] = {
        **_time(core, directory, offers=offers, desk=desk, presences=presences),
        "visitor.left": departures.over,
        "upload.settle": media.settle,
        "line.closes": hours.closes,
        **_input(core, directory, tools, adapters=adapters, intake=intake),
    }
    return Parts(
        core=core, directory=directory, adapters=adapters, intake=intake, replies=Replies(core, directory), desk=desk,
        offers=offers, presences=presences, departures=departures, leads=Leads(core, directory),
        contacts=Contacts(core, directory), media=media, quarantine=Quarantine(core),
        router=Router(core, directory), carrier=Carrier(core, directory, adapters), outbox=Outbox(core, steps),
        hours=hours,
    )  # fmt: skip


def _time(core: Core, directory: Directory, *, offers: Offers, desk: Desk, presences: Presences) -> Mapping[str, Step]:
    timers = Timers(core, directory, desk)
    return {
        "offer.lapse": lambda errand: offers.lapse(OfferId(errand.key)),
        "operator.lost": presences.lost,
        "operator.grace": presences.grace_over,
        "conversation.no_answer": timers.no_answer,
        "conversation.wake": timers.wake,
        "conversation.auto_close": timers.auto_close,
        "line.opens": timers.line_opens,
        "call.settle": Settler(core, directory).settle,
    }


def _input(core: Core, directory: Directory, tools: Tools, *, adapters: RunningAdapters, intake: Intake) -> Mapping[str, Step]:
    return {
        "raw.read": Reader(core, directory, adapters, intake).read,
        "attachment.fetch": Fetcher(core, adapters, limit=tools.file_bytes).fetch,
        "recording.fetch": RecordingFetcher(core, adapters, limit=tools.file_bytes * 10).fetch,
    }
