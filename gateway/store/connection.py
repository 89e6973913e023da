"""What the store asks of an engine: one connection with an open transaction. Both engines keep these promises.

Errors of drivers never leave an engine: they become Collision (try the use case again), NotFound (a row refers to something
that is not there) or StoreUnavailable.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from gateway.domain.errors import Conflict
from gateway.domain.event import Event
from gateway.store.statements import Sql
from gateway.store.writes import Write

Rows = Sequence[Sequence[Any]]


class Collision(Conflict):
    """Two processes met at one row. The store runs the use case again; only after several times does the caller see it."""


class Connection(Protocol):
    """Inside one transaction. `locks`: several may write at a time, so rows that are read to be changed must be locked."""

    locks: bool

    async def rows(self, sql: Sql, given: Mapping[str, Any]) -> Rows:
        """All rows of a statement; parameters by name, lists for `is_in`."""
        ...

    async def change(self, sql: Sql, given: Mapping[str, Any]) -> int:
        """Run a statement; the number of rows it touched."""
        ...

    async def repeat(self, sql: Sql, given: Sequence[Mapping[str, Any]]) -> None:
        """Run a statement once for each of these, in order."""
        ...

    async def write(self, writes: Sequence[Write]) -> None:
        """Write all of these, in this order where it matters. Raises NotFound if a changed row does not exist."""
        ...

    async def next_number(self, counter: str) -> int:
        """The next of a counter; numbers of rolled back transactions may be left out."""
        ...

    async def hold(self, name: str) -> None:
        """One holder of the name at a time over all processes, until the end of the transaction."""
        ...

    async def number(self, events: Sequence[Event], *, writes: Sequence[Write]) -> Sequence[Event]:
        """Write the rest and store events under consecutive numbers, last thing before the commit."""
        ...
