"""What networks tell about messages that exist already: edits, deletions, delivery reports.

Runs inside intake's transaction. May talk to: ports, domain, services.scene.
"""

from __future__ import annotations

from dataclasses import replace

from gateway.domain import rows
from gateway.domain.ids import DialogueId, MessageId
from gateway.domain.inbound import (
    Accepted,
    DeliveryReported,
    MessageDeleted,
    MessageEdited,
)
from gateway.domain.message import InboundMessage
from gateway.ports.core import Core
from gateway.ports.store import UnitOfWork
from gateway.services.arrivals import scene_at
from gateway.services.directory import Directory
from gateway.services.scene import Scene

NOTHING = Accepted(False)


async def hear(
    uow: UnitOfWork, core: Core, directory: Directory, event: MessageEdited | MessageDeleted | DeliveryReported
) -> Accepted:
    """Apply it; what it speaks of may be unknown to us, then it changes nothing."""
    match event:
        case DeliveryReported():
            return await _delivery(uow, core, directory, event)
        case MessageEdited() | MessageDeleted():
            return await _change(uow, core, directory, event)


async def _change(uow: UnitOfWork, core: Core, directory: Directory, event: MessageEdited | MessageDeleted) -> Accepted:
    known = (await uow.messages.known(event.channel_id, [event.external_id])).get(event.external_id)
    if known is None:
        return NOTHING
    scene = await _scene_of(uow, core, directory, known.dialogue_id)
    message = await uow.messages.get(known.message_id)
    if not isinstance(message, InboundMessage):
        return NOTHING
    changed = _changed(message, event)
    if changed == message:
        return NOTHING
    await uow.messages.save(changed)
    files = (await uow.messages.attachments([changed.id])).get(changed.id, ())
    scene.emit("message.updated", actor="contact", message=rows.message_row(changed, files=files), before=message.text)
    await scene.leave()
    return Accepted(True, changed.id, changed.conversation_id, changed.seq)


def _changed(message: InboundMessage, event: MessageEdited | MessageDeleted) -> InboundMessage:
    if isinstance(event, MessageDeleted):
        return message if message.deleted_at else replace(message, deleted_at=event.at)
    if message.edited_at and message.edited_at > event.at:
        return message  # an older edit that came late; networks tell whole seconds, so of two in one the later to come counts
    return replace(message, text=event.text, edited_at=event.at)


async def _delivery(uow: UnitOfWork, core: Core, directory: Directory, event: DeliveryReported) -> Accepted:
    delivery = await uow.deliveries.by_external(event.channel_id, event.external_id)
    if delivery is None:
        return NOTHING
    scene = await _scene_of(uow, core, directory, delivery.dialogue_id)
    changed = (await uow.deliveries.get(delivery.id)).reported(event.state, now=event.at, text=event.text)
    if changed == delivery:
        return NOTHING
    await uow.deliveries.save(changed)
    if changed.state == "failed" and scene.conversation:
        scene.conversation = replace(scene.talk, troubled=True)
    tell_delivery(scene, delivery.message_id, rows.delivery_row(changed))
    await scene.leave()
    return Accepted(True, delivery.message_id)


def tell_delivery(scene: Scene, message_id: MessageId, row: rows.Row) -> None:
    """Everyone who looks at the message sees its new state."""
    scene.emit("delivery.updated", actor="line", message_id=message_id, delivery=row)


async def _scene_of(uow: UnitOfWork, core: Core, directory: Directory, dialogue_id: DialogueId) -> Scene:
    place = await uow.dialogues.lock(dialogue_id)
    return scene_at(uow, core, directory, place)
