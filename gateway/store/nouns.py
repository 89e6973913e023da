"""The shape of every noun in its table; the few whose insides are nested say how those are written. No rules here."""

from __future__ import annotations

from dataclasses import fields
from datetime import date
from typing import Any, ClassVar

import orjson

from gateway.domain.call import Call, CallFact, CallLeg, Recording
from gateway.domain.channel import Channel
from gateway.domain.contact import Contact, Identity
from gateway.domain.conversation import Conversation
from gateway.domain.delivery import Delivery
from gateway.domain.dialogue import Dialogue
from gateway.domain.lead import Lead
from gateway.domain.line import Line, Texts
from gateway.domain.message import AnyMessage, Attachment, CallEntry, InboundMessage, Note, OutboundMessage, SystemLine
from gateway.domain.offer import Offer, QueueEntry
from gateway.domain.operator import Operator, Presence
from gateway.domain.schedule import Schedule
from gateway.ports.records import Canned, Session
from gateway.store import tables as t
from gateway.store.columns import dump_json, instant, micros
from gateway.store.shapes import Row, Shape, conversions


def _dump_schedule(schedule: Schedule) -> str:
    exceptions = {day.isoformat(): ranges for day, ranges in schedule.exceptions.items()}
    return dump_json({"zone": schedule.zone, "week": schedule.week, "exceptions": exceptions, "always": schedule.always})


def _load_schedule(text: str) -> Schedule:
    found = orjson.loads(text)
    exceptions = {date.fromisoformat(day): _ranges(ranges) for day, ranges in found["exceptions"].items()}
    week = tuple(_ranges(day) for day in found["week"])
    return Schedule(zone=found["zone"], week=week, exceptions=exceptions, always=found["always"])


def _ranges(pairs: list[list[int]]) -> tuple[tuple[int, int], ...]:
    return tuple((start, end) for start, end in pairs)


def _dump_texts(texts: Texts) -> str:
    return dump_json({field.name: dict(getattr(texts, field.name)) for field in fields(texts)})


def _load_goals(text: str | None) -> dict[str, int]:
    return orjson.loads(text) if text else {}  # NULL in a line that an older program made


LEG_TIMES = ("ringing_at", "answered_at", "ended_at", "held_at")
LEG_FIELDS = tuple(field.name for field in fields(CallLeg))
FACT_FIELDS = tuple(field.name for field in fields(CallFact))


def _dump_legs(legs: tuple[CallLeg, ...]) -> str:
    return dump_json([_leg_out(leg) for leg in legs])


def _leg_out(leg: CallLeg) -> dict[str, Any]:
    out = {name: getattr(leg, name) for name in LEG_FIELDS}
    return out | {name: micros(out[name]) for name in LEG_TIMES if out[name]}


def _load_legs(text: str) -> tuple[CallLeg, ...]:
    return tuple(CallLeg(**leg | {name: instant(leg[name]) for name in LEG_TIMES if leg[name]}) for leg in orjson.loads(text))


def _dump_facts(facts: tuple[CallFact, ...]) -> str:
    return dump_json([{name: getattr(fact, name) for name in FACT_FIELDS} | {"at": micros(fact.at)} for fact in facts])


def _load_facts(text: str) -> tuple[CallFact, ...]:
    return tuple(CallFact(**fact | {"at": instant(fact["at"])}) for fact in orjson.loads(text))


CHANNEL = Shape(Channel, t.channel)
LINE = Shape(
    Line, t.line,
    special={
        "schedule": (_dump_schedule, _load_schedule),
        "texts": (_dump_texts, lambda text: Texts(**orjson.loads(text))),
        "first_response_seconds": (dump_json, _load_goals),
        "next_response_seconds": (dump_json, _load_goals),
    },
)  # fmt: skip
OPERATOR = Shape(Operator, t.operator)
PRESENCE = Shape(Presence, t.presence, key="operator_id")
SESSION = Shape(Session, t.session, key="token_hash")
CONTACT = Shape(Contact, t.contact, remember=True)
IDENTITY = Shape(Identity, t.identity)
LEAD = Shape(Lead, t.lead, remember=True)
DIALOGUE = Shape(Dialogue, t.dialogue, remember=True)
CONVERSATION = Shape(Conversation, t.conversation, remember=True)
ATTACHMENT = Shape(Attachment, t.attachment)
DELIVERY = Shape(Delivery, t.delivery)
QUEUE = Shape(QueueEntry, t.queue, key="conversation_id")
OFFER = Shape(Offer, t.offer)
CALL = Shape(Call, t.call, special={"legs": (_dump_legs, _load_legs), "facts": (_dump_facts, _load_facts)})
RECORDING = Shape(Recording, t.recording)
CANNED = Shape(Canned, t.canned)


class MessageShape:
    """The five types of message in one table: `type` says which, and what a type does not have is NULL or empty."""

    TYPES: ClassVar[dict[str, type[Any]]] = {
        "inbound": InboundMessage, "outbound": OutboundMessage, "note": Note, "system": SystemLine, "call": CallEntry,
    }  # fmt: skip
    EMPTY: ClassVar[dict[str, Any]] = {"quoted": "", "automatic": False, "mentions": ()}

    def __init__(self) -> None:
        self.table, self.key, self.width = t.message, "id", len(t.message.columns)
        self.columns = list(t.message.columns)
        names = [column.name for column in self.columns]
        self._dumps, self._loads = conversions(t.message, {})
        self._type_of = {noun: name for name, noun in self.TYPES.items()}
        self._places = {
            name: [(field.name, names.index(field.name)) for field in fields(noun)] for name, noun in self.TYPES.items()
        }
        self._blank = [self.EMPTY.get(name) for name in names]

    def dump(self, message: AnyMessage) -> list[Any]:
        """The row of any message."""
        kind = self._type_of[type(message)]
        row = self._blank.copy()
        row[1] = kind
        for name, place in self._places[kind]:
            row[place] = getattr(message, name)
        for place, convert in self._dumps:
            row[place] = convert(row[place])
        return row

    def load(self, row: Row, *, at: int = 0) -> AnyMessage:
        """The message in a row."""
        values = list(row[at : at + self.width])
        for place, convert in self._loads:
            values[place] = convert(values[place])
        kind = values[1]
        made: AnyMessage = self.TYPES[kind](**{name: values[place] for name, place in self._places[kind]})
        return made


MESSAGE = MessageShape()
