"""Every table, declared once. Migrations, statements and conversions are made from these declarations (docs/adr/0002).

Names of columns are the names of the nouns' fields. Ids are made before the insert, so every table can be written in bulk.
Foreign keys say who owns whom; references that merely point (lead, line, operator) are kept by the use cases.
"""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, MetaData, Sequence, Table, Text, UniqueConstraint, func

from gateway.store.columns import (
    blob,
    constant,
    flag,
    instant_,
    json,
    late,
    number,
    partial,
    real,
    serial,
    text,
    whole,
)  # fmt: skip

metadata = MetaData()
COUNTERS = {name: Sequence(f"number_of_{name}s", metadata=metadata) for name in ("conversation", "lead")}


def _owner(name: str, target: str, *, null: bool = False) -> Column[str]:
    return Column(name, Text(), ForeignKey(target), nullable=null, info={"as": ""})


counter = Table("counter", metadata, text("name", key=True), whole("value"))

channel = Table(
    "channel", metadata,
    text("id", key=True), text("kind"), text("line_id"), text("name"), text("key"), json("settings"), flag("enabled"),
    text("health"), text("problem"), instant_("last_ok_at", null=True), instant_("last_event_at", null=True),
    instant_("created_at", null=True), whole("version"), json("said", null=True),
    UniqueConstraint("key", name="channel_key"),
)  # fmt: skip

channel_cursor = Table(
    "channel_cursor", metadata, text("channel_id", key=True), text("name", key=True), text("value"),
)  # fmt: skip

line = Table(
    "line", metadata,
    text("id", key=True), text("name"), json("members", kind="list"), text("distribution"), real("limit"), text("counts"),
    whole("offer_seconds"), whole("no_answer_seconds"), whole("auto_close_hours"), json("reopen_hours"),
    whole("affinity_hours"), flag("responsible_first"), whole("grace_seconds"), whole("short_abandon_seconds"),
    flag("callback_missed"), text("region"), text("locale"), json("schedule"), json("texts"), json("prechat"),
    text("color"), flag("enabled"), whole("version"), json("first_response_seconds", null=True),
    json("next_response_seconds", null=True),
)  # fmt: skip

operator = Table(
    "operator", metadata,
    text("id", key=True), text("email"), text("name"), json("roles", kind="list"), text("password_hash"), text("locale"),
    json("devices", kind="list"), real("limit", null=True), flag("active"), json("preferences"),
    instant_("created_at", null=True), whole("version"),
    UniqueConstraint("email", name="operator_email"),
)  # fmt: skip

presence = Table(
    "presence", metadata,
    text("operator_id", key=True), text("state"), instant_("since"), instant_("seen_at"), text("reason"), whole("streak"),
    instant_("last_offer_at", null=True), instant_("last_reply_at", null=True),
)  # fmt: skip

session = Table(
    "session", metadata,
    text("token_hash", key=True), text("operator_id"), text("csrf"), instant_("created_at"), instant_("seen_at"),
    instant_("expires_at"), text("agent"), text("kind"),
    Index("session_operator", "operator_id"), Index("session_expiry", "expires_at"),
)  # fmt: skip

contact = Table(
    "contact", metadata,
    text("id", key=True), text("name"), instant_("created_at"), text("locale", null=True), json("fields"),
    text("merged_into", null=True), flag("blocked"), whole("version"),
)  # fmt: skip

identity = Table(
    "identity", metadata,
    text("id", key=True), _owner("contact_id", "contact.id"), text("kind"), text("value"), flag("verified"),
    instant_("created_at"), text("evidence"),
    UniqueConstraint("contact_id", "kind", "value", name="identity_of_contact"),
    Index("identity_value", "value", "kind"),
)  # fmt: skip
partial(
    "identity_verified", identity.c.kind, identity.c.value, unique=True, where=identity.c.verified == constant(1),
)  # fmt: skip

lead = Table(
    "lead", metadata,
    text("id", key=True), whole("number"), text("contact_id"), text("title"), text("stage"), instant_("created_at"),
    text("line_id", null=True), text("responsible_id", null=True), text("value"), text("currency"), text("next_step"),
    instant_("next_step_at", null=True), json("source"), text("first_conversation_id", null=True), flag("unreachable"),
    instant_("ended_at", null=True), instant_("updated_at", null=True), whole("version"),
    Index("lead_number", "number", unique=True), Index("lead_contact", "contact_id", "number"),
    Index("lead_stage", "stage", "number"), Index("lead_responsible", "responsible_id"),
)  # fmt: skip

