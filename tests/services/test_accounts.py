"""Accounts: what is spent and what is stored when somebody signs in (reliability classes 25, 26)."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from argon2 import PasswordHasher

from gateway.domain.errors import Unauthenticated
from gateway.domain.operator import Operator
from gateway.ports.core import Core
from gateway.services.accounts import Accounts
from gateway.services.passwords import Passwords
from gateway.store.opening import open_store
from tests.fakes.blobs import DictBlobs
from tests.fakes.clock import CountedIds, HandClock
from tests.fakes.signals import SilentSignals
from tests.flows.office import IVAN, OLGA


class Counting(PasswordHasher):
    """Counts how often a password was compared."""

    compared = 0

    def verify(self, hash: str | bytes, password: str | bytes) -> bool:
        self.compared += 1
        return super().verify(hash, password)


@pytest.fixture
def hasher() -> Counting:
    """Cheap."""
    return Counting(time_cost=1, memory_cost=8, parallelism=1)


@pytest.fixture
async def accounts(hasher: Counting) -> AsyncIterator[Accounts]:
    """Olga has a password, Ivan has none yet."""
    clock, ids = HandClock(), CountedIds()
    async with open_store(":memory:", clock=clock, ids=ids) as opened:
        core = Core(opened.store, clock, ids, SilentSignals(), DictBlobs())
        olga = Operator(OLGA, "olga@example.com", "Olga", ("operator",), password_hash=hasher.hash("a long secret"))
        ivan = Operator(IVAN, "ivan@example.com", "Ivan", ("operator",))
        for operator in (olga, ivan):
            await core.store.run(lambda uow, operator=operator: uow.operators.add(operator))  # type: ignore[misc]
        yield Accounts(core, passwords=Passwords(hasher))


@pytest.mark.parametrize("email", ["olga@example.com", "ivan@example.com", "boris@example.com"])
async def test_every_failed_sign_in_costs_one_comparison(accounts: Accounts, hasher: Counting, email: str) -> None:
    with pytest.raises(Unauthenticated) as refused:
        await accounts.sign_in(email, password="wrong")
    assert hasher.compared == 1
    assert "not right" in refused.value.detail


async def test_an_account_without_password_takes_no_password(accounts: Accounts) -> None:
    for password in ("", "nobody's password, only compared to spend the same time"):
        with pytest.raises(Unauthenticated):
            await accounts.sign_in("ivan@example.com", password=password)


async def test_the_address_is_taken_in_any_spelling(accounts: Accounts) -> None:
    assert (await accounts.sign_in(" OLGA@example.com ", password="a long secret")).operator.id == OLGA


async def test_a_weak_hash_is_made_anew_when_the_password_is_known(accounts: Accounts) -> None:
    stronger = Passwords(PasswordHasher(time_cost=2, memory_cost=8, parallelism=1))
    accounts._passwords = stronger
    signed = await accounts.sign_in("olga@example.com", password="a long secret")
    assert not stronger.outdated(signed.operator.password_hash)


async def test_every_session_has_a_token_of_its_own(accounts: Accounts) -> None:
    first = await accounts.sign_in("olga@example.com", password="a long secret")
    second = await accounts.sign_in("olga@example.com", password="a long secret")
    assert len({first.token, second.token, first.session.csrf, second.session.csrf}) == 4
    assert first.session.token_hash != first.token
