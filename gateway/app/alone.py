"""One gateway on one SQLite file: a second one would take over what the first has in hand, and send it twice.

The lock is the operating system's, so it ends with the process, however that ends; forked workers do not inherit it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from gateway.domain.errors import ConfigError
from gateway.settings import Settings

PREFIX = "sqlite:///"


@contextmanager
def alone(settings: Settings) -> Iterator[None]:
    """Hold the database while the block runs. Raises ConfigError if another gateway does."""
    path = Path(settings.store.url.removeprefix(PREFIX))
    if not settings.store.url.startswith(PREFIX) or not path.is_file():
        yield
        return
    import fcntl  # not on every platform

    with path.with_name(path.name + ".lock").open("a") as file:
        try:
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise ConfigError(f"{path} is in use by another gateway; stop that one or set store.url.") from None
        yield
