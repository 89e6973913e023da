"""The routes of docs/reference/console-protocol.md, one file per noun.

Each binds a request to a use case or a view; no rules here.
"""

from gateway.web.api import (
    canned,
    channels,
    contacts,
    conversations,
    files,
    holidays,
    leads,
    lines,
    messages,
    operators,
    quarantine,
    session,
)
from gateway.web.routes import Route


def all_routes() -> list[Route]:
    """Every declared route of the console's API."""
    modules = (
        session, conversations, messages, files, contacts, leads, lines, holidays, channels, operators, canned, quarantine,
    )  # fmt: skip
    return [route for module in modules for route in module.routes.declared]
