"""Webhook mode: Telegram calls us. Registers the address, checks the secret, watches how Telegram fares.

https://core.telegram.org/bots/api#setwebhook. Telegram repeats an update until it is answered 2xx, so the caller
commits what `name_update` returns before it answers.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from aiogram import Bot
from aiogram import exceptions as vendor

from gateway.channels.telegram.api import ALLOWED_UPDATES
from gateway.channels.telegram.faults import EVERY_FAULT
from gateway.channels.telegram.polling import BAD_TOKEN
from gateway.channels.telegram.settings import TelegramSettings
from gateway.channels.telegram.updates import lane_of
from gateway.domain.errors import ChannelPaused, Rejected, Unauthenticated
from gateway.domain.ids import ChannelId
from gateway.domain.inbound import Raw
from gateway.domain.sentence import sentence
from gateway.ports.channel import HookRequest, Inbox
from gateway.ports.clock import Clock

SECRET_HEADER = "x-telegram-bot-api-secret-token"  # noqa: S105
LOOK_SECONDS = 300.0
RETRY_SECONDS = 30.0
FRESH = timedelta(minutes=10)


def name_update(request: HookRequest, channel_id: ChannelId, settings: TelegramSettings, *, now: datetime) -> Raw:
    """Raises Unauthenticated without the right secret, Rejected for what is no update."""
    expected = settings.webhook_secret.get_secret_value() if settings.webhook_secret else ""
    given = request.headers.get(SECRET_HEADER, "")
    if not expected or not hmac.compare_digest(expected.encode(), given.encode("utf-8", "replace")):
        raise Unauthenticated("The secret token is missing or wrong.")
    try:
        update = json.loads(request.body)
        number = int(update["update_id"])
    except (ValueError, KeyError, TypeError, RecursionError):
        raise Rejected("This is not a Telegram update.") from None
    return Raw(channel_id, str(number), lane_of(update), request.body, now)


@dataclass(frozen=True, slots=True)
class Hook:
    """Where Telegram shall call, and the word it must bring along."""

    url: str
    secret: str


class WebhookWatch:
    """Registers the address and looks every few minutes whether Telegram can reach it."""

    def __init__(
        self, bot: Bot, channel_id: ChannelId, hook: Hook, *, clock: Clock, pause: Callable[[float], Awaitable[None]]
    ) -> None:
        self._bot, self._channel_id, self._hook, self._clock, self._pause = bot, channel_id, hook, clock, pause

    async def run(self, inbox: Inbox) -> None:
        """Until cancelled. Raises ChannelPaused when the token or the address is refused."""
        while True:
            try:
                problem = await self._look()
                wait = LOOK_SECONDS
            except (vendor.TelegramUnauthorizedError, vendor.TelegramNotFound):
                raise ChannelPaused(BAD_TOKEN) from None
            except vendor.TelegramBadRequest as error:
                raise ChannelPaused(
                    sentence("telegram.bad_hook", "Telegram refuses the webhook address: {reason}", reason=error.message[:200])
                ) from None
            except vendor.TelegramRetryAfter as error:
                problem = sentence("telegram.wait", "Telegram asks us to wait {seconds} s.", seconds=error.retry_after)
                wait = float(error.retry_after)
            except EVERY_FAULT:
                problem = sentence("telegram.hook_unknown", "Telegram cannot be reached to check the webhook; trying again.")
                wait = RETRY_SECONDS
            await inbox.report(self._channel_id, problem=problem)
            await self._pause(wait)

    async def _look(self) -> str | None:
        state = await self._bot.get_webhook_info()
        if state.url != self._hook.url:
            await self._bot.set_webhook(self._hook.url, secret_token=self._hook.secret, allowed_updates=ALLOWED_UPDATES)
            return None
        failed_at = state.last_error_date
        if failed_at and self._clock.now() - failed_at < FRESH and state.pending_update_count:
            reason = (state.last_error_message or "unknown error")[:200]
            return sentence("telegram.cannot_deliver", "Telegram cannot deliver to our address: {reason}", reason=reason)
        return None
