"""The shapes in which a visitor sees things: made from the rows of domain/rows, by naming what may be shown.

Only inbound and outbound messages have a shape here; a note, a system line and a call have none, whoever asks. Operators are
first names. May talk to: domain. Contract: docs/reference/widget-protocol.md.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from gateway.domain.rows import Row

SPEAKERS = {"inbound": "visitor", "outbound": "operator"}
STATES = {
    "queued": "queued", "offered": "queued", "active": "active", "snoozed": "active", "closed": "closed",
    "abandoned": "none", "spam": "closed",
}  # fmt: skip # nobody answered: there is nothing to rate, and whoever comes back writes as if for the first time
NO_CONVERSATION: Mapping[str, Any] = {"state": "none", "operator": None, "queue": None, "rating": None}


@dataclass(frozen=True, slots=True)
class Lens:
    """How rows become visible: names operators, signs addresses of files."""

    first_name: Callable[[str], str]
    ticket: Callable[[str], str]

    def message(self, row: Mapping[str, Any], *, operator_seen: int = 0, contact_seen: int = 0) -> Row | None:
        """A message as the visitor sees it; None if it is not for visitors."""
        speaker = SPEAKERS.get(row["type"])
        if speaker is None:
            return None
        by = row["operator_id"]
        if speaker == "operator" and by is None:
            speaker = "system"
        seen = operator_seen if speaker == "visitor" else contact_seen
        return {
            "id": row["id"], "seq": row["seq"], "from": speaker,
            "client_id": row["client_id"] if speaker == "visitor" else None,
            "name": self.first_name(by) if by else None, "photo": None, "text": row["text"],
            "files": [self._file(file) for file in row["files"]], "at": row["at"],
            "edited": row["edited_at"] is not None, "deleted": row["deleted_at"] is not None,
            "state": "read" if row["seq"] <= seen else "sent",
        }  # fmt: skip

    def _file(self, file: Mapping[str, Any]) -> Row:
        return {
            "id": file["id"], "name": file["name"], "type": file["type"], "size": file["size"],
            "url": f"/api/v1/widget/files/{file['id']}?t={self.ticket(file['id'])}",
            "width": file["width"], "height": file["height"],
        }  # fmt: skip

    def conversation(self, row: Mapping[str, Any] | None, *, queue: Row | None = None) -> Row:
        """The state of the enquiry."""
        if row is None:
            return dict(NO_CONVERSATION)
        state, by = STATES[row["state"]], row["operator_id"]
        return {
            "state": state, "operator": {"name": self.first_name(by), "photo": None} if by else None,
            "queue": queue if state == "queued" else None, "rating": row["rating"],
        }  # fmt: skip


def first_word(name: str) -> str:
    """“Olga Petrova” is Olga to a visitor."""
    return name.split(maxsplit=1)[0] if name.split() else ""
