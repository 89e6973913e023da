""" "Test connection" for a bot: token, way of receiving, groups. Talks to the Bot API; never raises."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Sequence

from aiogram import Bot
from aiogram import exceptions as vendor

from gateway.channels.telegram.faults import EVERY_FAULT, never_connected
from gateway.channels.telegram.settings import TelegramSettings
from gateway.domain.sentence import sentence
from gateway.ports.channel import CheckLine


async def check_bot(bot: Bot, settings: TelegramSettings, *, hook_url: str | None) -> Sequence[CheckLine]:
    """Stops at the first step that fails."""
    lines: list[CheckLine] = []
    for what, step in (
        ("token", lambda: _token(bot)),
        ("receiving", lambda: _receiving(bot, settings, hook_url=hook_url)),
        ("groups", lambda: _groups(bot)),
    ):
        lines.append(await _timed(what, step))
        if not lines[-1].ok:
            break
    return lines


async def _timed(what: str, step: Callable[[], Awaitable[CheckLine]]) -> CheckLine:
    began = time.monotonic()
    try:
        line = await step()
    except EVERY_FAULT as error:
        line = _failure(what, error)
    millis = round((time.monotonic() - began) * 1000)
    return CheckLine(what, line.ok, line.detail, line.remedy, millis)


async def _token(bot: Bot) -> CheckLine:
    me = await bot.get_me()
    return CheckLine("token", ok=True, detail=f"@{me.username}")


async def _receiving(bot: Bot, settings: TelegramSettings, *, hook_url: str | None) -> CheckLine:
    state = await bot.get_webhook_info()
    if settings.mode == "polling":
        remedy = (
            sentence("telegram.foreign_hook", "Another program has set a webhook; it is removed when this channel starts.")
            if state.url
            else ""
        )
        return CheckLine("receiving", ok=True, detail=sentence("telegram.polling", "polling"), remedy=remedy)
    if state.last_error_message and state.pending_update_count:
        remedy = sentence(
            "telegram.hook_reachable", "The address must be reachable from the internet over HTTPS (port 443, 80, 88 or 8443)."
        )
        return CheckLine("receiving", ok=False, detail=state.last_error_message[:200], remedy=remedy)
    remedy = (
        "" if state.url == hook_url else sentence("telegram.hook_later", "The webhook is registered when this channel starts.")
    )
    return CheckLine(
        "receiving",
        ok=True,
        detail=sentence("telegram.hook", "webhook, {n} waiting", n=state.pending_update_count),
        remedy=remedy,
    )


async def _groups(bot: Bot) -> CheckLine:
    me = await bot.get_me()
    if me.can_read_all_group_messages:
        return CheckLine("groups", ok=True, detail=sentence("telegram.groups_all", "The bot reads everything in its groups."))
    remedy = sentence(
        "telegram.set_privacy",
        "For groups: @BotFather, /setprivacy, Disable; then remove the bot from the group and add it again.",
    )
    return CheckLine(
        "groups",
        ok=True,
        detail=sentence("telegram.privacy", "Privacy mode is on: in groups the bot reads only replies and commands."),
        remedy=remedy,
    )


def _failure(what: str, error: Exception) -> CheckLine:
    match error:
        case vendor.TelegramUnauthorizedError() | vendor.TelegramNotFound():
            detail = sentence("telegram.token_refused", "Telegram refuses the token.")
            remedy = sentence("telegram.copy_token", "Copy the token from @BotFather again.")
        case vendor.TelegramRetryAfter():
            detail = sentence("telegram.too_many", "Too many requests.")
            remedy = sentence("telegram.try_later", "Try again in {seconds} s.", seconds=error.retry_after)
        case vendor.TelegramNetworkError() if never_connected(error):
            detail = sentence("telegram.no_connection", "No connection.")
            remedy = sentence("telegram.check_network", "Check name resolution, firewall and api_base.")
        case vendor.TelegramNetworkError():
            detail = sentence("telegram.broke", "The connection broke before an answer.")
            remedy = sentence("telegram.try_again", "Try again.")
        case _:
            detail = sentence("telegram.odd_answer", "Unexpected answer.")
            remedy = sentence("telegram.check_base", "Check api_base; is it a Bot API server?")
    return CheckLine(what, ok=False, detail=detail, remedy=remedy)
