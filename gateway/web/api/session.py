"""Signing in and out, the socket's ticket, oneself (section 1)."""

from __future__ import annotations

from typing import Any, Literal

from aiohttp import web
from pydantic import Field

from gateway.domain import rows
from gateway.domain.operator import Permission
from gateway.domain.storable import storable
from gateway.services.accounts import MyChanges, Signed
from gateway.services.passwords import LONGEST, SHORTEST
from gateway.web import limits, shapes
from gateway.web.auth import give_cookie, limit_sign_in, session_token, take_cookie
from gateway.web.marks import CROWD, SIGNED
from gateway.web.routes import Ask, Form, Routes
from gateway.web.wire import respond

routes = Routes("session")
V1 = "/api/v1"
LANGUAGES = r"^(en|ru|es|fa)$"


class SignIn(Form):
    """With a password."""

    email: str = Field(min_length=1, max_length=320)
    password: str = Field(max_length=LONGEST)


class SignInByLink(Form):
    """With the token of a one-time link."""

    token: str = Field(max_length=200)


class NewPassword(Form):
    """current is empty for an account that has none yet."""

    current: str = Field(default="", max_length=LONGEST)
    new: str = Field(min_length=SHORTEST, max_length=LONGEST)


class MeChange(Form):
    """What one may change about oneself."""

    name: str | None = Field(default=None, min_length=1, max_length=120)
    locale: str | None = Field(default=None, pattern=LANGUAGES)
    preferences: dict[str, Any] | None = Field(default=None, max_length=100)
    password: NewPassword | None = None


class PresenceChange(Form):
    """Where one is."""

    state: Literal["online", "away", "offline"]
    reason: str = Field(default="", max_length=40)


@routes.post(f"{V1}/session", "public", returns=shapes.Me)
async def sign_in(ask: Ask, body: SignIn) -> web.Response:
    """Sign in with address and password."""
    account, address = body.email.strip().lower(), ask.request[CROWD]
    await limit_sign_in(ask.site, address=address, account=account)
    signed = await ask.cases.accounts.sign_in(
        account, password=body.password, agent=_agent(ask), old=session_token(ask.request)
    )
    await ask.site.limits.forget(limits.SIGN_IN_PAIR, "pair", account, address)
    return await _welcome(ask, signed)


@routes.post(f"{V1}/session/link", "public", returns=shapes.Me)
async def sign_in_by_link(ask: Ask, body: SignInByLink) -> web.Response:
    """Sign in with a one-time link."""
    await ask.site.limits.hit(limits.SIGN_IN_ADDRESS, "address", ask.request[CROWD])
    signed = await ask.cases.accounts.sign_in_by_link(body.token, agent=_agent(ask), old=session_token(ask.request))
    return await _welcome(ask, signed)


@routes.get(f"{V1}/session", "signed_in", returns=shapes.Me)
async def who_am_i(ask: Ask) -> rows.Row:
    """Who is signed in."""
    return await _me(ask, ask.who)


@routes.delete(f"{V1}/session", "signed_in", status=204)
async def sign_out(ask: Ask) -> web.Response:
    """Sign out; the sockets of this session close."""
    await ask.cases.accounts.sign_out(ask.who)
    await ask.site.live.revoke(session=ask.who.session.token_hash)
    response = web.Response(status=204)
    take_cookie(response, config=ask.site.config)
    return response


@routes.post(f"{V1}/session/ticket", "signed_in", returns=shapes.Ticket)
async def make_ticket(ask: Ask) -> rows.Row:
    """A ticket for the socket's handshake: one use, 30 seconds."""
    ticket, life = await ask.cases.accounts.ticket(ask.who)
    return {"ticket": ticket, "expires_in": life}


@routes.patch(f"{V1}/me", "signed_in", returns=shapes.Me)
async def change_me(ask: Ask, body: MeChange) -> rows.Row:
    """Change one's name, language, preferences or password."""
    if body.password is not None:
        await limit_sign_in(ask.site, address=ask.request[CROWD], account=ask.by.email)
    password = (body.password.current, body.password.new) if body.password else None
    changes = MyChanges(body.name, body.locale, body.preferences, password)
    operator = await ask.cases.accounts.change_me(ask.who, changes)
    return await _me(ask, Signed(operator, ask.who.session))


@routes.put(f"{V1}/me/presence", Permission.ANSWER, returns=shapes.Presence)
async def set_presence(ask: Ask, body: PresenceChange) -> rows.Row:
    """Come, go, take a break."""
    return await ask.cases.presences.set(ask.by, body.state, body.reason)


async def _welcome(ask: Ask, signed: Signed) -> web.Response:
    ask.request[SIGNED] = signed
    await _come_in(ask, signed)
    response = respond(await _me(ask, signed))
    give_cookie(response, token=signed.token, config=ask.site.config)
    return response


async def _come_in(ask: Ask, signed: Signed) -> None:
    """Who signs in has come to work; who is on a break stays on it."""
    if not signed.operator.may(Permission.ANSWER):
        return
    presence = await ask.cases.core.store.read(lambda uow: uow.operators.presence(signed.operator.id))
    if presence is None or presence.state == "offline":
        await ask.cases.presences.set(signed.operator, "online")


async def _me(ask: Ask, signed: Signed) -> rows.Row:
    operator, config = signed.operator, ask.site.config
    presence = await ask.cases.core.store.read(lambda uow: uow.operators.presence(operator.id))
    return {
        "operator": rows.operator_row(operator),
        "permissions": [permission.value for permission in Permission if operator.may(permission)],
        "csrf": signed.session.csrf,
        "presence": rows.presence_row(presence) if presence else None,
        "head": ask.site.relay.head,
        "workspace": {
            "name": config.name, "public_url": config.public_url, "demo": config.demo, "version": config.version,
            "file_bytes": config.file_bytes,
        },
    }  # fmt: skip


def _agent(ask: Ask) -> str:
    return storable(ask.request.headers.get("User-Agent", ""))
