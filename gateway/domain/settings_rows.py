"""The shapes in which settings go to screens: lines, channels, canned replies, quarantined input. Companion of domain/rows.

Secrets of a channel are replaced by MASK before anything leaves this module; MASK coming back means "unchanged", for as long
as the place it is sent to is unchanged too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from gateway.domain.channel import Channel
from gateway.domain.errors import ConfigError
from gateway.domain.line import Line
from gateway.domain.rows import Row, stamp
from gateway.domain.schedule import DAYS, Schedule, show_range
from gateway.domain.sentence import sentence

MASK = "••••"
PLACES = ("host", "port", "security", "api_base", "token_url", "url")  # settings that say where secrets beside them are sent


def line_row(line: Line, *, now: datetime) -> Row:
    """A line with its hours as people write them, and whether it is open now."""
    row = asdict(line)
    row.pop("version")
    return row | {
        "members": list(line.members), "schedule": schedule_row(line.schedule), "open_now": line.schedule.is_open(now),
        "opens_at": stamp(line.schedule.next_opening(now)), "version": line.version,
    }  # fmt: skip


def schedule_row(schedule: Schedule) -> Row:
    """`{zone, always, week: {mon: ["09:00-18:00"]}, exceptions: {"2026-12-25": []}}`."""
    return {
        "zone": schedule.zone,
        "always": schedule.always,
        "week": {day: [show_range(span) for span in spans] for day, spans in zip(DAYS, schedule.week, strict=True)},
        "exceptions": {day.isoformat(): [show_range(s) for s in spans] for day, spans in sorted(schedule.exceptions.items())},
    }


def channel_row(channel: Channel, *, secrets: Sequence[str], install: Mapping[str, Any]) -> Row:
    """A channel; `secrets` are the dotted paths of its settings that read back as MASK."""
    return {
        "id": channel.id, "kind": channel.kind, "line_id": channel.line_id, "name": channel.name, "key": channel.key,
        "settings": masked(channel.settings, secrets=secrets), "enabled": channel.enabled, "health": channel.health,
        "problem": channel.problem, "last_ok_at": stamp(channel.last_ok_at), "last_event_at": stamp(channel.last_event_at),
        "created_at": stamp(channel.created_at), "version": channel.version, "install": dict(install),
        "said": channel.said,
    }  # fmt: skip


def masked(settings: Mapping[str, Any], *, secrets: Sequence[str], path: str = "") -> Row:
    """The settings with every non-empty secret replaced. A secret that is a tree is replaced whole."""
    out: Row = {}
    for name, value in settings.items():
        here = f"{path}{name}"
        if here in secrets:
            out[name] = MASK if value else value
        elif isinstance(value, Mapping):
            out[name] = masked(value, secrets=secrets, path=f"{here}.")
        else:
            out[name] = value
    return out


def unmasked(new: Mapping[str, Any], *, old: Mapping[str, Any], moved: bool = False) -> Row:
    """`new` with each MASK replaced by what was there. A MASK with nothing behind it disappears.

    Raises ConfigError for a MASK below or beside a changed place: a secret may be written, and not be sent elsewhere to be read.
    """
    out: Row = {}
    moved = moved or any(place in new and new[place] != old.get(place) for place in PLACES)
    for name, value in new.items():
        before = old.get(name)
        if value == MASK:
            if before is not None and moved:
                raise ConfigError(
                    sentence("config.secret_again", "“{name}” would go to another server now; write it again.", name=name)
                )
            if before is not None:
                out[name] = before
        elif isinstance(value, Mapping):
            out[name] = unmasked(value, old=before if isinstance(before, Mapping) else {}, moved=moved)
        else:
            out[name] = value
    return out
