"""Visitor tokens and file tickets: what was not minted here, or not lately, is worth nothing."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from gateway.domain.errors import Forbidden, Unauthenticated
from gateway.domain.ids import ChannelId
from gateway.domain.inbound import Claim
from gateway.services.visitor_seals import Seals, Visitor
from tests.fakes.clock import MONDAY

SHOP = ChannelId("chn_site")
SEALS = Seals(b"a secret of at least thirty-two bytes")
OTHER = Seals(b"another secret of thirty-two bytes!!")


def ann() -> Visitor:
    """A newcomer who typed a name."""
    return SEALS.newcomer(SHOP, now=MONDAY).told(name="Ann", email="ann@example.com")


def repacked(token: str, **changes: object) -> str:
    """The same signature over another payload."""
    version, body, signature = token.split(".")
    payload = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4))) | changes
    return ".".join([version, base64.urlsafe_b64encode(json.dumps(payload).encode()).rstrip(b"=").decode(), signature])


def flipped(token: str) -> str:
    """One bit of the signature is another."""
    middle = token.rindex(".") + 5
    return token[:middle] + ("A" if token[middle] != "A" else "B") + token[middle + 1 :]


def test_a_token_brings_back_who_it_was_minted_for() -> None:
    visitor = ann()
    assert SEALS.read(SEALS.mint(visitor, now=MONDAY), now=MONDAY) == visitor
    assert len(visitor.id) == 32
    assert visitor.id != ann().id


@pytest.mark.parametrize(
    "tamper",
    [
        flipped, lambda t: repacked(t, v="0" * 32), lambda t: repacked(t, c="chn_other"), lambda t: repacked(t, g=["email"]),
        lambda t: repacked(t, i=2**40), lambda t: t.replace("v1.", "v2.", 1), lambda t: t.rsplit(".", 1)[0],
        lambda t: t.rsplit(".", 1)[0] + ".",
        lambda t: "", lambda t: "v1..", lambda t: t + "=", lambda t: t + "." + t,
        lambda t: t.upper(), lambda t: "v1." + "A" * 5000,
        lambda t: "v1.\ud800.\ud800", lambda t: OTHER.mint(ann(), now=MONDAY), lambda t: SEALS.ticket("att_1", now=MONDAY),
    ],
)  # fmt: skip
def test_a_token_that_was_touched_is_refused(tamper: Callable[[str], str]) -> None:
    with pytest.raises(Unauthenticated) as refused:
        SEALS.read(tamper(SEALS.mint(ann(), now=MONDAY)), now=MONDAY, keep=True)
    assert refused.value.code == "token_expired"


@pytest.mark.parametrize("letter", ["😀", "я", "\x01", '"', "\ufffd"])
def test_the_longest_that_is_known_of_a_visitor_fits_into_a_token(letter: str) -> None:
    known = {"subject": letter * 200, "name": letter * 100, "email": "a@" + "я" * 187 + ".example", "phone": "+441234567890123"}
    visitor = replace(ann(), **known, locale="en", signed=frozenset({"subject", "name", "email", "phone"}))
    assert SEALS.read(SEALS.mint(visitor, now=MONDAY), now=MONDAY) == visitor


def test_an_old_token_is_renewed_but_not_used() -> None:
    token = SEALS.mint(ann(), now=MONDAY)
    later = MONDAY + timedelta(days=31)
    with pytest.raises(Unauthenticated):
        SEALS.read(token, now=later)
    assert SEALS.read(token, now=later, keep=True).name == "Ann"
    with pytest.raises(Unauthenticated):
        SEALS.read(token, now=MONDAY + timedelta(days=401), keep=True)


def test_what_is_typed_is_a_claim_that_nobody_vouches_for() -> None:
    visitor = ann()
    assert visitor.claims == (Claim("visitor", visitor.id, verified=True), Claim("email", "ann@example.com", verified=False))
    proven = replace(visitor, subject="42", signed=frozenset({"subject", "email"}))
    assert Claim("external", "chn_site:42", verified=True) in proven.claims
    assert proven.told(email="boris@example.com", name="").email == "ann@example.com"


def test_a_person_is_the_same_visitor_on_every_device_and_another_on_every_site() -> None:
    assert SEALS.person(SHOP, "42") == SEALS.person(SHOP, "42")
    assert (
        len(
            {
                SEALS.person(SHOP, "42"),
                SEALS.person(SHOP, "43"),
                SEALS.person(ChannelId("chn_2"), "42"),
                OTHER.person(SHOP, "42"),
            }
        )
        == 4
    )


def test_a_ticket_opens_one_file_for_an_hour() -> None:
    ticket = SEALS.ticket("att_1", now=MONDAY)
    SEALS.check_ticket("att_1", ticket, now=MONDAY + timedelta(minutes=50))
    for file, shown, at in (
        ("att_2", ticket, MONDAY), ("att_1", ticket, MONDAY + timedelta(hours=2)), ("att_1", "", MONDAY),
        ("att_1", "zz.zz", MONDAY),
        ("att_1", "ffffffff." + ticket.split(".")[1], MONDAY), ("att_1", OTHER.ticket("att_1", now=MONDAY), MONDAY),
    ):  # fmt: skip
        with pytest.raises(Forbidden):
            SEALS.check_ticket(file, shown, now=at)


def test_a_short_secret_is_not_taken() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        Seals(b"short")
