"""One table's rows to be written: the word between what waits (store.pending) and the engines. Talks to nobody."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Table

from gateway.domain.errors import NotFound


@dataclass(frozen=True, slots=True)
class Write:
    """key set: these rows exist and are changed. Otherwise new ones, which replace those equal in the `conflict` columns."""

    table: Table
    rows: Sequence[Sequence[Any]]
    key: str = ""
    conflict: tuple[str, ...] = ()

    @property
    def signature(self) -> tuple[Any, ...]:
        """What its text depends on."""
        return self.table.name, self.key, self.conflict, len(self.rows) == 1

    def keyed_last(self) -> list[list[Any]]:
        """The rows with the key's value moved to the end, as updates take them."""
        place = list(self.table.columns.keys()).index(self.key)
        return [[*row[:place], *row[place + 1 :], row[place]] for row in self.rows]

    def must_have_met(self, touched: int) -> None:
        """Raises NotFound if a changed row does not exist."""
        if self.key and touched != len(self.rows):
            raise NotFound(f"There is no such {self.table.name}.")
