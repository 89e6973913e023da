"""Fetch mail without losing or doubling any: fetch → keep (committed) → only then move the cursor, then the flag.

Runs one session after another with jittered back-off; the blocking IMAP work happens in a thread of its own. Talks to
mailbox.py and to the Inbox port. The cursor is `UIDVALIDITY:UID`, with `:UPTO` behind it while older mail is being caught
up with (first start with a backfill, a UIDVALIDITY change, a mailbox put back from a backup); repeats are harmless because
the name of a mail is the digest of its bytes (docs/adr/0006, reliability P1, P13, P14).
"""

from __future__ import annotations

import asyncio
import hashlib
import random
import re
import ssl
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog
from imapclient.exceptions import IMAPClientAbortError, IMAPClientError

from gateway.channels.email.limits import MAX_BYTES
from gateway.channels.email.mailbox import Fetched, Mailbox, Opened
from gateway.channels.email.oauth import AccessToken
from gateway.channels.email.own_thread import OwnThread
from gateway.channels.email.settings import EmailSettings
from gateway.domain.errors import ChannelPaused, GatewayError, StoreUnavailable
from gateway.domain.ids import ChannelId
from gateway.domain.inbound import Raw
from gateway.domain.sentence import sentence
from gateway.ports.channel import Inbox
from gateway.ports.clock import Clock

