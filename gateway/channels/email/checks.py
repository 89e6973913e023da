"""“Test connection” for a mailbox: one line per step, each half ends at its first fault. Talks IMAP and SMTP; never raises."""

from __future__ import annotations

import asyncio
import socket
import ssl
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

from gateway.channels.email.fields import clean
from gateway.channels.email.limits import MAX_BYTES
from gateway.channels.email.settings import EmailSettings, Imap, Smtp
from gateway.domain.errors import ChannelPaused, SendError
from gateway.domain.sentence import sentence
from gateway.ports.channel import CheckLine

SECONDS = 20.0
Step = tuple[str, Callable[[], Awaitable[str]], str]


async def check(settings: EmailSettings, *, tls: ssl.SSLContext | None = None) -> list[CheckLine]:
    """Both halves side by side."""
    fetching, sending = await asyncio.gather(
        _run([*_network("imap", settings.imap, tls), _imap_login(settings.imap, tls)]),
        _run([*_network("smtp", settings.smtp, tls), _smtp_login(settings.smtp, tls)]),
    )
    return [*fetching, *sending]


async def _run(steps: list[Step]) -> list[CheckLine]:
    lines = []
    for what, step, remedy in steps:
        started = time.monotonic()
        try:
            async with asyncio.timeout(SECONDS):
                detail, ok = await step(), True
        except ChannelPaused as error:
            detail, ok = error.detail, False
        except Exception as error:  # noqa: BLE001  whatever it is, the administrator is told
            detail, ok = f"{type(error).__name__}: {clean(str(error), cap=300)}", False
        lines.append(CheckLine(what, ok, detail, "" if ok else remedy, round((time.monotonic() - started) * 1000)))
        if not ok:
            break
    return lines


def _network(which: str, server: Imap | Smtp, tls: ssl.SSLContext | None) -> list[Step]:
    async def names() -> str:
        found = await asyncio.get_running_loop().getaddrinfo(server.host, server.port, type=socket.SOCK_STREAM)
        return ", ".join(sorted({str(item[4][0]) for item in found}))

    async def connects() -> str:
        return await _connect(server, None)

    async def encrypts() -> str:
        return await _connect(server, tls or ssl.create_default_context())

    steps: list[Step] = [
        (f"{which}.dns", names, sentence("mail.check_host", "Check the host name “{host}”.", host=server.host)),
        (
            f"{which}.connect",
            connects,
            sentence("mail.check_port", "Check the port {port} and whether a firewall stands in between.", port=server.port),
        ),
    ]
    if server.security == "tls":
        steps.append(
            (
                f"{which}.tls",
                encrypts,
                sentence("mail.check_tls", "Check that this port speaks TLS, and the name on the server's certificate."),
            )
        )
    return steps


async def _connect(server: Imap | Smtp, tls: ssl.SSLContext | None) -> str:
    _, writer = await asyncio.open_connection(server.host, server.port, ssl=tls)
    try:
        secured: Any = writer.get_extra_info("ssl_object")
        return str(secured.version()) if secured else ""
    finally:
        writer.close()
        with suppress(OSError, ssl.SSLError):
            await writer.wait_closed()


def _imap_login(imap: Imap, tls: ssl.SSLContext | None) -> Step:
    async def opens() -> str:
        from gateway.channels.email.mailbox import Mailbox
        from gateway.channels.email.oauth import AccessToken
        from gateway.channels.email.own_thread import OwnThread

        secret = (
            await AccessToken(imap.oauth).get() if imap.oauth else imap.password.get_secret_value() if imap.password else ""
        )
        thread, mailbox = OwnThread("imap-check"), Mailbox(imap, max_bytes=MAX_BYTES, tls=tls)
        try:
            opened = await thread.call(mailbox.open, secret)
        finally:
            mailbox.abort()
            await thread.end(mailbox.close, within=0.8)
        return "IDLE" if opened.idle else sentence("mail.no_idle", "no IDLE: new mail is looked for every minute")

    return (
        "imap.login",
        opens,
        sentence(
            "mail.check_imap",
            "Check user name, password (an app password, if the provider wants one), IMAP access in the mailbox's settings, "
            "and the folder's name.",
        ),
    )


def _smtp_login(smtp: Smtp, tls: ssl.SSLContext | None) -> Step:
    async def logs_in() -> str:
        from gateway.channels.email.connections import Connections

        connections = Connections(smtp, tls=tls, idle=0)
        try:
            async with connections.connected() as client:
                return "SMTPUTF8" if client.supports_extension("smtputf8") else ""
        except SendError as error:
            raise OSError(error.detail) from error
        finally:
            await connections.close()

    remedy = sentence("mail.check_smtp", "Check user name and password for sending, the port and the kind of encryption.")
    return ("smtp.login", logs_in, remedy)