dialogue = Table(
    "dialogue", metadata,
    text("id", key=True), text("channel_id"), text("key"), _owner("contact_id", "contact.id"), instant_("created_at"),
    text("subject", null=True), json("recipients", kind="list"), whole("last_seq"), whole("contact_seen"),
    whole("operator_seen"), json("data"),
    UniqueConstraint("channel_id", "key", name="dialogue_place"), Index("dialogue_contact", "contact_id"),
)  # fmt: skip

conversation = Table(
    "conversation", metadata,
    text("id", key=True), whole("number"), _owner("dialogue_id", "dialogue.id"), text("channel_id"), text("channel_kind"),
    text("line_id"), text("contact_id"), text("lead_id", null=True), text("state"), instant_("opened_at"), text("purpose"),
    text("operator_id", null=True), text("last_operator_id", null=True), text("lead_reason", null=True), text("turn"),
    instant_("waiting_since", null=True), instant_("first_reply_at", null=True), instant_("assigned_at", null=True),
    instant_("closed_at", null=True), instant_("snoozed_until", null=True), instant_("last_at", null=True),
    text("last_from"), text("preview"), text("subject", null=True), whole("unread"), whole("epoch"), whole("priority"),
    whole("rating", null=True), text("rating_comment"), flag("troubled"), flag("told_no_answer"), whole("version"),
    Index("conversation_number", "number", unique=True), Index("conversation_dialogue", "dialogue_id", "number"),
    Index("conversation_contact", "contact_id", "number"), Index("conversation_lead", "lead_id", "number"),
)  # fmt: skip
partial("conversation_holder", conversation.c.operator_id, where=conversation.c.operator_id.is_not(None))
LATEST = func.coalesce(conversation.c.last_at, conversation.c.opened_at)
partial("conversation_open", LATEST, conversation.c.id, where=conversation.c.closed_at.is_(None))
partial("conversation_ended", conversation.c.closed_at, conversation.c.id, where=conversation.c.closed_at.is_not(None))

message = Table(
    "message", metadata,
    text("id", key=True), text("type"), _owner("dialogue_id", "dialogue.id"), text("conversation_id", null=True),
    whole("seq"), instant_("at"), text("text"), instant_("created_at"), instant_("edited_at", null=True),
    instant_("deleted_at", null=True), json("data"), text("channel_id", null=True), text("external_id", null=True),
    text("subject", null=True), text("quoted"), text("html_key", null=True), text("reply_to", null=True),
    flag("automatic"), text("raw_id", null=True), text("operator_id", null=True), text("client_id", null=True),
    json("mentions", kind="list"), text("key", null=True), text("lead_id", null=True), text("call_id", null=True),
    UniqueConstraint("dialogue_id", "seq", name="message_order"),
)  # fmt: skip
INBOUND, OUTBOUND = message.c.type == constant("inbound"), message.c.type == constant("outbound")
partial("message_in", message.c.channel_id, message.c.external_id, unique=True, where=INBOUND)
partial("message_out", message.c.channel_id, message.c.external_id, where=OUTBOUND & message.c.external_id.is_not(None))
partial("message_client", message.c.dialogue_id, message.c.client_id, unique=True, where=message.c.client_id.is_not(None))
partial("message_call", message.c.call_id, where=message.c.call_id.is_not(None))

attachment = Table(
    "attachment", metadata,
    text("id", key=True), text("message_id", null=True), text("name"), text("content_type"), whole("size"), text("state"),
    text("blob_key", null=True), text("sha256"), text("reference", null=True), text("content_id", null=True),
    text("owner"), text("error"), instant_("created_at", null=True), whole("width", null=True), whole("height", null=True),
    Index("attachment_message", "message_id"),
)  # fmt: skip

delivery = Table(
    "delivery", metadata,
    text("id", key=True), _owner("message_id", "message.id"), text("dialogue_id"), text("channel_id"), text("state"),
    instant_("created_at"), instant_("next_at"), whole("attempts"), instant_("lease_until", null=True), whole("fence"),
    text("external_id", null=True), text("error"), text("error_code"), instant_("updated_at", null=True),
    json("said", null=True),
    Index("delivery_message", "message_id"),
)  # fmt: skip
DUE, SENDING = delivery.c.state == constant("due"), delivery.c.state == constant("sending")
UNFINISHED = delivery.c.state.in_((constant("due"), constant("sending")))
partial("delivery_due", delivery.c.next_at, where=DUE)
partial("delivery_sending", delivery.c.lease_until, where=SENDING)
partial("delivery_unfinished", delivery.c.dialogue_id, delivery.c.id, where=UNFINISHED)
partial("delivery_external", delivery.c.channel_id, delivery.c.external_id, where=delivery.c.external_id.is_not(None))

