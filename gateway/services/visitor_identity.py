"""Who a site says its visitor is: a JWT the site's own server signed with the channel's secret.

HS256 and nothing else, audience is the channel's public key, at most ten minutes to live. What fails is an error by name and
changes nothing. May talk to: domain. Specification: RFC 7519, RFC 8725 (fixed algorithm, audience, expiry).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey

from gateway.domain.errors import Rejected
from gateway.domain.storable import storable
from gateway.services.visitor_fields import mail_address, phone_number

LIFE_SECONDS = 600
LEEWAY = 30
MAX_TOKEN = 4096


@dataclass(frozen=True, slots=True)
class Vouched:
    """What the signature covers; empty = not said."""

    subject: str
    name: str = ""
    email: str = ""
    phone: str = ""

    def fields(self) -> frozenset[str]:
        """Names of what is covered."""
        return frozenset(name for name in ("subject", "name", "email", "phone") if getattr(self, name))


def read_identity(token: str, *, secret: str, audience: str, now: datetime, region: str) -> Vouched:
    """Check signature and claims. Raises Rejected (code identity_invalid) with what is wrong for the site's developer."""
    if not secret:
        raise _wrong("this channel has no identity secret")
    claims = _claims(token, secret)
    _check_times(claims, now.timestamp())
    audiences = claims.get("aud")
    if audience not in (audiences if isinstance(audiences, list) else [audiences]):
        raise _wrong("aud must be the site key")
    subject = claims.get("sub")
    if not isinstance(subject, str) or not 0 < len(subject) <= 200:
        raise _wrong("sub must be a text of 1 to 200 characters")
    return Vouched(
        subject, str(claims.get("name") or "")[:100], mail_address(str(claims.get("email") or "")) or "",
        phone_number(str(claims.get("phone") or ""), region=region) or "",
    )  # fmt: skip


def _claims(token: str, secret: str) -> Mapping[str, Any]:
    if len(token) > MAX_TOKEN:
        raise _wrong("it is too long")
    try:
        return storable(jwt.decode(token, OctKey.import_key(secret), algorithms=["HS256"]).claims)
    except (JoseError, ValueError):
        raise _wrong("the signature does not fit, or it is not a JWT signed with HS256") from None


def _check_times(claims: Mapping[str, Any], now: float) -> None:
    expires, not_before = claims.get("exp"), claims.get("nbf", 0)
    if not isinstance(expires, int | float) or isinstance(expires, bool) or not isinstance(not_before, int | float):
        raise _wrong("exp is missing")
    if expires <= now - LEEWAY:
        raise _wrong("it has lapsed")
    if expires > now + LIFE_SECONDS + LEEWAY:
        raise _wrong("exp may be at most ten minutes ahead")
    if not_before > now + LEEWAY:
        raise _wrong("nbf lies ahead")


def _wrong(why: str) -> Rejected:
    return Rejected(f"The identity token was not accepted: {why}.", code="identity_invalid")
