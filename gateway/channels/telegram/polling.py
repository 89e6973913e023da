"""The getUpdates loop: keep → commit → only then confirm. Talks to the Bot API and to the Inbox port.

An update is confirmed by the *next* request's offset, which moves only over what `inbox.keep` has committed, so a kill
anywhere loses nothing; what comes twice is a repeat for the inbox. Traps: 409 (another poller, or a webhook is set),
429 to the second, HTML instead of JSON from a proxy, ids that start anew after a silent week.
"""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any

from aiogram import Bot
from aiogram import exceptions as vendor

from gateway.channels.telegram.api import get_updates
from gateway.channels.telegram.faults import EVERY_FAULT
from gateway.channels.telegram.settings import TelegramSettings
from gateway.channels.telegram.updates import lane_of
from gateway.domain.errors import ChannelPaused, StoreUnavailable
from gateway.domain.ids import ChannelId
from gateway.domain.inbound import Raw
from gateway.domain.sentence import sentence
from gateway.ports.channel import Inbox
from gateway.ports.clock import Clock

CURSOR = "offset"
PROBE_SECONDS = 60.0  # between looks whether the other poller has gone
LONGEST_PAUSE = 60.0
# Telegram promises growing ids only while there is traffic; after a week without any they may begin anew lower down,
# where an old offset would confirm them unseen. Asking without an offset is safe: what was confirmed does not return.
TRUST_OFFSET = timedelta(days=6)
BAD_TOKEN = sentence(
    "telegram.bad_token",
    "Telegram refuses the bot's token. Get a valid one from @BotFather, enter it, and switch the channel on.",
)
OTHER_POLLER = sentence(
    "telegram.other_poller", "Another program fetches this bot's messages. Stop it, or give this channel a bot of its own."
)


class Poller:
    """One bot's loop. `pause` is asyncio.sleep except in tests."""

    def __init__(
        self,
        bot: Bot,
        channel_id: ChannelId,
        settings: TelegramSettings,
        *,
        clock: Clock,
        pause: Callable[[float], Awaitable[None]],
    ) -> None:
        self._bot, self._channel_id, self._settings, self._clock, self._pause = bot, channel_id, settings, clock, pause
        self._failures = 0

    async def run(self, inbox: Inbox) -> None:
        """Until cancelled. Raises ChannelPaused when the token is refused."""
        offset, moved_at = _read_cursor(await inbox.cursor(self._channel_id, CURSOR))
        webhook_gone = False
        while True:
            if moved_at and self._clock.now() - moved_at > TRUST_OFFSET:
                offset = None
            try:
                if not webhook_gone:
                    await self._bot.delete_webhook(drop_pending_updates=False)
                    webhook_gone = True
                kept = await self._turn(inbox, offset)
            except (*EVERY_FAULT, StoreUnavailable) as error:
                webhook_gone = webhook_gone and not isinstance(error, vendor.TelegramConflictError)
                await self._recover(inbox, error)
                continue
            if kept is not None:
                offset, moved_at = kept, self._clock.now()

    async def _turn(self, inbox: Inbox, offset: int | None) -> int | None:
        began = asyncio.get_running_loop().time()
        updates = await get_updates(self._bot, offset=offset, wait=self._settings.poll_seconds)
        self._failures = 0
        await inbox.report(self._channel_id, problem=None)
        if not updates and asyncio.get_running_loop().time() - began < min(1, self._settings.poll_seconds):
            await self._pause(0.5)  # a server that does not wait for news must not be asked in a tight circle
        return await self._keep_all(inbox, updates)

    async def _keep_all(self, inbox: Inbox, updates: list[dict[str, Any]]) -> int | None:
        """Keep in order. A fault in the middle leaves the bookmark where it was: repeats are harmless, gaps are not."""
        position: int | None = None
        for update in updates:
            await inbox.keep(self._raw(update))
            position = int(update["update_id"]) + 1
        if position is not None:
            await inbox.set_cursor(self._channel_id, CURSOR, f"{position} {self._clock.now().isoformat()}")
        return position

    def _raw(self, update: dict[str, Any]) -> Raw:
        return Raw(
            channel_id=self._channel_id,
            external_id=str(update["update_id"]),
            lane=lane_of(update),
            body=json.dumps(update, separators=(",", ":")).encode(),
            received_at=self._clock.now(),
        )

    async def _recover(self, inbox: Inbox, error: Exception) -> None:
        if isinstance(error, vendor.TelegramUnauthorizedError | vendor.TelegramNotFound):
            raise ChannelPaused(BAD_TOKEN) from None
        self._failures += 1
        problem, wait = self._diagnosis(error)
        await inbox.report(self._channel_id, problem=problem)
        await self._pause(wait)

    def _diagnosis(self, error: Exception) -> tuple[str, float]:
        match error:
            case vendor.TelegramConflictError():
                return OTHER_POLLER, PROBE_SECONDS
            case vendor.TelegramRetryAfter():
                return sentence("telegram.wait", "Telegram asks us to wait {seconds} s.", seconds=error.retry_after), float(
                    error.retry_after
                )
            case StoreUnavailable():
                problem = sentence("telegram.no_store", "Our database cannot store messages now; they wait at Telegram.")
                return problem, self._back_off()
            case vendor.TelegramNetworkError():
                return sentence("telegram.unreachable", "Telegram cannot be reached; trying again."), self._back_off()
            case _:
                return sentence("telegram.error", "Telegram answers with an error; trying again."), self._back_off()

    def _back_off(self) -> float:
        return min(LONGEST_PAUSE, 0.5 * 2.0 ** min(self._failures, 10)) * random.uniform(0.5, 1.0)


def _read_cursor(value: str | None) -> tuple[int | None, datetime | None]:
    if not value:
        return None, None
    offset, _, moved_at = value.partition(" ")
    return int(offset), datetime.fromisoformat(moved_at)
