"""Connections to one SMTP server: opened, logged in, kept for the next mail for some seconds. Talks SMTP; used by smtp.py.

At most one waits, and only after a mail that went through: whatever happened otherwise, the connection is closed. Before it
is used again RSET must be answered, so that one the server has left is noticed while nothing has been said on it.
docs/adr/0006-mail-in-threads-and-killable-workers.md.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import aiosmtplib

from gateway.channels.email.oauth import AccessToken
from gateway.channels.email.settings import Smtp

STEP_SECONDS = 20.0
IDLE_SECONDS = 15.0
MOST_MAILS = 50  # servers end a session after a hundred or so
ALIVE_SECONDS = 5.0
_GONE = (aiosmtplib.SMTPException, OSError, TimeoutError)


@dataclass(slots=True)
class _Line:
    """A connection and how many mails have gone over it."""

    client: aiosmtplib.SMTP
    mails: int = 0
    timer: asyncio.TimerHandle | None = None


class Connections:
    """To the server of one mailbox. idle: seconds a connection waits for the next mail; 0 keeps none."""

    def __init__(self, smtp: Smtp, *, tls: ssl.SSLContext | None = None, idle: float = IDLE_SECONDS) -> None:
        self._smtp, self._tls, self._idle = smtp, tls, idle
        self._token = AccessToken(smtp.oauth) if smtp.oauth else None
        self._waiting: _Line | None = None
        self._parting: set[asyncio.Task[None]] = set()

    @asynccontextmanager
    async def connected(self) -> AsyncIterator[aiosmtplib.SMTP]:
        """A connection, encrypted and logged in as the settings say. Kept if the body ends well, else closed."""
        line = await self._taken() or _Line(await self._opened())
        try:
            yield line.client
        except BaseException:
            line.client.close()
            raise
        line.mails += 1
        self._put_by(line)

    async def close(self) -> None:
        """Part from the one that waits, within a second."""
        if self._waiting is not None:
            _stop(self._waiting)
            self._leave(self._waiting)
        await asyncio.gather(*self._parting)

    async def _taken(self) -> _Line | None:
        line, self._waiting = self._waiting, None
        if line is None:
            return None
        _stop(line)
        try:
            await line.client.rset(timeout=ALIVE_SECONDS)
        except _GONE:
            line.client.close()
            return None
        except BaseException:
            line.client.close()
            raise
        return line

    def _put_by(self, line: _Line) -> None:
        """Says nothing to the server here: the mail is taken, and no fault may befall it any more."""
        if self._waiting is not None or not self._idle or line.mails >= MOST_MAILS:
            self._leave(line)
            return
        self._waiting = line
        line.timer = asyncio.get_running_loop().call_later(self._idle, self._leave, line)

    def _leave(self, line: _Line) -> None:
        if self._waiting is line:
            self._waiting = None
        task = asyncio.create_task(_part(line.client))
        self._parting.add(task)
        task.add_done_callback(self._parting.discard)

    async def _opened(self) -> aiosmtplib.SMTP:
        client = aiosmtplib.SMTP(
            hostname=self._smtp.host, port=self._smtp.port, timeout=STEP_SECONDS,
            use_tls=self._smtp.security == "tls", start_tls=self._smtp.security == "starttls",
            tls_context=self._tls if self._smtp.security != "none" else None,
        )  # fmt: skip
        try:
            await client.connect()
            await _greet(client)
            await self._login(client)
        except BaseException:
            client.close()
            raise
        return client

    async def _login(self, client: aiosmtplib.SMTP) -> None:
        try:
            if self._token:
                await client.auth_xoauth2(self._smtp.username, await self._token.get())
            elif self._smtp.password is not None:
                await client.login(self._smtp.username, self._smtp.password.get_secret_value())
        except aiosmtplib.SMTPAuthenticationError:
            if self._token:
                self._token.forget()
            raise


async def _greet(client: aiosmtplib.SMTP) -> None:
    """EHLO, so that the server's limits are known; a very old server gets HELO."""
    if client.is_ehlo_or_helo_needed:
        try:
            await client.ehlo()
        except aiosmtplib.SMTPHeloError:
            await client.helo()


def _stop(line: _Line) -> None:
    if line.timer is not None:
        line.timer.cancel()


async def _part(client: aiosmtplib.SMTP) -> None:
    try:
        await client.quit(timeout=0.8)
    except _GONE:
        pass  # the mail is taken; how we part does not matter
    finally:
        client.close()
