"""Rows to begin a contract test with: Ann and Boris as contacts, Olga and Ivan as operators, one line, two channels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from gateway.domain.channel import Channel
from gateway.domain.contact import Contact, Identity
from gateway.domain.conversation import Conversation
from gateway.domain.dialogue import Dialogue
from gateway.domain.event import Event
from gateway.domain.ids import (
    ChannelId,
    ContactId,
    ConversationId,
    DialogueId,
    IdentityId,
    LineId,
    MessageId,
    OperatorId,
)  # fmt: skip
from gateway.domain.line import Line
from gateway.domain.message import InboundMessage, OutboundMessage
from gateway.domain.operator import Operator
from gateway.ports.store import UnitOfWork
from tests.stores import MONDAY, TestStore

MAIL, SITE = ChannelId("chn_mail"), ChannelId("chn_site")
SALES, SUPPORT = LineId("lin_sales"), LineId("lin_support")
OLGA, IVAN = OperatorId("opr_olga"), OperatorId("opr_ivan")


@dataclass(frozen=True)
class Enquiry:
    """One contact's dialogue with its first conversation."""

    contact: Contact
    dialogue: Dialogue
    conversation: Conversation


async def settle_in(store: TestStore) -> None:
    """Store the line, its channels and its people."""

    async def work(uow: UnitOfWork) -> None:
        for line_id, name in ((SALES, "Sales"), (SUPPORT, "Support")):
            await uow.lines.add(Line(id=line_id, name=name, members=(OLGA, IVAN)))
        await uow.channels.add(Channel(id=MAIL, kind="email", line_id=SALES, name="Mail", key="mail"))
        await uow.channels.add(Channel(id=SITE, kind="webchat", line_id=SALES, name="Site", key="site"))
        await uow.operators.add(Operator(id=OLGA, email="olga@example.com", name="Olga", roles=("operator",)))
        await uow.operators.add(Operator(id=IVAN, email="ivan@example.com", name="Ivan", roles=("operator", "admin")))

    await store.store.run(work)


async def enquire(uow: UnitOfWork, store: TestStore, *, key: str = "ann", name: str = "Ann", **other: Any) -> Enquiry:
    """A contact writes for the first time: contact, identity, dialogue and a queued conversation, no message yet."""
    new = store.ids.new
    contact = Contact(id=ContactId(new("con")), name=name, created_at=MONDAY)
    await uow.contacts.add(contact)
    await uow.contacts.add_identity(
        Identity(IdentityId(new("idn")), contact.id, "email", f"{key}@example.com", verified=True, created_at=MONDAY)
    )
    dialogue = Dialogue(DialogueId(new("dlg")), MAIL, key, contact.id, MONDAY)
    await uow.dialogues.add(dialogue)
    number = await uow.conversations.next_number("conversation")
    conversation = Conversation(
        **{
            "id": ConversationId(new("cnv")), "number": number, "dialogue_id": dialogue.id, "channel_id": MAIL,
            "channel_kind": "email", "line_id": SALES, "contact_id": contact.id, "lead_id": None, "state": "queued",
            "opened_at": MONDAY, "last_at": MONDAY, "waiting_since": MONDAY,
        }
        | other
    )  # fmt: skip
    await uow.conversations.add(conversation)
    return Enquiry(contact, dialogue, conversation)


def inbound(store: TestStore, enquiry: Enquiry, *, seq: int = 1, external_id: str = "", text: str = "Hello") -> InboundMessage:
    """Something the contact wrote."""
    return InboundMessage(
        id=MessageId(store.ids.new("msg")), dialogue_id=enquiry.dialogue.id, conversation_id=enquiry.conversation.id, seq=seq,
        at=MONDAY, text=text, created_at=MONDAY, channel_id=MAIL, external_id=external_id or f"<{enquiry.dialogue.key}-{seq}>",
    )  # fmt: skip


def outbound(store: TestStore, enquiry: Enquiry, *, seq: int, **other: Any) -> OutboundMessage:
    """Something Olga answered."""
    facts = {
        "id": MessageId(store.ids.new("msg")), "dialogue_id": enquiry.dialogue.id, "conversation_id": enquiry.conversation.id,
        "seq": seq, "at": MONDAY, "text": "Good morning", "created_at": MONDAY, "channel_id": MAIL, "operator_id": OLGA,
    }  # fmt: skip
    return OutboundMessage(**facts | other)


def heard(text: str) -> Event:
    """Any event, recognisable by its text."""
    return Event("settings.changed", MONDAY, "line", {"what": text})
