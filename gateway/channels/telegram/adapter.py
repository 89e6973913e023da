"""TelegramChannel: one bot behind the channel ports. Holds the connection, delegates each promise to one file.

https://core.telegram.org/bots/api. Loaded only when a bot is built (see the package).
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from typing import Any

from gateway.channels.telegram.api import open_bot
from gateway.channels.telegram.checkup import check_bot
from gateway.channels.telegram.faults import EVERY_FAULT
from gateway.channels.telegram.files import download
from gateway.channels.telegram.polling import Poller
from gateway.channels.telegram.sending import Sender
from gateway.channels.telegram.settings import TelegramSettings
from gateway.channels.telegram.updates import read_update
from gateway.channels.telegram.webhook import Hook, WebhookWatch, name_update
from gateway.domain.channel import ChannelKind
from gateway.domain.delivery import Letter, Receipt
from gateway.domain.ids import ChannelId
from gateway.domain.inbound import InboundEvent, Raw
from gateway.ports.channel import CheckLine, HookRequest, Inbox
from gateway.ports.clock import Clock


class TelegramChannel:
    """Channel, Listener, RawParser, HookParser, MediaSource and Typist of gateway/ports/channel.py."""

    kind: ChannelKind = "telegram"
    deduplicates = False

    def __init__(
        self,
        channel_id: ChannelId,
        settings: TelegramSettings,
        *,
        read_blob: Callable[[str], Awaitable[bytes]],
        clock: Clock,
        hook_url: str | None = None,
    ) -> None:
        self._channel_id, self._settings, self._clock, self._hook_url = channel_id, settings, clock, hook_url
        self.pause: Callable[[float], Awaitable[None]] = asyncio.sleep  # tests put one in that does not wait
        self._bot = open_bot(settings)
        self._sender = Sender(self._bot, read_blob=read_blob)

    async def send(self, letter: Letter) -> Receipt:
        """See the port. dialogue_key is the chat id."""
        return await self._sender.send(letter)

    async def listen(self, inbox: Inbox) -> None:
        """Fetch by polling, or keep the webhook registered and watched."""
        secret = self._settings.webhook_secret
        if self._settings.mode == "webhook" and self._hook_url and secret:
            hook = Hook(self._hook_url, secret.get_secret_value())
            watch = WebhookWatch(self._bot, self._channel_id, hook, clock=self._clock, pause=self.pause)
            await watch.run(inbox)
        else:
            await Poller(self._bot, self._channel_id, self._settings, clock=self._clock, pause=self.pause).run(inbox)

    async def parse(self, raw: Raw) -> Sequence[InboundEvent]:
        """One update, at most one event."""
        return read_update(raw)

    def verify(self, request: HookRequest) -> Raw | None:
        """The secret that was handed to setWebhook must come back."""
        return name_update(request, self._channel_id, self._settings, now=self._clock.now())

    def answer(self) -> tuple[int, Mapping[str, Any]]:
        """Telegram wants a 2xx and nothing more."""
        return 200, {"ok": True}

    def fetch(self, reference: str) -> AsyncIterator[bytes]:
        """reference: a file id."""
        return download(self._bot, reference, largest=self._settings.download_limit)

    async def typing(self, dialogue_key: str, *, on: bool) -> None:
        """Telegram shows it for five seconds and has no way to take it back."""
        if not on:
            return
        try:
            await self._bot.send_chat_action(dialogue_key, "typing")
        except EVERY_FAULT:
            return  # a hint to the contact; the answer itself will tell what is wrong

    async def check(self) -> Sequence[CheckLine]:
        """Token, way of receiving, groups."""
        return await check_bot(self._bot, self._settings, hook_url=self._hook_url)

    async def close(self) -> None:
        """Close the connections."""
        await self._bot.session.close()
