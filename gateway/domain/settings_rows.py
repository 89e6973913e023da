"""The shapes in which settings go to screens: lines, channels, canned replies, quarantined input. Companion of domain/rows.

Secrets of a channel are masked before anything leaves this module (domain/masks).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from gateway.domain.channel import Channel
from gateway.domain.line import Line
from gateway.domain.masks import masked
from gateway.domain.rows import Row, stamp
from gateway.domain.schedule import DAYS, Schedule, show_range


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