queue = Table(
    "queue", metadata,
    Column("conversation_id", Text(), ForeignKey("conversation.id"), primary_key=True, info={"as": ""}), text("line_id"),
    text("contact_id"), instant_("enqueued_at"), whole("priority"), late("due_at"),
    whole("round"), json("passed"), text("wanted", null=True), text("why_wanted"), instant_("asked_at", null=True),
)  # fmt: skip
Index("queue_order", queue.c.priority.desc(), queue.c.due_at, queue.c.enqueued_at, queue.c.conversation_id)

offer = Table(
    "offer", metadata,
    text("id", key=True), _owner("conversation_id", "conversation.id"), text("operator_id"), whole("epoch"),
    instant_("made_at"), instant_("until"), text("state"), instant_("ended_at", null=True), json("decision"),
    Index("offer_conversation", "conversation_id", "made_at"),
)  # fmt: skip
PENDING = offer.c.state == constant("pending")
partial("offer_pending", offer.c.conversation_id, offer.c.operator_id, unique=True, where=PENDING)
partial("offer_pending_of", offer.c.operator_id, where=PENDING)

assignment = Table(
    "assignment", metadata,
    serial("id"), _owner("conversation_id", "conversation.id"), text("operator_id"), instant_("started_at"),
    instant_("ended_at", null=True),
)  # fmt: skip
RUNNING = assignment.c.ended_at.is_(None)
partial("assignment_running", assignment.c.conversation_id, unique=True, where=RUNNING)
Index("assignment_operator", assignment.c.operator_id, assignment.c.started_at)

call = Table(
    "call", metadata,
    text("id", key=True), text("channel_id"), text("line_id"), text("key"), text("direction"), text("remote"),
    text("remote_name"), text("dialled"), text("state"), json("legs"), instant_("started_at", null=True),
    instant_("queued_at", null=True), instant_("first_ring_at", null=True), instant_("answered_at", null=True),
    instant_("ended_at", null=True), text("answered_by", null=True), text("outcome", null=True), text("cause", null=True),
    json("transfers", kind="list"), text("contact_id", null=True), text("lead_id", null=True), text("dialogue_id", null=True),
    text("conversation_id", null=True), json("facts", kind="list"), instant_("updated_at", null=True),
    UniqueConstraint("channel_id", "key", name="call_key"), Index("call_lead", "lead_id"), Index("call_contact", "contact_id"),
    Index("call_conversation", "conversation_id"),
)  # fmt: skip

recording = Table(
    "recording", metadata,
    text("id", key=True), _owner("call_id", "call.id"), text("key"), text("source_url"), text("state"), text("content_type"),
    whole("size"), text("sha256"), real("duration_s", null=True), text("blob_key", null=True), flag("consent", null=True),
    text("error"), instant_("created_at", null=True),
    UniqueConstraint("call_id", "key", name="recording_key"),
)  # fmt: skip

outbox = Table(
    "outbox", metadata,
    text("id", key=True), text("kind"), text("key"), instant_("due_at"), text("lane"), json("payload", null=True),
    whole("attempts"), whole("fence"), instant_("lease_until", null=True), whole("holder"), text("error"),
    UniqueConstraint("kind", "key", name="outbox_key"), Index("outbox_due", "due_at", "id"),
)  # fmt: skip
partial("outbox_lane", outbox.c.lane, outbox.c.due_at, outbox.c.id, where=outbox.c.lane != constant(""))
partial("outbox_lease", outbox.c.lease_until, where=outbox.c.lease_until.is_not(None))

raw = Table(
    "raw", metadata,
    text("id", key=True), text("channel_id"), text("external_id"), text("lane"), instant_("received_at"), json("headers"),
    text("state"), whole("attempts"), text("error"), text("error_code"), blob("body"),
    UniqueConstraint("channel_id", "external_id", name="raw_external"),
)  # fmt: skip
partial("raw_quarantined", raw.c.received_at, where=raw.c.state == constant("quarantined"))

canned = Table(
    "canned", metadata,
    text("id", key=True), text("shortcut"), text("text"), text("locale"), text("line_id", null=True),
    text("operator_id", null=True),
)  # fmt: skip

event = Table(
    "event", metadata,
    number("seq"), text("type"), instant_("at"), text("actor"),
    json("data"), text("line_id", null=True), text("conversation_id", null=True), text("dialogue_id", null=True),
    text("lead_id", null=True), text("operator_id", null=True),
)  # fmt: skip
LEAD_MOVED = event.c.type == constant("lead.updated")  # the only ones that are looked for: an index costs every message
partial("event_lead", event.c.lead_id, event.c.seq, where=LEAD_MOVED)
