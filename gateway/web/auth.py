"""Signing in over HTTP: the cookie, the CSRF header, and where a request may come from (reliability classes 24, 25, 26, 32).

The session itself is services/accounts. May talk to: cases.accounts, services.access, web.limits.
"""

from __future__ import annotations

import hmac

from aiohttp import web

from gateway.domain.errors import Forbidden, Unauthenticated, WrongAddress
from gateway.domain.operator import Permission
from gateway.domain.storable import storable
from gateway.services.access import require
from gateway.services.accounts import Signed
from gateway.web import limits
from gateway.web.config import WebConfig, same_place
from gateway.web.marks import SIGNED
from gateway.web.site import SITE, Site

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
COOKIE_LIMIT = 200


def session_token(request: web.Request) -> str:
    """The cookie's value, or "" (also when it is absurdly long, or no text that was made here)."""
    token = request.cookies.get(request.app[SITE].config.cookie, "")
    return token if len(token) <= COOKIE_LIMIT and token.isascii() else ""


async def admit(request: web.Request, *, permission: Permission | None) -> Signed:
    """Who asks, and may they: raises Unauthenticated, Forbidden. Unsafe methods need the CSRF header and our own origin."""
    token = session_token(request)
    if not token:
        raise Unauthenticated
    signed = await request.app[SITE].cases.accounts.whoami(token)
    request[SIGNED] = signed
    if request.method not in SAFE:
        same_site(request)
        given = request.headers.get("X-CSRF-Token", "")
        if not hmac.compare_digest(storable(given).encode(), signed.session.csrf.encode()):
            raise Forbidden("The header X-CSRF-Token is missing or not this session's.", code="csrf")
    if permission is not None:
        require(signed.operator, permission)
    return signed


def same_site(request: web.Request) -> None:
    """Raises Forbidden if a browser says that another site sent this, WrongAddress if our page under another name did."""
    origin, host, config = request.headers.get("Origin"), request.headers.get("Host", ""), request.app[SITE].config
    if origin is not None:
        allowed = config.ours(origin, host=host)
    else:
        allowed = request.headers.get("Sec-Fetch-Site", "none") in ("same-origin", "none")
    if not allowed and same_place(origin, host):
        remedy = f"Open it at {config.public_url}, or set server.public_url to {origin}."
        raise WrongAddress(f"The gateway is set up for another address. {remedy}", address=config.public_url)
    if not allowed:
        raise Forbidden("This request comes from another site.", code="csrf")


async def limit_sign_in(site: Site, *, address: str, account: str) -> None:
    """Raises TooMany. The narrowest limit is counted first, so that one attacker does not use up the others' share."""
    await site.limits.hit(limits.SIGN_IN_PAIR, "pair", account, address)
    await site.limits.hit(limits.SIGN_IN_ADDRESS, "address", address)
    await site.limits.hit(limits.SIGN_IN_ACCOUNT, "account", account)
    await site.limits.hit(limits.SIGN_IN_ALL, "all")


def give_cookie(response: web.Response, *, token: str, config: WebConfig) -> None:
    """Readable by nobody but the browser's request itself. A session cookie: the server decides when it ends."""
    response.set_cookie(config.cookie, token, path="/", httponly=True, samesite="Lax", secure=config.secure)


def take_cookie(response: web.Response, *, config: WebConfig) -> None:
    """Signed out."""
    response.del_cookie(config.cookie, path="/", httponly=True, samesite="Lax", secure=config.secure)
