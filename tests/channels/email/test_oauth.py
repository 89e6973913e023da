"""Access tokens: asked for once, renewed before they end, and a refusal calls a person."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from pydantic import SecretStr

from gateway.channels.email.oauth import AccessToken
from gateway.channels.email.settings import OAuth
from gateway.domain.errors import ChannelPaused


@dataclass
class TokenServer:
    """A token endpoint: what it was asked, what it answers."""

    status: int = 200
    answer: Any = field(default_factory=lambda: {"access_token": "token-1", "expires_in": 3600})
    asked: list[dict[str, str]] = field(default_factory=list)
    url: str = ""

    async def token(self, request: web.Request) -> web.Response:
        self.asked.append({name: str(value) for name, value in (await request.post()).items()})
        return web.json_response(self.answer, status=self.status)


@pytest.fixture
async def tokens() -> AsyncIterator[TokenServer]:
    fake = TokenServer()
    app = web.Application()
    app.router.add_post("/token", fake.token)
    async with TestServer(app) as server:
        fake.url = str(server.make_url("/token"))
        yield fake


def account(tokens: TokenServer) -> AccessToken:
    return AccessToken(
        OAuth(client_id="shop", client_secret=SecretStr("cs"), refresh_token=SecretStr("rt"), token_url=tokens.url)
    )  # fmt: skip


async def test_many_at_once_ask_once(tokens: TokenServer) -> None:
    token = account(tokens)
    assert await asyncio.gather(*(token.get() for _ in range(5))) == ["token-1"] * 5
    assert tokens.asked == [{"grant_type": "refresh_token", "client_id": "shop", "client_secret": "cs", "refresh_token": "rt"}]


async def test_a_token_about_to_end_is_renewed(tokens: TokenServer) -> None:
    tokens.answer = {"access_token": "token-1", "expires_in": 10}
    token = account(tokens)
    await token.get()
    await token.get()
    assert len(tokens.asked) == 2


async def test_a_withdrawn_consent_pauses_the_channel(tokens: TokenServer) -> None:
    tokens.status, tokens.answer = 400, {"error": "invalid_grant"}
    with pytest.raises(ChannelPaused, match="invalid_grant"):
        await account(tokens).get()


@pytest.mark.parametrize(("status", "answer"), [(500, {}), (200, {}), (200, ["x"]), (302, {})])
async def test_a_confused_token_server_is_a_passing_fault(tokens: TokenServer, status: int, answer: Any) -> None:
    tokens.status, tokens.answer = status, answer
    with pytest.raises(OSError, match=str(status)):
        await account(tokens).get()
