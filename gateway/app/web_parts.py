"""Builds the web side around the use cases: the console's, and the widget's as a further part of the same application."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from functools import partial

from aiohttp import web

from gateway import __version__
from gateway.app.first_start import DEMO_KEY
from gateway.app.parts import Parts
from gateway.channels.webchat import read_settings
from gateway.domain.event import Event
from gateway.ports.live import Signals
from gateway.ports.views import Views
from gateway.services.accounts import Accounts
from gateway.services.pace import Pace
from gateway.services.passwords import Passwords
from gateway.services.setup import Setup
from gateway.services.setup_channels import ChannelSetup
from gateway.services.site import Sites
from gateway.services.site_forms import SiteForms
from gateway.services.storefront import Storefront
from gateway.services.visitor_moves import VisitorMoves
from gateway.services.visitor_seals import Seals
from gateway.services.visitors import Reception, Visitors
from gateway.settings import Settings
from gateway.web import forms, server, widget, widget_site
from gateway.web.address import client_address, crowd_of
from gateway.web.cases import Cases
from gateway.web.config import WebConfig, networks
from gateway.web.floods import Floods
from gateway.web.live_widget import Doors, WidgetNamespace
from gateway.web.site import Attach, Site


def application(parts: Parts, views: Views, settings: Settings, *, secret: bytes) -> web.Application:
    """Everything that HTTP and sockets reach."""
    return server.build(_cases(parts, views, settings), config_of(settings), attach=[_visitors(parts, settings, secret)])


def config_of(settings: Settings) -> WebConfig:
    """What the web side needs of the settings."""
    return WebConfig(
        public_url=settings.public_url, settled=bool(settings.server.public_url), version=__version__,
        demo=settings.demo.enabled, limits_url=settings.signals.url,
        trusted_proxies=networks(list(settings.server.trusted_proxies)),
        file_bytes=settings.limits.file_bytes, hook_bytes=settings.limits.hook_bytes,
    )  # fmt: skip


def accounts_of(parts: Parts) -> Accounts:
    """Sessions, links and tickets."""
    return Accounts(parts.core, passwords=Passwords())


def _cases(parts: Parts, views: Views, settings: Settings) -> Cases:
    return Cases(
        core=parts.core, directory=parts.directory, views=views, accounts=accounts_of(parts), setup=Setup(parts.core),
        channels=ChannelSetup(parts.core, adapters=parts.adapters, public_url=settings.public_url),
        adapters=parts.adapters, inbox=parts.intake, replies=parts.replies, desk=parts.desk, offers=parts.offers,
        carrier=parts.carrier, leads=parts.leads, contacts=parts.contacts, presences=parts.presences, media=parts.media,
        quarantine=parts.quarantine, sanitise=_sanitise,
    )  # fmt: skip


def _sanitise(html: str, *, images: bool, cid: Mapping[str, str]) -> str:
    # not the package's function of the same name: after its first call that name stands for the module
    from gateway.channels.email.sanitise import sanitise

    return sanitise(html, images=cid, show_remote=images)


def _visitors(parts: Parts, settings: Settings, secret: bytes) -> Attach:
    def attach(site: Site) -> None:
        pace = Pace()
        storefront = Storefront(parts.core, parts.directory, pace)
        sites = Sites(parts.directory, read_settings, own=site.config.origins)
        seals, demo = Seals(secret), DEMO_KEY if settings.demo.enabled else None
        reception = Reception(parts.core, parts.directory, parts.intake, seals, sites, storefront, parts.departures)
        visitors, trusted = Visitors(reception), site.config.trusted_proxies
        floods = Floods(settings.signals.url, rates=dict(rate.split("=") for rate in settings.limits.visitor_rates))
        per_address = settings.limits.sockets_per_address
        doors = Doors(floods, lambda request: crowd_of(client_address(request, trusted=trusted)), per_address)
        namespace = WidgetNamespace(reception, visitors, VisitorMoves(reception), doors=doors)
        site.live.server.register_namespace(namespace)
        site.live.on_drain(lambda within: namespace.drain(within=within))
        site.relay.add(namespace.hear)
        site.relay.add(pace.hear)
        site.relay.add(_settings_heard(parts.core.signals))
        site.app.add_routes(widget.routes(reception, visitors, parts.media, doors=doors))
        site.app.add_routes(forms.routes(SiteForms(reception), doors=doors))
        site.app.add_routes(widget_site.routes(site.config.assets, demo_key=partial(sites.on_show, demo=demo)))
        site.app.on_cleanup.append(lambda _: floods.close())
        site.app.cleanup_ctx.append(lambda _: _running(namespace, pace, parts))

    return attach


def _settings_heard(signals: Signals) -> Callable[[Event], None]:
    """What another process changed (`gateway config apply` beside the running one) counts as soon as the relay knows of it."""
    tasks: set[asyncio.Task[None]] = set()

    def hear(event: Event) -> None:
        if event.type == "settings.changed":
            task = asyncio.get_running_loop().create_task(signals.nudge("settings"))
            tasks.add(task)
            task.add_done_callback(tasks.discard)

    return hear


async def _running(namespace: WidgetNamespace, pace: Pace, parts: Parts) -> AsyncIterator[None]:
    await pace.warm_up(parts.core.store)
    task = asyncio.create_task(namespace.run(), name="widget")
    yield
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
