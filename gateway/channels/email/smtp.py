"""Hand one mail to the SMTP server, once, and tell what became of it. Talks SMTP over connections.py; used by channel.py.

Step by step instead of `sendmail`, because the step decides the meaning (RFC 5321 section 4.2.5): before the final dot
nothing has arrived; after it and without an answer nobody knows. All recipients or none: a letter has one fate.
"""

from __future__ import annotations

import asyncio
import ssl
from typing import Any

import aiosmtplib
from aiolimiter import AsyncLimiter

from gateway.channels.email.compose import Post
from gateway.channels.email.connections import Connections
from gateway.channels.email.fields import clean
from gateway.channels.email.settings import Smtp
from gateway.domain.errors import ChannelPaused, SendError, send_again, send_refused, send_unknown
from gateway.domain.sentence import sentence

SECONDS = 50.0


class Pacing:
    """Mails per minute and host, shared by all mailboxes that send through it."""

    def __init__(self) -> None:
        self._limiters: dict[tuple[str, int], AsyncLimiter] = {}

    def of(self, smtp: Smtp) -> AsyncLimiter:
        """The limiter of this host; the first mailbox sets the rate."""
        key = (smtp.host.lower(), smtp.port)
        return self._limiters.setdefault(key, AsyncLimiter(smtp.per_minute, 60))


class Postman:
    """Sends through one server."""

    def __init__(self, smtp: Smtp, *, pacing: Pacing, tls: ssl.SSLContext | None = None) -> None:
        self._smtp = smtp
        self._pacing = pacing
        self._connections = Connections(smtp, tls=tls)

    async def deliver(self, post: Post) -> None:
        """Returns when the server has taken it. Raises only SendError."""
        arriving = [False]
        try:
            async with asyncio.timeout(SECONDS):
                async with self._pacing.of(self._smtp):
                    pass
                async with self._connections.connected() as client:
                    await _envelope(client, post)
                    arriving[0] = True
                    await client.data(post.body)
                    arriving[0] = False
        except SendError:
            raise
        except ChannelPaused as error:
            raise send_again(
                sentence("send.mail_paused", "The mailbox needs a person: {reason}", reason=error.detail), after=600
            ) from error
        except aiosmtplib.SMTPResponseException as error:
            raise _by_code(error) from error
        except aiosmtplib.SMTPNotSupported as error:
            raise send_refused(
                sentence("send.mail_not_supported", "The mail server cannot do this: {reason}", reason=_said(error)), ours=True
            ) from error
        except ssl.SSLCertVerificationError as error:
            raise send_again(
                sentence("send.mail_certificate", "The mail server's certificate is not valid."), after=600
            ) from error
        except (aiosmtplib.SMTPException, OSError, TimeoutError, ValueError) as error:
            if arriving[0]:
                raise send_unknown(
                    sentence("send.mail_broke", "The connection broke before the mail server confirmed the mail.")
                ) from error
            raise send_again(
                sentence("send.mail_unreachable", "The mail server cannot be reached ({fault}).", fault=type(error).__name__)
            ) from error

    async def close(self) -> None:
        """Part from the server."""
        await self._connections.close()


async def _envelope(client: aiosmtplib.SMTP, post: Post) -> None:
    """MAIL and RCPT; nothing has arrived when this raises."""
    options = []
    limit = _size_limit(client)
    if limit and len(post.body) > limit:
        raise send_refused(
            sentence("send.mail_size", "The mail is larger than the {n} MB this server takes.", n=limit // 1024 // 1024),
            code="mail_too_large",
        )
    if not "".join((post.envelope_from, *post.envelope_to)).isascii():
        if not client.supports_extension("smtputf8"):
            raise send_refused(
                sentence("send.mail_no_utf8", "The mail server cannot send to addresses with such letters (no SMTPUTF8)."),
                code="mail_no_utf8",
            )
        options.append("SMTPUTF8")
    encoding = "utf-8" if options else "ascii"
    await client.mail(post.envelope_from, options=options, encoding=encoding)
    for address in post.envelope_to:
        await client.rcpt(address, encoding=encoding)


def _size_limit(client: aiosmtplib.SMTP) -> int:
    value: Any = client.esmtp_extensions.get("size", "0") or "0"
    return int(value) if str(value).isdigit() else 0


def _by_code(error: aiosmtplib.SMTPResponseException) -> SendError:
    answer: dict[str, str | int] = {"code": error.code, "reason": clean(str(error.message), cap=300)}
    if isinstance(error, aiosmtplib.SMTPAuthenticationError) and error.code >= 500:
        words = sentence(
            "send.mail_login",
            "The mail server answered {code}: {reason} Check the user name and password for sending.",
            **answer,
        )
        return send_refused(words, ours=True, code="mail_login_refused")
    text = sentence("send.mail_answered", "The mail server answered {code}: {reason}", **answer)
    return send_again(text) if 400 <= error.code < 500 else send_refused(text, code=f"smtp_{error.code}")


def _said(error: Exception) -> str:
    return clean(str(error), cap=200)
