"""Which thread does a mail belong to, and which name does an answer get? Pure.

Our outgoing Message-ID is `<KEY.LETTER.SIGNATURE@domain>`: the dialogue's key, a digest of the letter's key (so that
every repeat has the same id) and an HMAC over both and the channel. A mail joins that dialogue only if it answers such an
id with a good signature; the core then still checks that its sender takes part (`participants`, `fallback_key`).

Everybody else is kept apart by sender: the key is a digest of the thread's first Message-ID *and* the sender's address, so
a stranger who puts somebody's Message-ID into References gets a thread of their own (reliability classes 12 and 13).
"""

from __future__ import annotations

import hashlib
import hmac
import re
from base64 import b32decode, b32encode
from collections.abc import Iterable
from dataclasses import dataclass

_SAFE = re.compile(r"[a-z0-9_-]{1,80}\Z")
_OURS = re.compile(r"<([pe][a-z0-9_-]{1,200})\.([a-z2-7]{16})\.([a-z2-7]{26})@[^<>@\s]{1,255}>\Z")


def _digest(*parts: str, size: int) -> str:
    joined = "\x00".join(parts).encode("utf-8", "replace")
    return b32encode(hashlib.sha256(joined).digest()).decode().lower()[:size]


@dataclass(frozen=True, slots=True)
class Threads:
    """The rules for one channel. secret: the installation's; never leaves here."""

    secret: bytes
    channel: str
    domain: str

    def message_id(self, dialogue_key: str, *, letter_key: str) -> str:
        """The Message-ID of a letter: the same for every repeat."""
        word = f"p{dialogue_key}" if _SAFE.match(dialogue_key) else f"e{_wrap(dialogue_key)}"
        letter = _digest(letter_key, size=16)
        return f"<{word}.{letter}.{self._sign(word, letter)}@{self.domain}>"

    def token(self, message_id: str) -> str | None:
        """The dialogue's key inside a Message-ID of ours; None if it is not, or is forged. Constant time."""
        found = _OURS.match(message_id.lower())
        if not found or not hmac.compare_digest(found[3], self._sign(found[1], found[2])):
            return None
        return found[1][1:] if found[1][0] == "p" else _unwrap(found[1][1:])

    def answered(self, in_reply_to: str | None, references: Iterable[str]) -> str | None:
        """The dialogue that a mail proves to answer: In-Reply-To first, then the newest reference."""
        for name in [*([in_reply_to] if in_reply_to else []), *reversed(list(references))]:
            key = self.token(name)
            if key is not None:
                return key
        return None

    def _sign(self, word: str, letter: str) -> str:
        text = f"mail-thread\x00{self.channel}\x00{word}\x00{letter}".encode()
        return b32encode(hmac.digest(self.secret, text, "sha256")).decode().lower()[:26]


def key_of(root: str, sender: str) -> str:
    """The key of a thread that a sender began: nobody else can arrive at it."""
    return f"t{_digest('thread', root, sender, size=26)}"


def _wrap(key: str) -> str:
    return b32encode(key.encode()).decode().lower().rstrip("=")


def _unwrap(word: str) -> str | None:
    try:
        return b32decode(word.upper() + "=" * (-len(word) % 8)).decode()
    except ValueError:
        return None
