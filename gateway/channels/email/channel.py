"""The e-mail channel of one mailbox: Channel, Listener and RawParser in one, each a thin door to its own file.

Sends through smtp.py, fetches through listener.py, parses in the workers of pool.py. Imports neither services nor
routing. docs/adr/0006-mail-in-threads-and-killable-workers.md.
"""

from __future__ import annotations

import ssl
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from gateway.channels.email.checks import check
from gateway.channels.email.compose import compose
from gateway.channels.email.events import events
from gateway.channels.email.listener import MailListener, Pace, Surroundings
from gateway.channels.email.pool import WorkerPool
from gateway.channels.email.proofread import proofread
from gateway.channels.email.settings import EmailSettings
from gateway.channels.email.smtp import Pacing, Postman
from gateway.channels.email.threads import Threads
from gateway.domain.channel import ChannelKind
from gateway.domain.delivery import Letter, Receipt
from gateway.domain.errors import Unreadable, send_again, send_refused
from gateway.domain.ids import ChannelId
from gateway.domain.inbound import InboundEvent, Raw
from gateway.domain.message import Attachment
from gateway.domain.sentence import sentence
from gateway.ports.channel import CheckLine, Inbox
from gateway.ports.clock import Clock

ReadBlob = Callable[[str], Awaitable[bytes]]
MAX_OUTGOING = 18 * 1024 * 1024  # grows by a third on the wire; most servers stop at 25 MB


@dataclass(frozen=True, slots=True)
class Shared:
    """What all mailboxes of a process have in common; None = one of one's own. tls: other trust than the system's."""

    workers: WorkerPool | None = None
    pacing: Pacing | None = None
    pace: Pace = field(default_factory=Pace)
    tls: ssl.SSLContext | None = None


@dataclass(frozen=True, slots=True)
class Collaborators:
    """What one mailbox is given.

    secret signs the Message-IDs; read_blob: key → bytes of a stored file; since: when it was connected.
    """

    secret: bytes
    clock: Clock
    read_blob: ReadBlob
    shared: Shared = field(default_factory=Shared)
    since: datetime | None = None


class EmailChannel:
    """One mailbox."""

    kind: ChannelKind = "email"
    deduplicates = True

    def __init__(self, channel_id: ChannelId, settings: EmailSettings, given: Collaborators) -> None:
        self._settings = settings
        self._given, shared = given, given.shared
        self._workers = shared.workers or WorkerPool()
        self._threads = Threads(given.secret, channel_id, settings.address.rpartition("@")[2])
        self._postman = Postman(settings.smtp, pacing=shared.pacing or Pacing(), tls=shared.tls)
        around = Surroundings(channel_id, given.clock, since=given.since, pace=shared.pace, tls=shared.tls)
        self._listener = MailListener(settings, around)

    async def send(self, letter: Letter) -> Receipt:
        """One mail, once. Raises only SendError. The receipt names its Message-ID, the same for every repeat."""
        files = [(file, await self._bytes_of(file)) for file in letter.files]
        if sum(len(content) for _, content in files) > MAX_OUTGOING:
            raise send_refused(
                sentence(
                    "send.mail_files_size", "The attachments are larger than {n} MB together.", n=MAX_OUTGOING // 1024 // 1024
                ),
                code="mail_too_large",
            )
        post = compose(letter, settings=self._settings, threads=self._threads, files=files)
        proofread(post)
        await self._postman.deliver(post)
        return Receipt(external_id=post.message_id)

    async def listen(self, inbox: Inbox) -> None:
        """Fetch until cancelled. Raises ChannelPaused when a person must act."""
        await self._listener.listen(inbox)

    async def parse(self, raw: Raw) -> Sequence[InboundEvent]:
        """Read one kept mail in a worker. Raises Unreadable."""
        if "oversize" in raw.headers:
            size = int(raw.headers["oversize"]) // 1024 // 1024
            raise Unreadable(f"This mail is too large ({size} MB); only its headers were fetched.", code="mail_too_large")
        if "unfetchable" in raw.headers:
            raise Unreadable("The mail server could not hand this mail over.", code="mail_unfetchable")
        if not raw.body:
            raise Unreadable("This mail is empty.", code="mail_empty")
        mail = await self._workers.parse(raw.body)
        return events(mail, raw, settings=self._settings, threads=self._threads)

    async def check(self) -> Sequence[CheckLine]:
        """Each step of fetching and of sending, with the remedy of the first that fails. Never raises."""
        return await check(self._settings, tls=self._given.shared.tls)

    async def close(self) -> None:
        """Part from the mail server; end the workers, unless they are shared."""
        await self._postman.close()
        if self._given.shared.workers is None:
            await self._workers.close()

    async def _bytes_of(self, file: Attachment) -> bytes:
        if file.blob_key is None:
            raise send_refused(
                sentence("send.file_not_stored", "An attachment is not stored yet."), ours=True, code="attachment_missing"
            )
        try:
            return await self._given.read_blob(file.blob_key)
        except Exception as error:
            raise send_again(sentence("send.file_unreadable", "An attachment cannot be read from the storage now.")) from error
