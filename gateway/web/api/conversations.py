"""Lists, counters and the moves of a conversation (section 2)."""

from __future__ import annotations

from typing import Literal

from pydantic import AwareDatetime, Field

from gateway.domain.conversation import Conversation
from gateway.domain.errors import NotFound
from gateway.domain.ids import ConversationId, LeadId, LineId, OfferId, OperatorId
from gateway.domain.operator import Permission
from gateway.domain.rows import Row
from gateway.services.access import require_hand, visible
from gateway.web import shapes
from gateway.web.api.common import V1, Searched, must_see, page
from gateway.web.openapi import Items, Page
from gateway.web.routes import Ask, Form, Routes

routes = Routes("conversations")
ANSWER, ONE = Permission.ANSWER, f"{V1}/conversations/{{conversation_id}}"
ID = Field(min_length=1, max_length=80)


class Listed(Searched):
    """Which conversations."""

    tab: Literal["mine", "waiting", "all", "closed"] = "all"
    line_id: str | None = Field(default=None, max_length=80)


class Offered(Form):
    """Which offer is answered; a stale epoch is refused."""

    offer_id: str = ID
    epoch: int = Field(ge=0)


class AssignTo(Form):
    """null = back to the queue."""

    operator_id: str | None = Field(max_length=80)


class Closing(Form):
    """Why."""

    reason: str = Field(default="", max_length=200)


class Snoozing(Form):
    """Until when, with a zone."""

    until: AwareDatetime


class SeenUpTo(Form):
    """The seq of the newest message on the screen."""

    seq: int = Field(ge=0)


class AttachTo(Form):
    """null = a lead of its own."""

    lead_id: str | None = Field(max_length=80)


class Empty(Form):
    """No body."""


@routes.get(f"{V1}/conversations", ANSWER, returns=Page(shapes.Row))
async def list_conversations(ask: Ask, query: Listed) -> Row:
    """Conversations of a tab."""
    line = LineId(query.line_id) if query.line_id else None
    return page(
        await ask.cases.views.inbox(
            ask.scope, tab=query.tab, line_id=line, query=query.q, cursor=query.cursor, limit=query.limit
        )
    )


@routes.get(f"{V1}/counts", ANSWER, returns=shapes.Counts)
async def counts(ask: Ask) -> Row:
    """Figures for the rail."""
    return dict(await ask.cases.views.counts(ask.scope))


@routes.get(ONE, ANSWER, returns=shapes.Conversation)
async def read_conversation(ask: Ask, conversation_id: str) -> Row:
    """One conversation with everything around it."""
    return dict(await ask.cases.views.conversation(ask.scope, ConversationId(conversation_id)))


@routes.get(f"{ONE}/decisions", Permission.STEER, returns=Items(shapes.Decision))
async def list_decisions(ask: Ask, conversation_id: str) -> Row:
    """Who was asked, and why."""
    return {"items": list(await ask.cases.views.decisions(ask.scope, ConversationId(conversation_id)))}


@routes.post(f"{ONE}/accept", ANSWER, returns=shapes.Conversation)
async def accept_offer(ask: Ask, conversation_id: str, body: Offered) -> Row:
    """Accept an offer; 409 with `taken_by` if somebody was faster."""
    id = await must_see(ask, conversation_id)
    return await _full(ask, id, await ask.cases.offers.accept(ask.by, OfferId(body.offer_id), body.epoch))


@routes.post(f"{ONE}/decline", ANSWER, status=204)
async def decline_offer(ask: Ask, conversation_id: str, body: Offered) -> None:
    """Decline an offer."""
    await must_see(ask, conversation_id)
    await ask.cases.offers.decline(ask.by, OfferId(body.offer_id), body.epoch)


