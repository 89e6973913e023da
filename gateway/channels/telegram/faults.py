"""What went wrong at the Bot API, in our words. Talks to nobody.

Network errors are never quoted: their text may hold the request's address, and the address holds the token.
Error texts: https://core.telegram.org/bots/api#making-requests.
"""

from __future__ import annotations

from aiogram import exceptions as vendor
from aiohttp import ClientConnectorError, ConnectionTimeoutError, InvalidURL

from gateway.domain.errors import SendError, send_again, send_refused, send_unknown
from gateway.domain.sentence import sentence

UNREADABLE_ANSWERS = (vendor.ClientDecodeError, UnicodeDecodeError)
EVERY_FAULT = (vendor.TelegramAPIError, *UNREADABLE_ANSWERS)

_NO_RIGHTS = sentence("send.no_rights", "The bot may not write in this group; make it an administrator.")
_REFUSALS = {
    "chat not found": (
        "chat_not_found",
        sentence("send.chat_not_found", "Telegram does not know this chat; the person may have deleted the account."),
    ),
    "user is deactivated": ("chat_gone", sentence("send.chat_gone", "The person has deleted their Telegram account.")),
    "bot was kicked": ("kicked", sentence("send.kicked", "The bot was removed from this group.")),
    "bot is not a member": ("kicked", sentence("send.no_member", "The bot is not a member of this group.")),
    "not enough rights": ("no_rights", _NO_RIGHTS),
    "have no rights": ("no_rights", _NO_RIGHTS),
    "can't initiate conversation": (
        "not_started",
        sentence("send.not_started", "The person has not started the bot yet; a bot cannot write first."),
    ),
    "message is too long": ("too_long", sentence("send.too_long", "Telegram refused the text as too long.")),
    "message text is empty": ("empty", sentence("send.empty", "There was nothing to send.")),
    "photo_invalid_dimensions": (
        "bad_file",
        sentence("send.bad_picture", "Telegram refused the picture's dimensions; send it as a file."),
    ),
}


def send_fault(error: Exception) -> SendError:
    """The SendError for what aiogram raised while sending. Knows: what is certain, whose fault, when to try again."""
    match error:
        case vendor.TelegramRetryAfter():
            return send_again(sentence("send.telegram_wait", "Telegram asks us to wait."), after=float(error.retry_after))
        case vendor.TelegramEntityTooLarge():
            return send_refused(
                sentence("send.telegram_size", "The file is over Telegram's limit for bots (50 MB)."), code="too_large"
            )
        case vendor.TelegramNetworkError():
            return _network_fault(error)
        case vendor.TelegramForbiddenError():
            return _refusal(error, code="blocked", text=sentence("send.blocked", "The person has blocked the bot."))
        case vendor.TelegramUnauthorizedError() | vendor.TelegramNotFound():
            return send_refused(
                sentence("send.bad_token", "Telegram refuses the bot's token; enter a new one."), ours=True, code="unauthorized"
            )
        case vendor.TelegramBadRequest():
            text = sentence("send.telegram_refused", "Telegram refused the message: {reason}", reason=error.message[:200])
            return _refusal(error, code="bad_request", text=text)
        case vendor.TelegramServerError() | vendor.ClientDecodeError() | UnicodeDecodeError():
            return send_unknown(
                sentence("send.telegram_unreadable", "Telegram's answer could not be read; the message may have arrived.")
            )
        case _:
            return send_refused(sentence("send.refused", "Telegram refused the message."), code="refused")


def never_connected(error: BaseException) -> bool:
    """True if the request surely never left: no connection was made."""
    cause = error.__cause__
    return isinstance(cause, ClientConnectorError | ConnectionTimeoutError | InvalidURL)


def _network_fault(error: vendor.TelegramNetworkError) -> SendError:
    if never_connected(error):
        return send_again(sentence("send.telegram_unreachable", "Telegram cannot be reached."))
    return send_unknown(
        sentence("send.telegram_broke", "The connection to Telegram broke before it answered; the message may have arrived.")
    )


def _refusal(error: vendor.TelegramAPIError, *, code: str, text: str) -> SendError:
    said = (error.message or "").lower()
    for phrase, (known, words) in _REFUSALS.items():
        if phrase in said:
            return send_refused(words, code=known)
    return send_refused(text, code=code)
