"""The composition root: builds everything, starts it, stops it. The only place that knows the store.

`serve` runs the gateway, `admin` opens its doors for the command line. Light to import: the parts load when they are called.
"""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gateway.app.administration import Administration
    from gateway.settings import Settings


def serve(settings: Settings) -> None:
    """Run until told to stop (SIGINT, SIGTERM). Raises ConfigError before anything is served."""
    from gateway.app.serving import serve as run

    run(settings)


def admin(settings: Settings) -> AbstractAsyncContextManager[Administration]:
    """The administrators' doors on a store, without serving anything."""
    from gateway.app.administration import administration

    return administration(settings)
