"""The step where an administrator sets the house up: lines, operators, canned replies. Channels: services/setup_channels.

Changes come validated as to form from web/; rules that need other rows are checked here. Each change emits settings.changed
and nudges `settings`, so that every process renews its Directory. May talk to: ports, domain.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from gateway.domain import rows
from gateway.domain.errors import ConfigError, Conflict, Forbidden, NotFound, Refused
from gateway.domain.event import Event
from gateway.domain.goals import GOALS, goals_from
from gateway.domain.ids import ChannelId, LineId, OperatorId
from gateway.domain.line import Line, Texts
from gateway.domain.operator import Operator, Permission
from gateway.domain.schedule import DAYS, Schedule, parse_range
from gateway.domain.sentence import sentence
from gateway.domain.settings_rows import line_row
from gateway.ports.core import Core
from gateway.ports.records import Canned
from gateway.ports.store import UnitOfWork
from gateway.services.absence import dismiss

Changes = Mapping[str, Any]


class Setup:
    """Settings other than channels. Every method returns rows after the commit."""

    def __init__(self, core: Core) -> None:
        self._core = core

    async def lines(self) -> Sequence[rows.Row]:
        """All lines."""
        now = self._core.clock.now()
        return [line_row(line, now=now) for line in await self._core.store.read(lambda uow: uow.lines.all())]

    async def line(self, id: LineId) -> rows.Row:
        """One line; raises NotFound."""
        return line_row(await self._core.store.read(lambda uow: uow.lines.get(id)), now=self._core.clock.now())

    async def add_line(self, by: Operator, changes: Changes, *, id: LineId | None = None) -> rows.Row:
        """A new line. The same `id` again answers the line made then."""
        new = Line(id=id or LineId(self._core.ids.new("lin")), name=str(changes["name"]))

        async def work(uow: UnitOfWork) -> Line:
            try:
                return await uow.lines.get(new.id)
            except NotFound:
                line = await _changed_line(uow, new, changes)
                await uow.lines.add(line)
                self._tell(uow, by, "lines", line.id)
                return line

        return line_row(await self._committed(work), now=self._core.clock.now())

    async def change_line(self, by: Operator, id: LineId, changes: Changes) -> rows.Row:
        """Raises NotFound, ConfigError (hours, zone), Conflict (a `version` is given and the stored one is another)."""

        async def work(uow: UnitOfWork) -> Line:
            line = await uow.lines.get(id)
            _same_version(line.version, changes)
            line = replace(await _changed_line(uow, line, changes), version=line.version + 1)
            await uow.lines.save(line)
            self._tell(uow, by, "lines", id)
            return line

        return line_row(await self._committed(work), now=self._core.clock.now())

    async def remove_line(self, by: Operator, id: LineId) -> None:
        """Raises Refused while a channel still feeds it, or somebody still waits or is answered in it."""

        async def work(uow: UnitOfWork) -> None:
            await uow.lines.get(id)
            feeding = [channel.name for channel in await uow.channels.all() if channel.line_id == id]
            if feeding:
                raise Refused(f"“{feeding[0]}” still feeds this line; move its channels first.", code="in_use")
            await nothing_runs(uow, id)
            await uow.lines.remove(id)
            self._tell(uow, by, "lines", id)

        await self._committed(work)

    async def hours(self, id: LineId, *, at: datetime) -> rows.Row:
        """What happens at that moment; raises NotFound."""
        line = await self._core.store.read(lambda uow: uow.lines.get(id))
        opens, closes = line.schedule.next_opening(at), line.schedule.next_closing(at)
        return {"open": line.schedule.is_open(at), "opens_at": rows.stamp(opens), "closes_at": rows.stamp(closes)}

    async def operators(self) -> Sequence[rows.Row]:
        """All colleagues with their presence."""

        async def work(uow: UnitOfWork) -> Sequence[rows.Row]:
            presences = await uow.operators.presences()
            return [_colleague(o, presences.get(o.id)) for o in await uow.operators.all()]

        return await self._core.store.read(work)

    async def add_operator(self, by: Operator, changes: Changes, *, id: OperatorId | None = None) -> rows.Row:
        """A new colleague, without password: make a sign-in link next. Raises Conflict if the address is taken."""
        now = self._core.clock.now()
        new = Operator(
            id=id or OperatorId(self._core.ids.new("opr")), email=changes["email"], name=changes["name"],
            roles=("operator",), created_at=now,
        )  # fmt: skip

        async def work(uow: UnitOfWork) -> Operator:
            try:
                return await uow.operators.get(new.id)
            except NotFound:
                await _free_address(uow, changes, new.id)
                operator = replace(new, **_own(Operator, changes))
                await uow.operators.add(operator)
                self._tell(uow, by, "operators", operator.id)
                return operator

        return _colleague(await self._committed(work), None)

    async def change_operator(self, by: Operator, id: OperatorId, changes: Changes) -> rows.Row:
        """Disabling ends all sessions and gives back at once what waits for them.

        Raises Refused for the last administrator, Conflict for a taken address.
        """

        async def work(uow: UnitOfWork) -> rows.Row:
            before = await uow.operators.get(id)
            _same_version(before.version, changes)
            await _free_address(uow, changes, id)
            after = replace(before, **_own(Operator, changes), version=before.version + 1)
            if before.may(Permission.CONFIGURE) and not after.may(Permission.CONFIGURE):
                await _another_administrator(uow, id)
            if not after.active:
                await uow.operators.end_sessions_of(id)
                await dismiss(uow, id, now=self._core.clock.now())
            await uow.operators.save(after)
            self._tell(uow, by, "operators", id)
            return _colleague(after, await uow.operators.presence(id))

        row: rows.Row = await self._committed(work)
        return row

    async def canned(self, by: Operator) -> Sequence[rows.Row]:
        """The shared ones and one's own."""
        everything = await self._core.store.read(lambda uow: uow.canned.all())
        return [asdict(canned) for canned in everything if canned.operator_id in (None, by.id)]

    async def save_canned(self, by: Operator, changes: Changes, *, id: str | None = None, new: bool) -> rows.Row:
        """Add or replace. Shared ones need `configure`, personal ones are their owner's. Raises Forbidden, NotFound."""
        canned = Canned(id=id or self._core.ids.new("can"), **_own(Canned, changes))
        _may_can(by, canned)

        async def work(uow: UnitOfWork) -> Canned:
            before = await _canned(uow, canned.id)
            if before is None and not new:
                raise NotFound("There is no such canned reply.")
            if before is not None:
                _may_can(by, before)
            await uow.canned.save(canned)
            self._tell(uow, by, "canned", canned.id)
            return canned

        return asdict(await self._committed(work))

    async def remove_canned(self, by: Operator, id: str) -> None:
        """Raises NotFound, Forbidden."""

        async def work(uow: UnitOfWork) -> None:
            before = await _canned(uow, id)
            if before is None:
                raise NotFound("There is no such canned reply.")
            _may_can(by, before)
            await uow.canned.remove(id)
            self._tell(uow, by, "canned", id)

        await self._committed(work)

    def _tell(self, uow: UnitOfWork, by: Operator, what: str, id: str) -> None:
        uow.emit(Event("settings.changed", self._core.clock.now(), by.id, {"what": what, "id": id}))

    async def _committed(self, work: Any) -> Any:
        result = await self._core.store.run(work)
        await self._core.signals.nudge("settings")
        return result


