"""Lines, channels and operators as one document: written by `gateway config export`, made so by `gateway config apply`.

People and lines are named by mail address and name, never by id, so that a document moves between installations. Applying never
removes anything. Secrets are masked on the way out; a masked secret on the way in means "as it is".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from gateway.domain.errors import ConfigError
from gateway.domain.ids import ChannelId, LineId, OperatorId
from gateway.domain.operator import Operator
from gateway.services.setup import Setup
from gateway.services.setup_channels import ChannelSetup

Document = Mapping[str, Any]
SECTIONS = ("operators", "lines", "channels", "canned")
LINE_FIELDS = (
    "name", "members", "distribution", "limit", "counts", "offer_seconds", "no_answer_seconds", "auto_close_hours",
    "reopen_hours", "affinity_hours", "responsible_first", "grace_seconds", "short_abandon_seconds", "callback_missed",
    "region", "locale", "schedule", "texts", "color", "enabled", "first_response_seconds", "next_response_seconds",
)  # fmt: skip
OPERATOR_FIELDS = ("email", "name", "roles", "locale", "devices", "limit", "active")
CHANNEL_FIELDS = ("kind", "name", "line", "settings", "enabled")
CANNED_FIELDS = ("shortcut", "text", "locale")


class Exchange:
    """Reads and writes the document. `by` is who the changes are recorded under."""

    def __init__(self, setup: Setup, channels: ChannelSetup, by: Operator) -> None:
        self._setup, self._channels, self._by = setup, channels, by
        self._coming: frozenset[str] = frozenset()  # operators and lines the document makes itself (for a dry run)

    async def export(self) -> dict[str, Any]:
        """The whole document."""
        operators, lines = await self._setup.operators(), await self._setup.lines()
        mails = {row["id"]: row["email"] for row in operators}
        names = {row["id"]: row["name"] for row in lines}
        return {
            "operators": [_pick(row, OPERATOR_FIELDS) for row in operators],
            "lines": [_pick(row, LINE_FIELDS) | {"members": [mails[id] for id in row["members"]]} for row in lines],
            "channels": [_pick({**row, "line": names[row["line_id"]]}, CHANNEL_FIELDS) for row in await self._channels.all()],
            "canned": [_pick(row, CANNED_FIELDS) for row in await self._setup.canned(self._by) if not row["operator_id"]],
        }

    async def apply(self, wanted: Document, *, dry_run: bool) -> Sequence[str]:
        """One sentence per change. Raises ConfigError that names what is wrong; what was applied before it stays."""
        unknown = [name for name in wanted if name not in SECTIONS]
        if unknown:
            raise ConfigError(f"Unknown section “{unknown[0]}”; use {', '.join(SECTIONS)}.")
        self._coming = frozenset(
            str(row.get(key)) for name, key in (("operators", "email"), ("lines", "name")) for row in wanted.get(name, ())
        )
        done: list[str] = []
        for row in wanted.get("operators", ()):
            done += await self._operator(_checked(row, OPERATOR_FIELDS, "email"), dry_run=dry_run)
        for row in wanted.get("lines", ()):
            done += await self._line(_checked(row, LINE_FIELDS, "name"), dry_run=dry_run)
        for row in wanted.get("channels", ()):
            done += await self._channel(_checked(row, CHANNEL_FIELDS, "name"), dry_run=dry_run)
        for row in wanted.get("canned", ()):
            done += await self._canned(_checked(row, CANNED_FIELDS, "shortcut"), dry_run=dry_run)
        return done

    async def _operator(self, row: dict[str, Any], *, dry_run: bool) -> list[str]:
        stored = next((o for o in await self._setup.operators() if o["email"] == row["email"]), None)
        if stored is None:
            if not dry_run:
                await self._setup.add_operator(self._by, {"name": row["email"], "roles": ["operator"], **row})
            return [f"operator {row['email']}: added"]
        changes = _differences(row, stored)
        if changes and not dry_run:
            await self._setup.change_operator(self._by, OperatorId(stored["id"]), changes)
        return [f"operator {row['email']}: {', '.join(changes)}"] if changes else []

    async def _line(self, row: dict[str, Any], *, dry_run: bool) -> list[str]:
        if "members" in row:
            row = row | {"members": [await self._member(mail) for mail in row["members"]]}
        stored = next((line for line in await self._setup.lines() if line["name"] == row["name"]), None)
        if stored is None:
            if not dry_run:
                await self._setup.add_line(self._by, row)
            return [f"line {row['name']}: added"]
        changes = _differences(row, stored)
        if changes and not dry_run:
            await self._setup.change_line(self._by, LineId(stored["id"]), changes)
        return [f"line {row['name']}: {', '.join(changes)}"] if changes else []

    async def _channel(self, row: dict[str, Any], *, dry_run: bool) -> list[str]:
        if "line" in row:
            row = row | {"line_id": await self._line_id(row.pop("line"))}
        stored = next((c for c in await self._channels.all() if c["name"] == row["name"]), None)
        if stored is None:
            if "kind" not in row or "line_id" not in row:
                raise ConfigError(f"The new channel “{row['name']}” needs kind and line.")
            if not dry_run:
                await self._channels.add(self._by, row)
            return [f"channel {row['name']}: added"]
        changes = _differences(row, stored)
        if changes and not dry_run:
            await self._channels.change(self._by, ChannelId(stored["id"]), changes)
        return [f"channel {row['name']}: {', '.join(changes)}"] if changes else []

    async def _canned(self, row: dict[str, Any], *, dry_run: bool) -> list[str]:
        everything = await self._setup.canned(self._by)
        stored = next((c for c in everything if c["shortcut"] == row["shortcut"] and not c["operator_id"]), None)
        if stored is not None and not _differences(row, stored):
            return []
        if not dry_run:
            await self._setup.save_canned(self._by, row, id=stored["id"] if stored else None, new=stored is None)
        return [f"canned /{row['shortcut']}: {'changed' if stored else 'added'}"]

    async def _member(self, mail: str) -> str:
        found = next((o["id"] for o in await self._setup.operators() if o["email"] == mail), None)
        if found is None and mail in self._coming:
            return mail
        if found is None:
            raise ConfigError(f"There is no operator {mail}; add one under operators.")
        return str(found)

    async def _line_id(self, name: str) -> str:
        found = next((line["id"] for line in await self._setup.lines() if line["name"] == name), None)
        if found is None and name in self._coming:
            return name
        if found is None:
            raise ConfigError(f"There is no line “{name}”; add one under lines.")
        return str(found)


def _pick(row: Mapping[str, Any], names: Sequence[str]) -> dict[str, Any]:
    return {name: row[name] for name in names if name in row}


def _checked(row: Any, names: Sequence[str], key: str) -> dict[str, Any]:
    if not isinstance(row, Mapping) or not row.get(key):
        raise ConfigError(f"Each entry needs “{key}”.")
    unknown = [name for name in row if name not in names]
    if unknown:
        raise ConfigError(f"{row[key]}: unknown key “{unknown[0]}”; use {', '.join(names)}.")
    return dict(row)


def _differences(row: Mapping[str, Any], stored: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if _plain(stored.get(name)) != _plain(value)}


def _plain(value: Any) -> Any:
    match value:
        case Mapping():
            return {str(key): _plain(inner) for key, inner in value.items()}
        case list() | tuple():
            return [_plain(inner) for inner in value]
        case _:
            return value
