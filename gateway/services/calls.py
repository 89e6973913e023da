"""The step where call facts become a Call: fold, recognise the caller, show it, and make work of what was missed.

Facts come inside intake's transaction in any order; the outcome is settled a little later by a timer, because a late fact may
still turn a missed call into an answered one (docs/adr/0008). May talk to: ports, domain, services.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from gateway.domain import rows
from gateway.domain.call import Call, CallFact, Recording
from gateway.domain.call_fold import fold, settle
from gateway.domain.event import Event
from gateway.domain.ids import CallId, ChannelId, ConversationId, RecordingId
from gateway.domain.inbound import Accepted, CallReported, Claim, Sender
from gateway.domain.line import Line
from gateway.domain.message import CallEntry
from gateway.domain.missed import MissedCall
from gateway.ports.core import Core
from gateway.ports.records import Errand
from gateway.ports.store import UnitOfWork
from gateway.services import arrivals, queueing
from gateway.services.directory import Directory
from gateway.services.numbers import normalise
from gateway.services.recognition import Occasion, Recognised, lead_for
from gateway.services.scene import Scene

SETTLE_AFTER, QUIET_AFTER = timedelta(seconds=3), timedelta(seconds=31)
PRESUMED_WITHIN = timedelta(hours=13)
MISSED = ("missed_off_hours", "missed_abandoned", "missed_no_answer", "missed_busy", "voicemail", "rejected")


async def hear(uow: UnitOfWork, core: Core, directory: Directory, event: CallReported) -> Accepted:
    """Apply one fact; the same again changes nothing."""
    fact, channel = event.fact, directory.channel(event.channel_id)
    line = directory.line(channel.line_id)
    stored = await uow.calls.by_key(channel.id, fact.key)
    call = stored or Call(CallId(core.ids.new("cal")), channel.id, line.id, fact.key)
    if fact.fact_id in call.seen:
        return Accepted(False)
    call = fold(call, fact, operator_of=directory.by_device)
    if fact.kind.startswith("recording."):
        await _note_recording(uow, core, call, fact)
    if call.dialogue_id is None and call.direction != "internal":
        call = await _place(uow, core, directory, call, line)
    await _look_again(uow, core, call)
    call = replace(call, updated_at=core.clock.now())
    await (uow.calls.save(call) if stored else uow.calls.add(call))
    await tell(uow, core, call)
    return Accepted(True, conversation_id=call.conversation_id)


async def _look_again(uow: UnitOfWork, core: Core, call: Call) -> None:
    """A call whose end was reported is settled soon; one whose end was lost is presumed over by and by."""
    after = SETTLE_AFTER if call.ended_at else QUIET_AFTER
    payload = {"channel_id": call.channel_id, "key": call.key}
    await uow.outbox.put("call.settle", call.id, due_at=core.clock.now() + after, payload=payload)


async def tell(uow: UnitOfWork, core: Core, call: Call) -> None:
    """Everyone on the line sees the call as it stands."""
    name = (await uow.contacts.get(call.contact_id)).name if call.contact_id else ""
    row = rows.call_row(call, contact_name=name, recordings=await uow.calls.recordings(call.id))
    uow.emit(
        Event(
            "call.updated",
            core.clock.now(),
            "line",
            {"call": row},
            line_id=call.line_id,
            lead_id=call.lead_id,
            dialogue_id=call.dialogue_id,
            conversation_id=call.conversation_id,
        )
    )


async def _place(uow: UnitOfWork, core: Core, directory: Directory, call: Call, line: Line) -> Call:
    """Tie it to who calls, with an entry in their thread. An anonymous caller has no place."""
    number = normalise(call.remote, region=line.region)
    if not number:
        return call
    scene = await _scene(uow, core, directory, _door(call, number))
    who = scene.who or Recognised(scene.contact, False, "same_phone")
    source = {"channel_kind": "pbx", "channel": scene.channel.name, "line": line.name, "dialled": call.dialled}
    title = scene.contact.name or number
    occasion = Occasion(None, title, source, reachable=True, at=scene.now)
    lead, _ = await lead_for(uow, core, who, line, occasion)
    conversation = scene.conversation if scene.conversation and not scene.conversation.ended else None
    entry = CallEntry(
        id=scene.new_message_id(), dialogue_id=scene.dialogue.id, seq=scene.next_seq(), text="", call_id=call.id,
        conversation_id=conversation.id if conversation else None, at=call.started_at or scene.now, created_at=scene.now,
    )  # fmt: skip
    await scene.add(entry)
    await scene.leave()
    placed = call.with_places(contact_id=scene.contact.id, lead_id=lead.id, dialogue_id=scene.dialogue.id)
    return replace(placed, remote=number, conversation_id=entry.conversation_id)


def _door(call: Call, number: str) -> arrivals.Door:
    return arrivals.Door(call.channel_id, number, Sender((Claim("phone", number),), name=call.remote_name))


async def _scene(uow: UnitOfWork, core: Core, directory: Directory, door: arrivals.Door) -> Scene:
    key = (door.channel_id, door.key)
    place = (await uow.dialogues.places([key])).get(key)
    return arrivals.scene_at(uow, core, directory, place) if place else await arrivals.enter(uow, core, directory, door)


async def _note_recording(uow: UnitOfWork, core: Core, call: Call, fact: CallFact) -> None:
    key = fact.recording_id or fact.fact_id
    known = next((r for r in await uow.calls.recordings(call.id) if r.key == key), None)
    if not fact.recording_url or (known and (known.state == "stored" or known.source_url == fact.recording_url)):
        return  # another address for what is not here yet is worth a try: links run out, and are mended
    recording = Recording(
        known.id if known else RecordingId(core.ids.new("rec")), call.id, key, fact.recording_url,
        duration_s=fact.duration_s, consent=fact.consent, created_at=core.clock.now(),
    )  # fmt: skip
    await uow.calls.save_recording(recording)
    payload = {"channel_id": call.channel_id}
    await uow.outbox.put("recording.fetch", recording.id, due_at=core.clock.now(), payload=payload)


class Settler:
    """The outbox step `call.settle`: fixes the outcome and makes, or takes back, call-back work."""

    def __init__(self, core: Core, directory: Directory) -> None:
        self._core, self._directory = core, directory

    async def settle(self, errand: Errand) -> None:
        """Decide what this call came to. Running again is harmless; a later fact may upgrade missed to answered."""
        payload = dict(errand.payload or {})
        channel_id, key = ChannelId(payload["channel_id"]), str(payload["key"])

        async def work(uow: UnitOfWork) -> None:
            call = await uow.calls.by_key(channel_id, key)
            if call is None:
                return
            line = self._directory.line(call.line_id)
            settled = self._with_outcome(call, line)
            if settled.outcome is None:
                if call.updated_at and self._core.clock.now() - call.updated_at < PRESUMED_WITHIN:
                    await _look_again(uow, self._core, call)
                return
            number = settled.remote if settled.dialogue_id else None
            missed = settled.outcome in MISSED and call.outcome not in MISSED  # not known as missed already
            if number and missed and settled.direction == "inbound" and line.callback_missed:
                settled = await self._call_back(uow, settled, number)
            elif number and settled.outcome == "answered":
                await self._called_back(uow, settled, number)
            if settled != call:
                settled = replace(settled, updated_at=self._core.clock.now())
                await uow.calls.save(settled)
                await tell(uow, self._core, settled)

        await self._core.store.run(work)
        await self._core.signals.nudge("router")

    def _with_outcome(self, call: Call, line: Line) -> Call:
        line_open = call.started_at is None or line.schedule.is_open(call.started_at)
        short = timedelta(seconds=line.short_abandon_seconds)
        return settle(call, now=self._core.clock.now(), short_abandon=short, line_open=line_open)

    async def _call_back(self, uow: UnitOfWork, call: Call, number: str) -> Call:
        scene = await _scene(uow, self._core, self._directory, _door(call, number))
        at = call.ended_at or scene.now
        begun = scene.conversation is None or scene.conversation.ended
        if begun:
            conversation_id = ConversationId(self._core.ids.new("cnv"))
            source = {"channel_kind": "pbx", "channel": scene.channel.name, "line": scene.line.name}
            occasion = Occasion(conversation_id, scene.contact.name or number, source, True, scene.now)
            await arrivals.begin(scene, occasion, purpose="callback", at=at, subject=None)
        missed = MissedCall(number, int(call.waited_s or 0))
        scene.conversation = replace(
            scene.talk.heard(at=at, preview=missed.line), priority=scene.talk.priority + (0 if begun else 1)
        )
        scene.emit("conversation.updated", actor="contact", missed_call=call.id)
        if begun:
            await queueing.enter_line(scene, automatic=True)
        elif entry := await uow.queue.entry(scene.talk.id):
            await uow.queue.put(replace(entry, priority=scene.talk.priority))
        await scene.leave()
        return replace(call, conversation_id=scene.talk.id)

    async def _called_back(self, uow: UnitOfWork, call: Call, number: str) -> None:
        scene = await _scene(uow, self._core, self._directory, _door(call, number))
        talk = scene.conversation
        if talk is None or talk.ended or talk.purpose != "callback":
            return
        await queueing.finish(scene, actor="line", key="called_back", facts={"call_id": call.id})
        await scene.leave()
