"""One IMAP connection, blocking, for the one thread that owns it (listener.py). Talks IMAP through imapclient.

imapclient's traps and what stands against them (docs/adr/0006): every read has a time limit; `idle_check` takes half a line
for a broken connection and does not see what came together with the answer to IDLE, so the socket is waited for here and the
notices are read after DONE; flags are never touched by reading (BODY.PEEK); `abort` may be called from another thread to wake
a blocked read. RFC 9051, 2177.
"""

from __future__ import annotations

import logging
import selectors
import socket
import ssl
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from imapclient import IMAPClient, SocketTimeout
from imapclient.exceptions import CapabilityError, IMAPClientAbortError, IMAPClientError, LoginError

from gateway.channels.email.fields import clean
from gateway.channels.email.settings import Imap
from gateway.domain.errors import ChannelPaused
from gateway.domain.sentence import sentence

CONNECT_SECONDS, READ_SECONDS = 10.0, 20.0
HEADER_BYTES = 256 * 1024
FACTS_AT_ONCE = 500
_PASSING = ("unavailable", "inuse", "limit", "serverbug", "temporar", "try again", "too many", "overquota", "timeout")
# its debug lines would hold what we send when we log in
logging.getLogger("imapclient").setLevel(logging.INFO)


class ConnectionLost(OSError):
    """The server is gone; connect again."""


class NothingInside(IMAPClientError):  # type: ignore[misc]
    """A mail that is there and has no bytes; the next try may bring them."""


@dataclass(frozen=True, slots=True)
class Opened:
    """What SELECT told. uidnext: the UID that the next mail will get."""

    uidvalidity: int
    uidnext: int
    idle: bool


@dataclass(frozen=True, slots=True)
class Fetched:
    """One mail. received_at: None if the server does not tell; oversize: its size if only the headers were fetched."""

    raw: bytes
    received_at: datetime | None
    oversize: int = 0


