"""An SMTP server that keeps what it was given: `aiosmtpd` in a thread of its own."""

from __future__ import annotations

from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from tests.servers.process import ServerMissing, free_port


class SmtpServer:
    """Accepts every message on `host`:`port`; `refuse_next` makes it answer one RCPT with an error instead."""

    host = "127.0.0.1"

    def __init__(self) -> None:
        try:
            from aiosmtpd.controller import Controller
        except ImportError as error:
            raise ServerMissing("smtp: the package aiosmtpd is not installed; run `make setup`") from error
        self.envelopes: list[Any] = []
        self._refusals: list[str] = []
        self.port = free_port()  # the controller probes the port it was given, so 0 will not do
        self._controller = Controller(self, hostname=self.host, port=self.port, ready_timeout=10)

    def start(self) -> None:
        """Listen."""
        self._controller.start()

    def stop(self) -> None:
        """Stop listening and end the thread."""
        self._controller.stop()

    @property
    def messages(self) -> list[EmailMessage]:
        """What was received, parsed, in order."""
        return [_parsed(envelope.content) for envelope in list(self.envelopes)]

    def refuse_next(self, answer: str) -> None:
        """Answer the next recipient with e.g. `451 4.7.1 try again later`."""
        self._refusals.append(answer)

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any) -> str:  # noqa: N802
        """aiosmtpd asks about each recipient."""
        if self._refusals:
            return self._refusals.pop(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        """aiosmtpd hands over one whole message."""
        self.envelopes.append(envelope)
        return "250 Message accepted"


def _parsed(raw: bytes) -> EmailMessage:
    message = message_from_bytes(raw, policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message
