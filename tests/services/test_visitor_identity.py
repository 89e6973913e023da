"""Who a site says its visitor is: only what the channel's secret has signed, for this site, just now."""

from __future__ import annotations

from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import OctKey

from gateway.domain.errors import Rejected
from gateway.services.visitor_identity import read_identity
from tests.fakes.clock import MONDAY

SECRET = "the secret that only the shop's server knows"
KEY = "key-webchat"


def token(*, secret: str = SECRET, alg: str = "HS256", **claims: Any) -> str:
    """As the shop's server would sign it."""
    now = int(MONDAY.timestamp())
    body = {"sub": "42", "aud": KEY, "exp": now + 300} | claims
    return jwt.encode(
        {"alg": alg}, {k: v for k, v in body.items() if v is not None}, OctKey.import_key(secret), algorithms=[alg]
    )


def signed(door: Any, **claims: Any) -> str:
    """A good one for the office of a front door."""
    return token(exp=int(door.office.clock.now().timestamp()) + 300, **claims)


def read(text: str, *, secret: str = SECRET) -> Any:
    """At nine on Monday."""
    return read_identity(text, secret=secret, audience=KEY, now=MONDAY, region="GB")


def test_a_signed_identity_is_read_and_normalised() -> None:
    found = read(token(name="Ann", email="Ann@Example.com", phone="020 7946 0958"))
    assert (found.subject, found.name, found.email, found.phone) == ("42", "Ann", "ann@example.com", "+442079460958")
    assert found.fields() == {"subject", "name", "email", "phone"}


def test_a_signed_name_is_made_storable() -> None:
    assert read(token(name="An\0n")).name == "Ann"


NOW = int(MONDAY.timestamp())


@pytest.mark.parametrize(
    "text",
    [
        token(secret="another secret of the same good length"), token(alg="HS512"), token(aud="key-other"), token(aud=None),
        token(exp=NOW - 60), token(exp=NOW + 3600), token(exp=None), token(sub=None), token(sub=""), token(nbf=NOW + 300),
        token()[:-3] + "AAA", "e30.e30.",
        "eyJhbGciOiJub25lIn0.eyJzdWIiOiI0MiIsImF1ZCI6ImtleS13ZWJjaGF0IiwiZXhwIjo5OTk5OTk5OTk5fQ.",
        "",
        "a" * 5000,
    ],
)  # fmt: skip
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(Rejected) as refused:
        read(text)
    assert refused.value.code == "identity_invalid"


def test_without_a_secret_nothing_is_believed() -> None:
    with pytest.raises(Rejected):
        read(token(), secret="")