class Mailbox:
    """Every method blocks and raises OSError (ConnectionLost) or IMAPClientError; `open` also ChannelPaused."""

    def __init__(self, imap: Imap, *, max_bytes: int, tls: ssl.SSLContext | None = None) -> None:
        self._imap = imap
        self._max_bytes = max_bytes
        self._tls = tls
        self._client: Any = None
        self._given_up = False

    def open(self, secret: str) -> Opened:
        """Connect, encrypt, log in, select. secret: the password or the access token."""
        self._client = _explained(self._connect)
        self._check_given_up()
        _explained(lambda: self._login(secret))
        answer = _explained(self._select)
        uidnext = int(answer.get(b"UIDNEXT", 0)) or max(self._search(["ALL"]), default=0) + 1
        return Opened(int(answer.get(b"UIDVALIDITY", 0)), uidnext, idle=bool(self._client.has_capability("IDLE")))

    def after(self, uid: int) -> list[int]:
        """UIDs above this one, ascending. (`N:*` always names the last mail, hence the filter.)"""
        self._client.noop()
        return [found for found in self._search(["UID", f"{uid + 1}:*"]) if found > uid]

    def between(self, uid: int, upto: int, *, since: datetime) -> list[int]:
        """UIDs in (uid, upto] that came since a moment, or on its day where the server tells no more, ascending."""
        day = (since - timedelta(days=1)).date()  # servers search by days, in zones of their own
        found = [one for one in self._search(["UID", f"{uid + 1}:{upto}", "SINCE", day]) if uid < one <= upto]
        came: dict[int, datetime | None] = {}
        for first in range(0, len(found), FACTS_AT_ONCE):
            facts = self._client.fetch(found[first : first + FACTS_AT_ONCE], ["INTERNALDATE"])
            came |= {one: _arrival(about) for one, about in facts.items()}
        return [one for one in found if one in came and (came[one] or since) >= since]

    def fetch(self, uid: int) -> Fetched | None:
        """One mail without touching its flags; None if it is gone. Over the limit: headers only."""
        facts = self._facts(uid)
        if not facts:
            return None
        size = int(facts.get(b"RFC822.SIZE", 0))
        large = size > self._max_bytes
        body = self._body(uid, f"BODY.PEEK[HEADER]<0.{HEADER_BYTES}>" if large else "BODY.PEEK[]")
        if size and not body:
            if self._facts(uid):
                raise NothingInside("The mail server lists a mail and hands nothing over.")
            return None
        return Fetched(body, _arrival(facts), oversize=size if large else 0)

    def _facts(self, uid: int) -> Mapping[bytes, Any]:
        found: Mapping[bytes, Any] = self._client.fetch([uid], ["RFC822.SIZE", "INTERNALDATE"]).get(uid, {})
        return found

    def _body(self, uid: int, what: str) -> bytes:
        for name, value in self._client.fetch([uid], [what]).get(uid, {}).items():
            if name.startswith(b"BODY["):
                return value if isinstance(value, bytes) else b""
        return b""

    def idle(self, seconds: float) -> None:
        """Return when something happened or the time is over. Raises ConnectionLost at once when the server is gone."""
        self._client.idle()
        if not self._has_said_more():
            with selectors.DefaultSelector() as selector:
                selector.register(self._client.socket(), selectors.EVENT_READ)
                selector.select(seconds)
        try:
            _, said = self._client.idle_done()
        except (OSError, IMAPClientAbortError) as error:
            raise ConnectionLost("The mail server closed the connection.") from error
        if any(isinstance(item, tuple) and item[:1] == (b"BYE",) for item in said):
            raise ConnectionLost("The mail server said goodbye.")

    def _has_said_more(self) -> bool:
        """True if a notice came together with the answer to IDLE: it lies in a buffer, where no poll sees it."""
        self._client.socket().setblocking(False)
        try:
            return bool(self._client._imap.file.peek(1))
        except OSError:  # so TLS says that there is nothing
            return False
        finally:
            self._client.socket().settimeout(READ_SECONDS)

    def mark_seen(self, uid: int) -> None:
        """Set \\Seen."""
        self._client.add_flags([uid], [b"\\Seen"], silent=True)

    def abort(self) -> None:
        """From any thread: wake whoever is blocked in a read; the next call fails."""
        self._given_up = True
        with suppress(OSError, AttributeError):
            self._client.socket().shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Free the socket; never raises."""
        with suppress(OSError, AttributeError, IMAPClientError):
            if self._client is not None:
                self._client.shutdown()

    def _connect(self) -> Any:
        secure = self._imap.security == "tls"
        client = IMAPClient(
            self._imap.host, port=self._imap.port, ssl=secure, ssl_context=self._context() if secure else None,
            timeout=SocketTimeout(CONNECT_SECONDS, READ_SECONDS),
        )  # fmt: skip
        client.normalise_times = False
        if self._imap.security == "starttls":
            try:
                client.starttls(self._context())
            except BaseException:
                client.shutdown()
                raise
        return client

    def _context(self) -> ssl.SSLContext:
        return self._tls or ssl.create_default_context()

    def _check_given_up(self) -> None:
        if self._given_up:
            raise ConnectionLost("Given up.")

    def _login(self, secret: str) -> None:
        if self._imap.oauth:
            self._client.oauth2_login(self._imap.username, secret)
        else:
            self._client.login(self._imap.username, secret)

    def _select(self) -> Any:
        try:
            return self._client.select_folder(self._imap.folder, readonly=False)
        except IMAPClientAbortError:
            raise
        except IMAPClientError as error:
            if _is_passing(error):
                raise
            raise ChannelPaused(
                sentence(
                    "mail.no_folder",
                    "The folder “{folder}” cannot be opened. Choose a folder that exists in the mailbox.",
                    folder=self._imap.folder,
                ),
                code="mail_no_folder",
            ) from error

    def _search(self, criteria: list[Any]) -> list[int]:
        return sorted(int(uid) for uid in self._client.search(criteria))


def _arrival(facts: Mapping[bytes, Any]) -> datetime | None:
    """INTERNALDATE of a mail, if the server tells."""
    at: datetime | None = facts.get(b"INTERNALDATE")
    return at.astimezone(UTC) if at else None


def _explained(step: Callable[[], Any]) -> Any:
    """Tell what a person must mend from what passes by itself."""
    try:
        return step()
    except ssl.SSLCertVerificationError as error:
        raise ChannelPaused(
            sentence(
                "mail.bad_certificate",
                "The mail server's certificate is not valid ({reason}). Check the host name, or the certificate.",
                reason=error.verify_message,
            ),
            code="mail_bad_certificate",
        ) from error
    except CapabilityError as error:
        raise ChannelPaused(
            sentence("mail.no_tls", "The mail server offers no STARTTLS. Choose another kind of encryption."),
            code="mail_no_tls",
        ) from error
    except LoginError as error:
        if isinstance(error.__context__, IMAPClientAbortError) or _is_passing(error):
            raise ConnectionLost(f"The mail server cannot log us in now: {clean(str(error), cap=200)}") from error
        raise ChannelPaused(
            sentence(
                "mail.login_refused",
                "The mail server refuses the user name or password. Check both; many providers want an app password or OAuth.",
            ),
            code="mail_login_refused",
        ) from error


def _is_passing(error: Exception) -> bool:
    text = str(error).lower()
    return any(word in text for word in _PASSING)
