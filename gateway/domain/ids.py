"""One id type per noun. Ids are made by us before the insert (ports.NewId), opaque to everyone else.

Form: prefix, underscore, 26 characters that sort by time, e.g. `cnv_01kb3v…` (docs/adr/0009-ids.md).
"""

from __future__ import annotations

from typing import NewType

ChannelId = NewType("ChannelId", str)  # chn_
LineId = NewType("LineId", str)  # lin_
OperatorId = NewType("OperatorId", str)  # opr_
ContactId = NewType("ContactId", str)  # con_
IdentityId = NewType("IdentityId", str)  # idn_
LeadId = NewType("LeadId", str)  # led_
DialogueId = NewType("DialogueId", str)  # dlg_
ConversationId = NewType("ConversationId", str)  # cnv_
MessageId = NewType("MessageId", str)  # msg_
AttachmentId = NewType("AttachmentId", str)  # att_
DeliveryId = NewType("DeliveryId", str)  # dlv_
OfferId = NewType("OfferId", str)  # off_
CallId = NewType("CallId", str)  # cal_
RecordingId = NewType("RecordingId", str)  # rec_
RawId = NewType("RawId", str)  # raw_
CannedId = NewType("CannedId", str)  # can_
OutboxId = NewType("OutboxId", str)  # out_

PREFIXES = (
    "chn",
    "lin",
    "opr",
    "con",
    "idn",
    "led",
    "dlg",
    "cnv",
    "msg",
    "att",
    "dlv",
    "off",
    "cal",
    "rec",
    "raw",
    "can",
    "out",
)