async def nothing_runs(uow: UnitOfWork, owner: LineId | ChannelId) -> None:
    """Raises Refused: who removed it now would leave people waiting where nobody can answer them."""
    if running := await uow.conversations.running_of(owner):
        raise Refused(f"Conversations of it are still running ({running}); finish them first.", code="still_running")


async def _changed_line(uow: UnitOfWork, line: Line, changes: Changes) -> Line:
    fields = _own(Line, changes)
    if "members" in fields:
        known = {operator.id for operator in await uow.operators.all()}
        strangers = set(fields["members"]) - known
        if strangers:
            raise ConfigError(
                sentence("config.members", "Nobody here is {id}; choose members among the operators.", id=min(strangers))
            )
        fields["members"] = tuple(dict.fromkeys(fields["members"]))
    if "schedule" in fields:
        fields["schedule"] = schedule_from(fields["schedule"])
    if "texts" in fields:
        fields["texts"] = replace(line.texts, **_own(Texts, fields["texts"]))
    for goal in fields.keys() & set(GOALS):
        fields[goal] = goals_from(fields[goal])
    return replace(line, **fields)


def schedule_from(given: Changes) -> Schedule:
    """The inverse of settings_rows.schedule_row; raises ConfigError with the remedy."""
    zone = str(given.get("zone", "UTC"))
    try:
        ZoneInfo(zone)
    except (ValueError, OSError, KeyError):
        raise ConfigError(
            sentence("config.zone", "“{zone}” is not a time zone; write it like Europe/Madrid.", zone=zone)
        ) from None
    week, exceptions = given.get("week", {}), given.get("exceptions", {})
    try:
        dated = {date.fromisoformat(day): tuple(map(parse_range, spans)) for day, spans in exceptions.items()}
    except ValueError:
        raise ConfigError(sentence("config.date", "A day off is written like 2026-12-25.")) from None
    days = tuple(tuple(map(parse_range, week.get(day, ()))) for day in DAYS)
    return Schedule(zone=zone, week=days, exceptions=dated, always=bool(given.get("always", False)))


def _own(noun: Any, changes: Changes) -> dict[str, Any]:
    """Only the noun's own fields; identity and bookkeeping can never be written from outside."""
    never = {"id", "version", "created_at", "password_hash"}
    return {
        name: tuple(value) if isinstance(value, list) else value
        for name, value in changes.items()
        if name in noun.__dataclass_fields__ and name not in never
    }


def _same_version(stored: int, changes: Changes) -> None:
    if changes.get("version") not in (None, stored):
        raise Conflict("Somebody changed this meanwhile; look at it again.", code="version")


async def _free_address(uow: UnitOfWork, changes: Changes, id: OperatorId) -> None:
    if "email" in changes:
        other = await uow.operators.by_email(changes["email"])
        if other is not None and other.id != id:
            raise Conflict("Somebody with this address is here already.", code="email_taken")


async def _another_administrator(uow: UnitOfWork, id: OperatorId) -> None:
    if not any(o.may(Permission.CONFIGURE) for o in await uow.operators.all() if o.id != id):
        raise Refused("This is the last administrator; name another one first.", code="last_administrator")


async def _canned(uow: UnitOfWork, id: str) -> Canned | None:
    return next((canned for canned in await uow.canned.all() if canned.id == id), None)


def _may_can(by: Operator, canned: Canned) -> None:
    if canned.operator_id is not None and canned.operator_id != by.id:
        raise NotFound("There is no such canned reply.")
    if canned.operator_id is None and not by.may(Permission.CONFIGURE):
        raise Forbidden("Shared canned replies are changed by an administrator.")


def _colleague(operator: Operator, presence: Any) -> rows.Row:
    return rows.operator_row(operator) | {"presence": rows.presence_row(presence) if presence else None}
