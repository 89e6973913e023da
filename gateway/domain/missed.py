"""A call that nobody took, as the last thing in its conversation: who rang and how long they waited.

The conversation keeps it as its one line (`preview`), which people may search; both directions of that line are here and
nowhere else. Everybody else is given the two facts. May talk to: the domain.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from gateway.domain.conversation import Conversation

LINE = re.compile(r"☎ (\S+)(?: · (\d+):(\d\d))?")


@dataclass(frozen=True, slots=True)
class MissedCall:
    """`waited_s` is None where the wait is not known."""

    number: str
    waited_s: int | None

    @property
    def line(self) -> str:
        """The one line that the conversation keeps."""
        if self.waited_s is None:
            return f"☎ {self.number}"
        minutes, seconds = divmod(self.waited_s, 60)
        return f"☎ {self.number} · {minutes}:{seconds:02}"


def missed_in(c: Conversation) -> MissedCall | None:
    """The missed call that is this conversation's last word. Only telephones have them: what somebody writes is never one."""
    found = LINE.fullmatch(c.preview) if c.channel_kind == "pbx" and c.last_from == "contact" else None
    if found is None:
        return None
    number, minutes, seconds = found.groups()
    return MissedCall(number, None if minutes is None else int(minutes) * 60 + int(seconds))
