"""Which repository serves which noun: the table that UnitOfWork looks things up in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from gateway.store.calls import SqlCalls
from gateway.store.canned import SqlCannedReplies
from gateway.store.channels import SqlChannels
from gateway.store.contacts import SqlContacts
from gateway.store.conversations import SqlConversations
from gateway.store.deliveries import SqlDeliveries
from gateway.store.dialogues import SqlDialogues
from gateway.store.leads import SqlLeads
from gateway.store.lines import SqlLines
from gateway.store.messages import SqlMessages
from gateway.store.operators import SqlOperators
from gateway.store.outbox import SqlOutbox
from gateway.store.queue import SqlQueue
from gateway.store.raws import SqlRaws
from gateway.store.unit_of_work import Transaction

REPOSITORIES: dict[str, Callable[[Transaction], Any]] = {
    "channels": SqlChannels,
    "lines": SqlLines,
    "operators": SqlOperators,
    "contacts": SqlContacts,
    "leads": SqlLeads,
    "dialogues": SqlDialogues,
    "conversations": SqlConversations,
    "messages": SqlMessages,
    "deliveries": SqlDeliveries,
    "queue": SqlQueue,
    "calls": SqlCalls,
    "outbox": SqlOutbox,
    "raws": SqlRaws,
    "canned": SqlCannedReplies,
}
