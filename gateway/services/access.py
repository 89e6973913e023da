"""Who may see and do what: the one place, for REST, lists, files, exports and sockets alike (docs/adr/0014).

An operator reads the conversations of the lines they are a member of, and on any line what they hold or are offered; with
SEE_ALL everything. The rooms a socket sits in are computed from the same scope, and an event names the rooms that may hear
it, so that "may this reader hear it" is one intersection. What a reader may not see does not exist: NotFound, never Forbidden.
"""

from __future__ import annotations

from collections.abc import Mapping

from gateway.domain.conversation import Conversation
from gateway.domain.errors import Forbidden, NotFound
from gateway.domain.event import Event
from gateway.domain.ids import AttachmentId, ConversationId, LineId, MessageId
from gateway.domain.line import Line
from gateway.domain.message import AnyMessage, Attachment
from gateway.domain.operator import Operator, Permission
from gateway.ports.store import UnitOfWork
from gateway.ports.views import Scope

EVERYONE, SEE_ALL, CONFIGURE = "everyone", "see_all", "configure"
FOR_EVERYONE = frozenset({"operator.presence", "settings.changed"})
UNSEEN = "There is no such thing, or it is not yours to see."


def scope_of(operator: Operator, *, lines: Mapping[LineId, Line]) -> Scope:
    """What this operator may read. An inactive one may read nothing."""
    if operator.may(Permission.SEE_ALL):
        return Scope(operator.id, None)
    mine = (line.id for line in lines.values() if operator.id in line.members) if operator.active else ()
    return Scope(operator.id, frozenset(mine))


def require(operator: Operator, permission: Permission) -> None:
    """Raises Forbidden."""
    if not operator.may(permission):
        raise Forbidden("Your role does not include this.")


def require_hand(operator: Operator, conversation: Conversation) -> None:
    """May this operator move the conversation? Raises Forbidden if a colleague holds it and the role may not steer."""
    if conversation.operator_id not in (None, operator.id):
        require(operator, Permission.STEER)


def rooms_of(operator: Operator, scope: Scope) -> frozenset[str]:
    """The rooms a socket of this operator sits in."""
    if not operator.active:
        return frozenset()
    rooms = {EVERYONE, f"operator:{operator.id}"}
    rooms |= {SEE_ALL} if scope.lines is None else {f"line:{line}" for line in scope.lines}
    if operator.may(Permission.CONFIGURE):
        rooms.add(CONFIGURE)
    return frozenset(rooms)


def audience(event: Event) -> frozenset[str]:
    """The rooms that may hear an event.

    Offers go to the person asked and to supervisors. What belongs to no line and is not meant for everyone (a contact that
    was only imported) goes to those who see all. Who holds the conversation, or just held it, hears of it on any line,
    and so does who is responsible for the lead, or just was. A contact is of every line where it has a conversation or a lead.
    """
    if event.type == "raw.quarantined":
        return frozenset({CONFIGURE})
    if event.type in FOR_EVERYONE or (event.type == "channel.health" and event.line_id is None):
        return frozenset({EVERYONE})
    rooms = {SEE_ALL, *(f"operator:{person}" for person in _persons(event))}
    if event.line_id is not None and not event.type.startswith("offer."):
        rooms.add(f"line:{event.line_id}")
    if event.type == "contact.updated":
        rooms |= {f"line:{line}" for line in event.data.get("lines", ())}
    return frozenset(rooms)


def may_hear(event: Event, *, operator: Operator, scope: Scope) -> bool:
    """The same rule for one reader."""
    return not rooms_of(operator, scope).isdisjoint(audience(event))


def _persons(event: Event) -> set[str]:
    persons: set[str | None] = {event.operator_id, event.data.get("left")}
    if event.type == "contact.updated":
        persons |= set(event.data.get("people", ()))
    conversation, call = event.data.get("conversation"), event.data.get("call")
    for lead in (event.data.get("lead"), event.data.get("before")):
        if isinstance(lead, Mapping):
            persons.add(lead.get("responsible_id"))
    if isinstance(conversation, Mapping):
        persons.add(conversation.get("operator_id"))
    if isinstance(call, Mapping):
        persons |= {leg.get("operator_id") for leg in call.get("legs", ())}
    return {person for person in persons if person}


async def visible(uow: UnitOfWork, *, scope: Scope, id: ConversationId) -> Conversation:
    """The conversation, if this reader may see it; raises NotFound."""
    conversation = await uow.conversations.get(id)
    if scope.lines is None or conversation.line_id in scope.lines or conversation.operator_id == scope.operator_id:
        return conversation
    if any(offer.operator_id == scope.operator_id for offer in await uow.queue.pending_of(id)):
        return conversation
    raise NotFound(UNSEEN)


async def visible_message(uow: UnitOfWork, *, scope: Scope, id: MessageId) -> AnyMessage:
    """A message, if its conversation is visible; raises NotFound. One without conversation is for those who see all."""
    message = await uow.messages.get(id)
    if message.conversation_id is not None:
        await visible(uow, scope=scope, id=message.conversation_id)
    elif scope.lines is not None:
        raise NotFound(UNSEEN)
    return message


async def visible_file(uow: UnitOfWork, *, scope: Scope, id: AttachmentId) -> Attachment:
    """A file, if its message is visible or if it is this reader's own upload that is not sent yet; raises NotFound."""
    attachment = await uow.messages.attachment(id)
    if attachment.message_id is not None:
        message = await visible_message(uow, scope=scope, id=attachment.message_id)
        if message.deleted_at is not None:
            raise NotFound(UNSEEN)
    elif attachment.owner != f"operator:{scope.operator_id}":
        raise NotFound(UNSEEN)
    return attachment
