"""Everything the web side may call, in one value that the composition root fills: use cases, views, the core."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from gateway.ports.channel import Inbox
from gateway.ports.core import Core
from gateway.ports.views import Views
from gateway.services.accounts import Accounts
from gateway.services.adapters import Adapters
from gateway.services.contacts import Contacts
from gateway.services.delivery import Carrier
from gateway.services.desk import Desk
from gateway.services.directory import Directory
from gateway.services.leads import Leads
from gateway.services.offers import Offers
from gateway.services.presence import Presences
from gateway.services.raws import Quarantine
from gateway.services.replies import Replies
from gateway.services.setup import Setup
from gateway.services.setup_channels import ChannelSetup
from gateway.services.uploads import Media


class Sanitiser(Protocol):
    """HTML of a mail → harmless HTML. images: leave remote images in; cid: content id → address of the inline image."""

    def __call__(self, html: str, *, images: bool, cid: dict[str, str]) -> str: ...


@dataclass(frozen=True, slots=True)
class Cases:
    """All of them. checks: further conditions of readiness by name (migrations, bus); each raises when it is not met."""

    core: Core
    directory: Directory
    views: Views
    accounts: Accounts
    setup: Setup
    channels: ChannelSetup
    adapters: Adapters
    inbox: Inbox
    replies: Replies
    desk: Desk
    offers: Offers
    carrier: Carrier
    leads: Leads
    contacts: Contacts
    presences: Presences
    media: Media
    quarantine: Quarantine
    sanitise: Sanitiser
    checks: Mapping[str, Callable[[], Awaitable[None]]] = field(default_factory=dict)