@routes.post(f"{ONE}/take", ANSWER, returns=shapes.Conversation)
async def take_conversation(ask: Ask, conversation_id: str, body: Empty) -> Row:  # noqa: ARG001
    """Take a waiting one by hand."""
    id = await must_see(ask, conversation_id)
    return await _full(ask, id, await ask.cases.offers.take(ask.by, id))


@routes.post(f"{ONE}/assign", ANSWER, returns=shapes.Conversation)
async def assign_conversation(ask: Ask, conversation_id: str, body: AssignTo) -> Row:
    """Transfer: offered to that person; null = back to the queue."""
    id = await _in_hand(ask, conversation_id)
    to = OperatorId(body.operator_id) if body.operator_id else None
    return await _full(ask, id, await ask.cases.desk.assign(ask.by, id, to))


@routes.post(f"{ONE}/close", ANSWER, returns=shapes.Conversation)
async def close_conversation(ask: Ask, conversation_id: str, body: Closing) -> Row:
    """Finish it."""
    id = await _in_hand(ask, conversation_id)
    return await _full(ask, id, await ask.cases.desk.close(ask.by, id, reason=body.reason))


@routes.post(f"{ONE}/spam", ANSWER, returns=shapes.Conversation)
async def mark_as_spam(ask: Ask, conversation_id: str, body: Empty) -> Row:  # noqa: ARG001
    """Not a customer."""
    id = await _in_hand(ask, conversation_id)
    return await _full(ask, id, await ask.cases.desk.spam(ask.by, id))


@routes.post(f"{ONE}/reopen", ANSWER, returns=shapes.Conversation)
async def reopen_conversation(ask: Ask, conversation_id: str, body: Empty) -> Row:  # noqa: ARG001
    """Take an ended one up again."""
    id = await must_see(ask, conversation_id)
    return await _full(ask, id, await ask.cases.desk.reopen(ask.by, id))


@routes.post(f"{ONE}/snooze", ANSWER, returns=shapes.Conversation)
async def snooze_conversation(ask: Ask, conversation_id: str, body: Snoozing) -> Row:
    """Put it away until a moment."""
    id = await _in_hand(ask, conversation_id)
    return await _full(ask, id, await ask.cases.desk.snooze(ask.by, id, body.until))


@routes.post(f"{ONE}/wake", ANSWER, returns=shapes.Conversation)
async def wake_conversation(ask: Ask, conversation_id: str, body: Empty) -> Row:  # noqa: ARG001
    """Bring a snoozed one back."""
    id = await _in_hand(ask, conversation_id)
    return await _full(ask, id, await ask.cases.desk.wake(ask.by, id))


@routes.post(f"{ONE}/seen", ANSWER, status=204)
async def mark_seen(ask: Ask, conversation_id: str, body: SeenUpTo) -> None:
    """Everything up to `seq` was on the screen."""
    id = await must_see(ask, conversation_id)
    await ask.cases.desk.seen(ask.by, id, body.seq)


@routes.post(f"{ONE}/lead", ANSWER, returns=shapes.Conversation)
async def attach_to_lead(ask: Ask, conversation_id: str, body: AttachTo) -> Row:
    """Move it to another lead, or (null) to one of its own."""
    id, lead = await _in_hand(ask, conversation_id), LeadId(body.lead_id) if body.lead_id else None
    if lead is not None:
        await ask.cases.views.lead(ask.scope, lead)
    return await _full(ask, id, await ask.cases.desk.attach(ask.by, id, lead))


async def _in_hand(ask: Ask, conversation_id: str) -> ConversationId:
    scope, wanted = ask.scope, ConversationId(conversation_id)
    found: Conversation = await ask.cases.core.store.read(lambda uow: visible(uow, scope=scope, id=wanted))
    require_hand(ask.by, found)
    return wanted


async def _full(ask: Ask, id: ConversationId, row: Row) -> Row:
    """The whole conversation, or its row if the move took it out of the reader's sight."""
    try:
        return dict(await ask.cases.views.conversation(ask.scope, id))
    except NotFound:
        return row
