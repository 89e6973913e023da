"""A thread that the network knows under another name from now on (a Telegram group that became a supergroup).

The dialogue takes the new key, with its history, its conversation and what is still to be delivered. Under the old key stays a
mark that says where it went, for what was said there and is read later. Telegram tells of it up to three times, in any order:
in the old chat, in the new chat, and in answer to a letter (https://core.telegram.org/bots/api#responseparameters).
May talk to: ports, domain.
"""

from __future__ import annotations

from dataclasses import replace

from gateway import logs
from gateway.domain.dialogue import MOVED_TO, Dialogue
from gateway.domain.ids import DialogueId
from gateway.domain.inbound import Accepted, DialogueMoved
from gateway.ports.core import Core
from gateway.ports.records import Place
from gateway.ports.store import UnitOfWork

log = logs.get("moves")


async def follow(core: Core, moved: DialogueMoved) -> Accepted:
    """Returns after the commit; told again, or of a thread that nobody ever wrote in, it changes nothing.

    A transaction of its own: a batch of the intake has looked its dialogues up by the keys they had.
    """
    new = await core.store.run(lambda uow: _follow(uow, core, moved))
    if new:
        log.info("dialogue.moved", channel=moved.channel_id)
        await core.signals.nudge("deliveries")
    return Accepted(new)


async def _follow(uow: UnitOfWork, core: Core, moved: DialogueMoved) -> bool:
    old, new = (moved.channel_id, moved.dialogue_key), (moved.channel_id, moved.moved_to)
    found = await uow.dialogues.places([old, new])
    left, entered = found.get(old), found.get(new)
    if left is None or left.dialogue.moved_to or moved.dialogue_key == moved.moved_to:
        return False
    if entered is not None and _runs(entered) and not _runs(left):
        await uow.dialogues.save(_marked(left.dialogue, moved))  # somebody works there already; nobody does here
        return True
    if entered is not None:
        await uow.dialogues.save(replace(_marked(entered.dialogue, moved), key=f"moved:{entered.dialogue.id}"))
        await uow.dialogues.find(new)  # written now: two dialogues cannot have one key even for a moment
    await uow.dialogues.save(replace(left.dialogue, key=moved.moved_to))
    id, now = DialogueId(core.ids.new("dlg")), core.clock.now()
    mark = Dialogue(id, moved.channel_id, moved.dialogue_key, left.dialogue.contact_id, now)
    await uow.dialogues.add(_marked(mark, moved))
    return True


def _runs(place: Place) -> bool:
    return place.conversation is not None and not place.conversation.ended


def _marked(dialogue: Dialogue, moved: DialogueMoved) -> Dialogue:
    return replace(dialogue, data={**dialogue.data, MOVED_TO: moved.moved_to})
