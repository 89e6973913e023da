"""A Letter read from the database: all an adapter needs to send one message. Part of ports.store.Deliveries.

Nothing here comes from what a visitor typed into a field of ours; subject and references follow RFC 5322 section 3.6.4.
"""

from __future__ import annotations

from typing import Any, cast

import orjson
from sqlalchemy import bindparam, select

from gateway.domain.channel import TRAITS
from gateway.domain.delivery import Delivery, Letter, Quotation
from gateway.domain.dialogue import Dialogue
from gateway.domain.errors import NotFound
from gateway.domain.message import AnyMessage, OutboundMessage
from gateway.store import tables as t
from gateway.store.columns import constant, instant
from gateway.store.nouns import ATTACHMENT, DIALOGUE, MESSAGE
from gateway.store.shapes import Shape
from gateway.store.statements import Sql
from gateway.store.unit_of_work import Transaction

REFERENCES_KEPT = 20
_M = t.message
_SHAPE = cast("Shape[AnyMessage]", MESSAGE)
WITH_PLACE = Sql(
    select(
        *MESSAGE.columns,
        *DIALOGUE.columns,
        t.contact.c.locale,
        t.operator.c.name,
        t.line.c.name,
        t.line.c.locale,
        t.line.c.schedule,
        t.channel.c.kind,
    )
    .join(t.dialogue, t.dialogue.c.id == _M.c.dialogue_id)
    .join(t.contact, t.contact.c.id == t.dialogue.c.contact_id)
    .outerjoin(t.operator, t.operator.c.id == _M.c.operator_id)
    .outerjoin(t.channel, t.channel.c.id == _M.c.channel_id)
    .outerjoin(t.line, t.line.c.id == t.channel.c.line_id)
    .where(_M.c.id == bindparam("id"))
)
EARLIER = Sql(
    select(_M.c.id, _M.c.external_id)
    .where(_M.c.dialogue_id == bindparam("dialogue_id"), _M.c.seq < bindparam("seq"), _M.c.external_id.is_not(None))
    .order_by(_M.c.seq.desc())
    .limit(bindparam("limit"))
)
ANSWERED = Sql(
    select(_M.c.type, _M.c.at, _M.c.text, _M.c.data)
    .where(_M.c.dialogue_id == bindparam("dialogue_id"), _M.c.seq < bindparam("seq"), _M.c.deleted_at.is_(None))
    .where(t.INBOUND | (t.OUTBOUND & (_M.c.automatic == constant(0))))
    .order_by(_M.c.seq.desc())
    .limit(constant(1))
)
EXTERNAL = Sql(select(_M.c.external_id).where(_M.c.id == bindparam("id")))
FILES = Sql(select(*ATTACHMENT.columns).where(t.attachment.c.message_id == bindparam("id")).order_by(t.attachment.c.id))


async def letter_of(transaction: Transaction, delivery: Delivery) -> Letter:
    """Raises NotFound if the message is gone."""
    rows = await transaction.rows(WITH_PLACE, {"id": delivery.message_id})
    if not rows:
        raise NotFound("There is no such message.")
    message, dialogue = _outbound(_SHAPE.load(rows[0])), DIALOGUE.load(rows[0], at=MESSAGE.width)
    locale, operator_name, *line, kind = rows[0][MESSAGE.width + DIALOGUE.width :]
    line_name, line_locale, schedule = line
    given = {"dialogue_id": dialogue.id, "seq": message.seq, "limit": REFERENCES_KEPT}
    earlier = await transaction.rows(EARLIER, given)
    return Letter(
        message=message,
        key=delivery.id,
        dialogue_key=dialogue.address,
        recipients=dialogue.recipients,
        subject=message.subject or dialogue.subject,
        reply_to_external_id=await _replied_to(transaction, message, earlier),
        references=[row[1] for row in reversed(earlier)],
        files=await transaction.all(FILES, ATTACHMENT, {"id": message.id}),
        sender_name=operator_name or line_name or "",
        locale=locale or line_locale,
        quotation=await _answered(transaction, message, dialogue, schedule) if kind and TRAITS[kind].quotes else None,
    )


async def _answered(
    transaction: Transaction, message: OutboundMessage, dialogue: Dialogue, schedule: str | None
) -> Quotation | None:
    """What was said last, if the contact said it: a second answer does not repeat it, an automatic one never quotes."""
    if message.automatic:
        return None
    rows = await transaction.rows(ANSWERED, {"dialogue_id": dialogue.id, "seq": message.seq})
    if not rows or rows[0][0] != "inbound":
        return None
    _, at, text, data = rows[0]
    author = orjson.loads(data).get("from") or {}
    return Quotation(
        at=instant(at), text=text, name=author.get("name", ""),
        address=author.get("address") or next(iter(dialogue.recipients), ""),
        zone=orjson.loads(schedule)["zone"] if schedule else "UTC",
    )  # fmt: skip


def _outbound(message: AnyMessage) -> OutboundMessage:
    if not isinstance(message, OutboundMessage):
        raise NotFound("Only an outbound message can be sent.")
    return message


async def _replied_to(transaction: Transaction, message: OutboundMessage, earlier: Any) -> str | None:
    if message.reply_to is None:
        return None
    near = next((row[1] for row in earlier if row[0] == message.reply_to), None)
    if near is not None:
        return str(near)
    rows = await transaction.rows(EXTERNAL, {"id": message.reply_to})
    return rows[0][0] if rows else None
