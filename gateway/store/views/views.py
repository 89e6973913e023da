"""Placeholder."""
from typing import Any


class SqlViews:
    def __init__(self, database: Any, *, clock: Any) -> None:
        self._database, self._clock = database, clock
