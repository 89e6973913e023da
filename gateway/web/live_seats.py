"""Who sits at this process's console sockets: operator, session, rooms. Plain facts; the namespace moves them."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

from gateway.domain.operator import Operator
from gateway.ports.views import Scope
from gateway.services.access import rooms_of


@dataclass(slots=True)
class Seat:
    """One socket. rooms are what its operator may hear now (services/access); viewing is the conversation on the screen."""

    sid: str
    session: str
    operator: Operator
    scope: Scope
    viewing: str | None = None
    replying: bool = False
    alive_at: float = 0.0
    rooms: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        self.sees(self.operator, self.scope)

    @property
    def own_room(self) -> str:
        """Where nobody else sits."""
        return f"socket:{self.sid}"

    def sees(self, operator: Operator, scope: Scope) -> None:
        """From here on with these rights."""
        self.operator, self.scope = operator, scope
        self.rooms = rooms_of(operator, scope) | {self.own_room}


class Seats:
    """By socket, with the two questions the namespace asks."""

    def __init__(self) -> None:
        self._by_sid: dict[str, Seat] = {}

    def __len__(self) -> int:
        return len(self._by_sid)

    def __iter__(self) -> Iterator[Seat]:
        return iter(tuple(self._by_sid.values()))

    def take(self, seat: Seat) -> None:
        """Sit down."""
        self._by_sid[seat.sid] = seat

    def get(self, sid: str) -> Seat | None:
        """None when it is gone."""
        return self._by_sid.get(sid)

    def leave(self, sid: str) -> Seat | None:
        """Get up; None if nobody sat there."""
        return self._by_sid.pop(sid, None)

    def of(self, operator_id: str) -> Collection[Seat]:
        """All sockets of one person here."""
        return [seat for seat in self if seat.operator.id == operator_id]

    @property
    def sessions(self) -> frozenset[str]:
        """The sessions behind them."""
        return frozenset(seat.session for seat in self)
