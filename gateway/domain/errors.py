"""Every anticipated failure of the gateway, in one tree. Imports nothing; everyone may raise and catch from here.

GatewayError
├── ConfigError            a file, an environment value or a setting is wrong: place and remedy in the text
├── Rejected               the sender's fault                                   → 4xx
│   ├── TooLarge           over a stated limit                                  → 413
│   ├── TooSlow            it did not arrive in time                            → 408
│   ├── Unauthenticated    who is it?                                           → 401
│   └── TooMany            a limit per visitor, address or account              → 429, `retry_after`
├── Refused                a rule said no                                       → 403 or 409
│   ├── Forbidden          this operator may not                                → 403
│   │   └── WrongAddress   our own page, opened under another name              → 403, `address`
│   └── IllegalMove        the noun does not allow this change of state         → 409
├── NotFound               no such thing, or not for this reader                → 404
├── Conflict               somebody was faster, the version has moved on        → 409
├── StoreUnavailable       the database cannot answer now; nothing was promised → 503
├── ChannelPaused          an adapter cannot go on until a person acts (wrong password, revoked token)
├── Unreadable             raw input that cannot be turned into events: quarantined, never lost
└── SendError              a message could not be sent; carries the four facts the retry policy reads
"""

from __future__ import annotations

from dataclasses import dataclass


class GatewayError(Exception):
    """Root of every failure the gateway foresees. `code` is stable and goes to logs and API answers."""

    code = "error"

    def __init__(self, detail: str = "", *, code: str | None = None) -> None:
        super().__init__(detail or (self.__doc__ or "").split("\n")[0])
        if code:
            self.code = code

    @property
    def detail(self) -> str:
        """The sentence for people: what happened and what to do."""
        text: str = self.args[0]
        return text

    @property
    def told(self) -> str:
        """The same for those outside the house: browsers, visitors, callers of the API."""
        return self.detail


class ConfigError(GatewayError):
    """The configuration is wrong."""

    code = "config_invalid"


class Rejected(GatewayError):
    """The request cannot be accepted as it is."""

    code = "rejected"


class TooLarge(Rejected):
    """It is over the size limit."""

    code = "too_large"


class TooSlow(Rejected):
    """It did not arrive in time; send it again."""

    code = "too_slow"


class Unauthenticated(Rejected):
    """Sign in first."""

    code = "unauthenticated"


class TooMany(Rejected):
    """Too many requests; `retry_after` is in seconds."""

    code = "too_many"

    def __init__(self, detail: str = "", *, retry_after: float = 1.0) -> None:
        super().__init__(detail)
        self.retry_after = retry_after


class Refused(GatewayError):
    """A rule said no."""

    code = "refused"


class Forbidden(Refused):
    """You may not do this."""

    code = "forbidden"


class WrongAddress(Forbidden):
    """The gateway is set up for another address; `address` is the right one."""

    code = "wrong_address"

    def __init__(self, detail: str = "", *, address: str) -> None:
        super().__init__(detail)
        self.address = address


class IllegalMove(Refused):
    """This is not possible in the present state."""

    code = "illegal_move"


class NotFound(GatewayError):
    """There is no such thing."""

    code = "not_found"


class Conflict(GatewayError):
    """Somebody was faster."""

    code = "conflict"


class StoreUnavailable(GatewayError):
    """The database cannot answer now."""

    code = "store_unavailable"

    @property
    def told(self) -> str:
        """Folders, addresses and what the engine says are for the log."""
        return "What is stored cannot be reached now."


class ChannelPaused(GatewayError):
    """The channel stops until a person acts; the text says what is wrong and what to do."""

    code = "channel_paused"


class Unreadable(GatewayError):
    """Raw input that cannot be understood; it is kept for a person to look at and replay."""

    code = "unreadable"


@dataclass(frozen=True, slots=True)
class SendFacts:
    """What the retry policy (services/delivery) and the operator need to know about a failed send.

    retry: may the same message be sent again by itself; retry_after: seconds to wait at least, None = policy decides;
    certain: it surely did not arrive (False makes the delivery *uncertain* unless the network deduplicates by our key);
    ours: the fault is ours or the configuration's (log it loudly); text: one sentence for the operator.
    """

    retry: bool
    certain: bool
    ours: bool
    text: str
    retry_after: float | None = None


class SendError(GatewayError):
    """A message could not be sent."""

    code = "send_failed"

    def __init__(self, facts: SendFacts, *, code: str | None = None) -> None:
        super().__init__(facts.text, code=code)
        self.facts = facts


def send_again(text: str, *, after: float | None = None, certain: bool = True) -> SendError:
    """A passing fault: the network was away, the peer asked us to wait `after` seconds."""
    return SendError(SendFacts(retry=True, certain=certain, ours=False, text=text, retry_after=after))


def send_refused(text: str, *, ours: bool = False, code: str | None = None) -> SendError:
    """The peer said no for good: blocked, no such mailbox, content refused."""
    return SendError(SendFacts(retry=False, certain=True, ours=ours, text=text), code=code)


def send_unknown(text: str) -> SendError:
    """The answer was not seen: it may have arrived."""
    return SendError(SendFacts(retry=False, certain=False, ours=False, text=text), code="send_unknown")
