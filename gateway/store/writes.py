"""One table's rows to be written: the word between what waits (store.pending) and the engines. Talks to nobody."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Table

from gateway.domain.errors import NotFound


@dataclass(frozen=True, slots=True)
class Write:
    """New rows, which replace those equal in the `conflict` columns.

    key set: rows that exist and are changed; each holds the new values of `columns`, then the key's value.
    """

    table: Table
    rows: Sequence[Sequence[Any]]
    key: str = ""
    columns: tuple[str, ...] = ()
    conflict: tuple[str, ...] = ()

    @property
    def signature(self) -> tuple[Any, ...]:
        """What its text depends on."""
        return self.table.name, self.key, self.columns, self.conflict, len(self.rows) == 1

    def must_have_met(self, touched: int) -> None:
        """Raises NotFound if a changed row does not exist."""
        if self.key and touched != len(self.rows):
            raise NotFound(f"There is no such {self.table.name}.")
