"""PostgreSQL: everything a transaction has to write as one statement, so that it costs one round trip (docs/adr/0002).

Each table's rows become one part of a WITH; a single row goes as plain parameters, many as one array per column. Texts depend
only on which parts there are, and are kept. Parts run in no promised order, so one table is never in two of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from gateway.store import tables as t
from gateway.store.events import Row
from gateway.store.statements import insert_many_text, insert_text, update_many_text, update_text
from gateway.store.writes import Write

_TEXTS: dict[tuple[Any, ...], str] = {}
EVENT_COLUMNS = ", ".join(f'"{column.name}"' for column in t.event.columns)


def may_go_together(writes: Sequence[Write]) -> bool:
    """Is no table written in two ways?"""
    return len({write.table.name for write in writes}) == len(writes)


def together(writes: Sequence[Write], events: Sequence[Row]) -> tuple[str, list[Any]]:
    """The statement and its parameters. events: their rows, numbered from one.

    It answers how many rows each part touched, then the number of the last event.
    """
    signature = (*(write.signature for write in writes), bool(events))
    values: list[Any] = []
    starts: list[int] = []
    for write in writes:
        starts.append(len(values) + 1)
        values += _values(write)
    starts.append(len(values) + 1)
    if events:
        values += [len(events), *map(list, zip(*events, strict=True))]
    if (text := _TEXTS.get(signature)) is None:
        text = _TEXTS[signature] = _text(writes, starts, numbered=bool(events))
    return text, values


def _text(writes: Sequence[Write], starts: Sequence[int], *, numbered: bool) -> str:
    parts = [f"w{place} AS ({_part(write, starts[place])} RETURNING 1)" for place, write in enumerate(writes)]
    answers = [f"(SELECT count(*) FROM w{place})" for place in range(len(writes))]
    if numbered:
        parts += _numbering(starts[-1])
        answers.append("(SELECT value FROM counted)")
    return f"WITH {', '.join(parts)} SELECT {', '.join(answers)}"


def _part(write: Write, start: int) -> str:
    one = len(write.rows) == 1
    if write.key:
        if one:
            return update_text(write, engine="postgresql", start=start)
        return update_many_text(write, start=start)
    if one:
        return insert_text(write.table, engine="postgresql", conflict=write.conflict, start=start)
    return insert_many_text(write.table, conflict=write.conflict, start=start)


def _numbering(start: int) -> list[str]:
    kinds = {"seq": "BIGINT", "at": "BIGINT"}
    arrays = ", ".join(
        f"${start + place}::{kinds.get(column.name, 'TEXT')}[]" for place, column in enumerate(t.event.columns, 1)
    )
    chosen = ", ".join(f'u."{column.name}"' for column in list(t.event.columns)[1:])
    by, source = f"${start}::BIGINT", f"FROM counted, UNNEST({arrays}) AS u ({EVENT_COLUMNS})"
    return [
        f"counted AS (UPDATE counter SET value = value + {by} WHERE name = 'event' RETURNING value)",
        f"stored AS (INSERT INTO event ({EVENT_COLUMNS}) SELECT counted.value - {by} + u.seq, {chosen} {source})",
    ]


def _values(write: Write) -> list[Any]:
    return list(write.rows[0]) if len(write.rows) == 1 else list(map(list, zip(*write.rows, strict=True)))
