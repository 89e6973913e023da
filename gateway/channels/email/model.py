"""What one mail says, as plain values: the answer of `parse`, the cargo of the worker's frames. Knows nobody."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Address:
    """A mailbox: the name is what the sender calls themselves (cleaned, ≤ 64 characters), never proof of anything."""

    name: str
    address: str


@dataclass(frozen=True, slots=True)
class MailFile:
    """A file of a mail. content_type is what the bytes are, `declared` what the sender says they are."""

    name: str
    content_type: str
    declared: str
    size: int
    sha256: str
    content_id: str | None = None
    inline: bool = False
    content: bytes = b""


@dataclass(frozen=True, slots=True)
class Bounce:
    """A delivery report about one mail of ours. state follows DeliveryReported; text is one sentence."""

    original_ids: tuple[str, ...]
    action: str
    text: str


@dataclass(frozen=True, slots=True)
class ParsedMail:
    """Everything a mail says. automatic: why it counts as a machine's (empty: a person). at: ISO 8601 or None."""

    subject: str = ""
    sender: Address | None = None
    senders: int = 0
    reply_to: tuple[Address, ...] = ()
    to: tuple[Address, ...] = ()
    cc: tuple[Address, ...] = ()
    message_id: str | None = None
    in_reply_to: str | None = None
    references: tuple[str, ...] = ()
    at: str | None = None
    text: str = ""
    visible: str = ""
    quoted: str = ""
    html: str | None = None
    files: tuple[MailFile, ...] = ()
    automatic: str = ""
    loop: str = ""
    bounce: Bounce | None = None
    forwarded: Address | None = None
    problems: tuple[str, ...] = field(default=())

    def to_wire(self) -> tuple[dict[str, Any], list[bytes]]:
        """JSON-ready values and the files' bytes beside them, in order."""
        plain = asdict(self)
        return plain, [item.pop("content") for item in plain["files"]]

    @staticmethod
    def from_wire(plain: dict[str, Any], blobs: list[bytes]) -> ParsedMail:
        """The other way."""
        files = tuple(MailFile(**item, content=blob) for item, blob in zip(plain.pop("files"), blobs, strict=True))
        bounce, sender, forwarded = plain.pop("bounce"), plain.pop("sender"), plain.pop("forwarded")
        for name in ("reply_to", "to", "cc"):
            plain[name] = tuple(Address(**item) for item in plain[name])
        for name in ("references", "problems"):
            plain[name] = tuple(plain[name])
        return ParsedMail(
            **plain,
            files=files,
            sender=Address(**sender) if sender else None,
            forwarded=Address(**forwarded) if forwarded else None,
            bounce=Bounce(tuple(bounce["original_ids"]), bounce["action"], bounce["text"]) if bounce else None,
        )
