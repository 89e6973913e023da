"""The messages of a dialogue, with their files, deliveries and calls. A page costs a few statements."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, cast

from sqlalchemy import bindparam, select

from gateway.domain import rows
from gateway.domain.call import Call, Recording
from gateway.domain.delivery import Delivery
from gateway.domain.errors import NotFound
from gateway.domain.ids import CallId, ConversationId
from gateway.domain.message import AnyMessage, CallEntry, OutboundMessage
from gateway.ports.views import Page, Row, Scope
from gateway.store import tables as t
from gateway.store.messages import SqlMessages
from gateway.store.nouns import CALL, DELIVERY, MESSAGE, RECORDING
from gateway.store.shapes import Shape
from gateway.store.statements import Sql, is_in
from gateway.store.unit_of_work import Transaction
from gateway.store.views.inbox import ANYONE
from gateway.store.views.paging import LONGEST
from gateway.store.views.scope import sees_conversation, values_of

_M = t.message
_SHAPE = cast("Shape[AnyMessage]", MESSAGE)
_OF = select(*MESSAGE.columns).where(_M.c.dialogue_id == bindparam("dialogue_id"))
BEFORE = Sql(_OF.where(_M.c.seq < bindparam("seq")).order_by(_M.c.seq.desc()).limit(bindparam("limit")))
AFTER = Sql(_OF.where(_M.c.seq > bindparam("seq")).order_by(_M.c.seq).limit(bindparam("limit")))
DELIVERIES = Sql(select(*DELIVERY.columns).where(is_in(t.delivery.c.message_id, "ids")).order_by(t.delivery.c.id))
CALLS = Sql(select(*CALL.columns).where(is_in(t.call.c.id, "ids")))
RECORDINGS = Sql(select(*RECORDING.columns).where(is_in(t.recording.c.call_id, "ids")).order_by(t.recording.c.id))
END = 1 << 60


@cache
def _dialogue(sees_all: bool) -> Sql:
    sees = sees_conversation(ANYONE[0 if sees_all else 1])
    return Sql(select(t.conversation.c.dialogue_id).where(t.conversation.c.id == bindparam("id"), sees))


@dataclass(frozen=True, slots=True)
class Span:
    """Which messages: before a number (None = the newest), or after one."""

    before: int | None
    after: int | None
    limit: int


async def thread(transaction: Transaction, scope: Scope, id: ConversationId, span: Span) -> Page:
    """A page of the dialogue in ascending order; next_cursor is the `before` of the older page (`after` of the newer one)."""
    found = await transaction.rows(_dialogue(scope.lines is None), values_of(scope) | {"id": id})
    if not found:
        raise NotFound("There is no such conversation.")
    limit = min(max(1, span.limit), LONGEST)
    given = {"dialogue_id": found[0][0], "limit": limit + 1}
    if span.after is not None:
        read = await transaction.all(AFTER, _SHAPE, given | {"seq": span.after})
        shown, further = read[:limit], len(read) > limit
        return Page(await message_rows(transaction, shown), str(shown[-1].seq) if further else None)
    read = await transaction.all(BEFORE, _SHAPE, given | {"seq": END if span.before is None else span.before})
    shown, further = read[:limit][::-1], len(read) > limit
    return Page(await message_rows(transaction, shown), str(shown[0].seq) if further else None)


async def message_rows(transaction: Transaction, messages: Sequence[AnyMessage]) -> list[Row]:
    """Messages with all that hangs on them."""
    files = await SqlMessages(transaction).attachments([message.id for message in messages])
    sent = [message.id for message in messages if isinstance(message, OutboundMessage)]
    carried: dict[Any, Delivery] = {}
    if sent:
        carried = {one.message_id: one for one in await transaction.all(DELIVERIES, DELIVERY, {"ids": sent})}
    calls = await call_rows(transaction, [message.call_id for message in messages if isinstance(message, CallEntry)])
    return [
        rows.message_row(
            message, files=files.get(message.id, ()), delivery=carried.get(message.id),
            call=calls.get(message.call_id) if isinstance(message, CallEntry) else None,
        )
        for message in messages
    ]  # fmt: skip


async def call_rows(transaction: Transaction, ids: Sequence[CallId]) -> dict[CallId, dict[str, Any]]:
    """Calls by id, with their recordings."""
    if not ids:
        return {}
    calls: Sequence[Call] = await transaction.all(CALLS, CALL, {"ids": list(ids)})
    sounds: dict[CallId, list[Recording]] = {}
    for sound in await transaction.all(RECORDINGS, RECORDING, {"ids": list(ids)}):
        sounds.setdefault(sound.call_id, []).append(sound)
    return {call.id: rows.call_row(call, recordings=sounds.get(call.id, ())) for call in calls}
