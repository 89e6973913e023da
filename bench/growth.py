"""Age must not slow it down: the flow and the console's first page on a full store against an empty one."""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
import sys
import time
import urllib.request
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from http.cookiejar import CookieJar
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.flow import in_turns
from bench.report import Figure
from bench.servers import Server, product
from gateway.domain.contact import Contact, Identity
from gateway.domain.conversation import Conversation
from gateway.domain.dialogue import Dialogue
from gateway.domain.event import Event
from gateway.domain.ids import ContactId, ConversationId, DialogueId, IdentityId, LeadId, LineId, MessageId
from gateway.domain.lead import Lead
from gateway.domain.message import InboundMessage
from gateway.ports.store import UnitOfWork
from gateway.store.opening import open_store
from gateway.system import SystemClock, SystemIds

PER_CONVERSATION = 5
AT_ONCE = 500
LOOKS = 20
FIRST_NUMBER = 1_000_000_000  # far from the numbers the running product gives out
LONG_AGO = datetime(2025, 1, 1, tzinfo=UTC)


def full_against_empty(options: argparse.Namespace) -> list[Figure]:
    """`--messages` stored in a fifth as many conversations."""
    with TemporaryDirectory() as empty, TemporaryDirectory() as full:
        for folder in (empty, full):
            with product(folder=Path(folder)):
                pass
        asyncio.run(_fill(f"sqlite:///{full}/gateway.db", options.messages // PER_CONVERSATION))
        with product(folder=Path(empty)) as young, product(folder=Path(full)) as old:
            pages = [_first_page(server) for server in (young, old)]
            flows = in_turns(young, old, options.seconds)
    count = f"{options.messages:,}"
    return [
        Figure(f"flow with {count} messages stored, messages/s", flows[1], "of empty", 0.9, "at_least", flows[0]),
        Figure(f"first list page with {count} stored, ms", pages[1], "× empty", 2.0, "at_most", pages[0]),
    ]


def _first_page(server: Server) -> float:
    """Median milliseconds of the first page of All."""
    jar = urllib.request.HTTPCookieProcessor(CookieJar())
    browser = urllib.request.build_opener(jar)
    link = urllib.request.Request(
        f"{server.url}/api/v1/session/link", json.dumps({"token": server.link()}).encode(),
        {"Content-Type": "application/json", "Origin": server.url},
    )  # fmt: skip
    browser.open(link).read()
    waits = []
    for _ in range(LOOKS):
        began = time.perf_counter()
        browser.open(f"{server.url}/api/v1/conversations?tab=all&limit=50").read()
        waits.append((time.perf_counter() - began) * 1000)
    return statistics.median(waits)


async def _fill(url: str, conversations: int) -> None:
    clock, ids = SystemClock(), SystemIds()
    async with open_store(url, clock=clock, ids=ids) as opened:
        line = (await opened.store.read(lambda uow: uow.lines.all()))[0].id
        channel = (await opened.store.read(lambda uow: uow.channels.all()))[0].id
        for first in range(0, conversations, AT_ONCE):
            numbers = range(first, min(first + AT_ONCE, conversations))
            await opened.store.run(lambda uow, numbers=numbers: _store(uow, ids, numbers, (line, channel)))
            if numbers.stop % (conversations // 10 or 1) == 0:
                print(f"  {numbers.stop:,} of {conversations:,} conversations stored", file=sys.stderr, flush=True)


async def _store(uow: UnitOfWork, ids: SystemIds, numbers: Sequence[int], places: tuple[LineId, str]) -> None:
    for number in numbers:
        await _one(uow, ids, number, places)


async def _one(uow: UnitOfWork, ids: SystemIds, number: int, places: tuple[LineId, str]) -> None:
    line, channel = places
    at = LONG_AGO + timedelta(seconds=number * 20)
    contact = Contact(ContactId(ids.new("con")), f"Visitor {number}", at)
    await uow.contacts.add(contact)
    visitor = f"{number:032x}"
    await uow.contacts.add_identity(Identity(IdentityId(ids.new("idn")), contact.id, "visitor", visitor, True, at))
    lead = Lead(
        LeadId(ids.new("led")), FIRST_NUMBER + number, contact.id, f"Bicycle {number}", "new", at, line_id=line, updated_at=at
    )
    await uow.leads.add(lead)
    dialogue = Dialogue(DialogueId(ids.new("dlg")), channel, visitor, contact.id, at, last_seq=PER_CONVERSATION)  # type: ignore[arg-type]
    await uow.dialogues.add(dialogue)
    conversation = Conversation(
        id=ConversationId(ids.new("cnv")), number=FIRST_NUMBER + number, dialogue_id=dialogue.id,
        channel_id=dialogue.channel_id, channel_kind="webchat", line_id=line, contact_id=contact.id, lead_id=lead.id,
        state="closed", opened_at=at, closed_at=at, last_at=at, preview="Do you have the Kestrel in size M?",
    )  # fmt: skip
    await uow.conversations.add(conversation)
    for seq in range(1, PER_CONVERSATION + 1):
        message = InboundMessage(
            id=MessageId(ids.new("msg")), dialogue_id=dialogue.id, conversation_id=conversation.id, seq=seq, at=at,
            text=f"Do you have the Kestrel in size M, and could I try it on day {seq}?", created_at=at,
            channel_id=dialogue.channel_id, external_id=f"{visitor}:{seq}",
        )  # fmt: skip
        await uow.messages.add(message)
        data = {"message": {"id": message.id}}
        uow.emit(Event("message.received", at, "contact", data, line_id=line, conversation_id=conversation.id))