log = structlog.get_logger(__name__)
STORE_FAILURES = 3  # of our own database, in a row, after which waits grow no more
SKEW = timedelta(minutes=1)  # between our clock and the mail server's
_ROOT = re.compile(rb"^(?:references|in-reply-to|message-id):[^<\n]{0,200}\s*(<[^<>\s]{1,500}>)", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds. idle: until IDLE is renewed (RFC 2177 allows 29 min; a frozen peer shall be found within 60 s)."""

    idle: float = 45.0
    poll: float = 60.0
    first_wait: float = 1.0
    longest_wait: float = 300.0
    tries: int = 3


@dataclass(frozen=True, slots=True)
class Place:
    """How far we are. upto > uid: older mail up to there is still being caught up with."""

    uidvalidity: int
    uid: int
    upto: int = 0

    def __str__(self) -> str:
        return f"{self.uidvalidity}:{self.uid}" + (f":{self.upto}" if self.upto > self.uid else "")

    @staticmethod
    def read(value: str | None) -> Place | None:
        """What str() wrote; None for anything else."""
        try:
            return Place(*(int(part) for part in (value or "").split(":")))
        except (TypeError, ValueError):
            return None


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a listener is given beside its settings. since: when somebody connected the mailbox; mail counts from then on."""

    channel_id: ChannelId
    clock: Clock
    since: datetime | None = None
    pace: Pace = field(default_factory=Pace)
    tls: ssl.SSLContext | None = None
    max_bytes: int = MAX_BYTES


class MailListener:
    """One mailbox."""

    def __init__(self, settings: EmailSettings, around: Surroundings) -> None:
        self._settings = settings
        self._around = around
        self._channel_id = around.channel_id
        self._pace = around.pace
        self._token = AccessToken(settings.imap.oauth) if settings.imap.oauth else None
        self._tries: dict[tuple[int, int], int] = {}
        self._failures = 0
        self._refusals = 0

    async def listen(self, inbox: Inbox) -> None:
        """Until cancelled. Raises ChannelPaused when a person must act."""
        while True:
            try:
                await self._session(inbox)
            except (OSError, TimeoutError, IMAPClientError, StoreUnavailable) as error:
                await self._ailing(inbox, error)
                if isinstance(error, StoreUnavailable):  # the mail server has done nothing to be spared for minutes
                    self._failures = min(self._failures, STORE_FAILURES)
            wait = min(self._pace.longest_wait, self._pace.first_wait * 2 ** min(self._failures, 16))
            self._failures += 1
            await asyncio.sleep(wait * random.uniform(0.5, 1.0))

    async def _ailing(self, inbox: Inbox, error: Exception) -> None:
        log.warning("mail.connection_lost", channel=self._channel_id, error=type(error).__name__, failures=self._failures)
        with suppress(StoreUnavailable):
            text = error.detail if isinstance(error, GatewayError) else f"{type(error).__name__}: {str(error)[:200]}"
            problem = sentence("mail.unreadable_now", "The mailbox cannot be read now; trying again. {reason}", reason=text)
            await inbox.report(self._channel_id, problem=problem)

    async def _session(self, inbox: Inbox) -> None:
        thread = OwnThread(f"imap-{self._channel_id}")
        mailbox = Mailbox(self._settings.imap, max_bytes=self._around.max_bytes, tls=self._around.tls)
        try:
            opened = await self._open(thread, mailbox)
            await self._run(inbox, thread, mailbox, opened)
        finally:
            mailbox.abort()
            await thread.end(mailbox.close, within=0.8)

    async def _open(self, thread: OwnThread, mailbox: Mailbox) -> Opened:
        password = self._settings.imap.password
        secret = await self._token.get() if self._token else password.get_secret_value() if password else ""
        try:
            opened = await thread.call(mailbox.open, secret)
        except ChannelPaused as error:
            self._refusals += 1
            if self._token and error.code == "mail_login_refused" and self._refusals < 2:
                self._token.forget()  # revoked early: one new token before a person is called
                raise OSError("The mail server refused the access token.") from error
            raise
        self._refusals = 0
        return opened

    async def _run(self, inbox: Inbox, thread: OwnThread, mailbox: Mailbox, opened: Opened) -> None:
        place = await self._start(inbox, opened)
        while True:
            place = await self._catch_up(inbox, thread, mailbox, place)
            for uid in await thread.call(mailbox.after, place.uid):
                place = await self._take(inbox, thread, mailbox, Place(place.uidvalidity, uid))
            self._failures = 0
            await inbox.report(self._channel_id, problem=None)
            if opened.idle:
                await thread.call(mailbox.idle, self._pace.idle)
            else:
                await asyncio.sleep(self._pace.poll)

    async def _start(self, inbox: Inbox, opened: Opened) -> Place:
        """Where to go on: the cursor if it still means something, else a catching up from the day we began.

        A mailbox put back from a backup gives numbers again that we have passed already.
        """
        stored = Place.read(await inbox.cursor(self._channel_id, self._cursor("uid")))
        if stored and stored.uidvalidity == opened.uidvalidity and stored.uid < opened.uidnext:
            return stored
        place = Place(opened.uidvalidity, 0, opened.uidnext - 1)
        if await inbox.cursor(self._channel_id, self._cursor("since")) is None:
            since = await self._beginning(inbox) - timedelta(days=self._settings.backfill_days)
            await inbox.set_cursor(self._channel_id, self._cursor("since"), since.isoformat())
        else:
            log.warning("mail.numbered_anew", channel=self._channel_id, uidvalidity=opened.uidvalidity, uidnext=opened.uidnext)
        await self._move(inbox, place)
        return place

    async def _beginning(self, inbox: Inbox) -> datetime:
        """Now, for a folder that is changed to; the first one begins when the mailbox was connected.

        Between that moment and the first login lie seconds, or the days until somebody mends the password; what was sent
        meanwhile was sent to us.
        """
        now = self._around.clock.now()
        if await inbox.cursor(self._channel_id, "began") is not None:
            return now
        await inbox.set_cursor(self._channel_id, "began", now.isoformat())
        return min(now, self._around.since or now) - SKEW

    async def _catch_up(self, inbox: Inbox, thread: OwnThread, mailbox: Mailbox, place: Place) -> Place:
        if place.upto <= place.uid:
            return place
        since = datetime.fromisoformat(
            await inbox.cursor(self._channel_id, self._cursor("since")) or "1970-01-01T00:00:00+00:00"
        )
        for uid in await thread.call(mailbox.between, place.uid, place.upto, since=since):
            place = await self._take(inbox, thread, mailbox, Place(place.uidvalidity, uid, place.upto))
        place = Place(place.uidvalidity, max(place.uid, place.upto))
        await self._move(inbox, place)
        return place

    async def _take(self, inbox: Inbox, thread: OwnThread, mailbox: Mailbox, place: Place) -> Place:
        """One mail: fetch, keep, move on. What cannot be fetched at the third try becomes a note and blocks nobody."""
        tried = (place.uidvalidity, place.uid)
        try:
            fetched = await thread.call(mailbox.fetch, place.uid)
        except Exception as error:
            # a broken connection is rarely the mail's fault: it takes many of those to give a mail up
            self._tries[tried] = self._tries.get(tried, 0) + (1 if isinstance(error, OSError | IMAPClientAbortError) else 4)
            if self._tries[tried] < self._pace.tries * 4:
                if isinstance(error, OSError | IMAPClientError):
                    raise
                raise OSError(f"A mail cannot be fetched ({type(error).__name__}).") from error
            log.error("mail.unfetchable", channel=self._channel_id, uid=place.uid, error=type(error).__name__)
            await inbox.keep(self._note(place, error))
            fetched = None
        if fetched is not None:
            await inbox.keep(self._raw(fetched, place))
        await self._move(inbox, place)
        self._tries.pop(tried, None)
        if fetched is not None and self._settings.mark_seen:
            await thread.call(mailbox.mark_seen, place.uid)
        return place

    async def _move(self, inbox: Inbox, place: Place) -> None:
        await inbox.set_cursor(self._channel_id, self._cursor("uid"), str(place))

    def _cursor(self, what: str) -> str:
        return f"{what}:{self._settings.imap.folder}"

    def _raw(self, fetched: Fetched, place: Place) -> Raw:
        headers = {"uid": str(place.uid), "uidvalidity": str(place.uidvalidity)}
        if fetched.oversize:
            headers["oversize"] = str(fetched.oversize)
        # servers differ in line ends: a mailbox moved from one to another is still the same mail
        digest = hashlib.sha256(fetched.raw.replace(b"\r\n", b"\n")).hexdigest()
        received_at = fetched.received_at or self._around.clock.now()
        return Raw(self._channel_id, f"sha256:{digest}", _lane(fetched.raw, digest), fetched.raw, received_at, headers)

    def _note(self, place: Place, error: Exception) -> Raw:
        name = f"unfetchable:{place.uidvalidity}.{place.uid}"
        headers = {"uid": str(place.uid), "uidvalidity": str(place.uidvalidity), "unfetchable": type(error).__name__}
        return Raw(self._channel_id, name, name, b"", self._around.clock.now(), headers)


def _lane(raw: bytes, otherwise: str) -> str:
    """Mails of one thread in order, others side by side. A guess for ordering only; parsing decides what joins."""
    found: dict[bytes, bytes] = {}
    for match in _ROOT.finditer(raw[:65536]):
        found.setdefault(match[0][:2].lower(), match[1])
    root = found.get(b"re") or found.get(b"in") or found.get(b"me")
    return hashlib.sha256(root).hexdigest()[:24] if root else otherwise[:24]
