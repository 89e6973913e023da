"""Access tokens for XOAUTH2: one refresh at a time, renewed before they end. Talks to the token endpoint (aiohttp).

RFC 6749 section 6. `invalid_grant` and its kin mean that a person must consent again: ChannelPaused; everything else
passes: OSError or TimeoutError.
"""

from __future__ import annotations

import asyncio
import time

from gateway.channels.email.settings import OAuth
from gateway.domain.errors import ChannelPaused
from gateway.domain.sentence import sentence

EARLY = 300.0
SECONDS = 15.0


class AccessToken:
    """The token of one account, kept in memory only."""

    def __init__(self, oauth: OAuth) -> None:
        self._oauth = oauth
        self._lock = asyncio.Lock()
        self._token = ""
        self._until = 0.0

    async def get(self) -> str:
        """A token good for some minutes at least. Raises ChannelPaused, OSError, TimeoutError."""
        async with self._lock:
            if not self._token or time.monotonic() >= self._until:
                await self._refresh()
            return self._token

    def forget(self) -> None:
        """The server refused it: ask for a new one next time."""
        self._token = ""

    async def _refresh(self) -> None:
        import aiohttp

        form = {
            "grant_type": "refresh_token",
            "client_id": self._oauth.client_id,
            "client_secret": self._oauth.client_secret.get_secret_value(),
            "refresh_token": self._oauth.refresh_token.get_secret_value(),
            "scope": self._oauth.scope,
        }
        try:
            async with (
                aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=SECONDS)) as session,
                session.post(
                    self._oauth.token_url, data={name: value for name, value in form.items() if value}, allow_redirects=False
                ) as response,
            ):
                body = (await response.content.read(64 * 1024)).decode("utf-8", "replace")
                status = response.status
        except aiohttp.ClientError as error:
            raise OSError(f"The token server cannot be reached ({type(error).__name__}).") from None
        self._take(status, body)

    def _take(self, status: int, body: str) -> None:
        import orjson

        try:
            answer = orjson.loads(body)
        except ValueError:
            answer = {}
        if not isinstance(answer, dict):
            answer = {}
        if status in (400, 401, 403):
            reason = str(answer.get("error", status))[:60]
            raise ChannelPaused(
                sentence(
                    "mail.consent",
                    "The mail provider refuses the access token ({reason}). Connect the mailbox again to renew the consent.",
                    reason=reason,
                ),
                code="mail_oauth_refused",
            )
        if status != 200 or not answer.get("access_token"):
            raise OSError(f"The token server answered {status}.")
        self._token = str(answer["access_token"])
        self._until = time.monotonic() + max(0.0, float(answer.get("expires_in") or 3600) - EARLY)
