"""`kill -9` again and again in the middle of everything: nothing is lost, nothing is doubled, what is unsure says so.

`make test` has time for a few kills of one process on SQLite. GATEWAY_TEST_KILLS=20 makes more, and the same with two processes
on PostgreSQL and Redis, killed together; GATEWAY_TEST_SEED repeats a day.
"""

from __future__ import annotations

import asyncio
import os
import random
from collections import Counter
from collections.abc import Iterator

import pytest

from tests.flows.crash.storm import Ledger, Storm, missing, surplus
from tests.flows.doors.house import House
from tests.servers.fixtures import have
from tests.servers.imap import ImapServer
from tests.servers.postgres import Postgres
from tests.servers.redis import Redis
from tests.servers.smtp import SmtpServer

FEW = 4
KILLS = int(os.environ.get("GATEWAY_TEST_KILLS", FEW))
SMALL, LARGE = "one process on SQLite", "two processes on PostgreSQL and Redis"
pytestmark = [pytest.mark.slow, pytest.mark.timeout(180 + 60 * KILLS)]


def settings_of(kind: str, request: pytest.FixtureRequest) -> dict[str, str]:
    """An empty database for each day."""
    if kind == SMALL:
        return {}
    postgres: Postgres = request.getfixturevalue("postgres_server")
    redis: Redis = request.getfixturevalue("redis_server")
    redis.clear()
    return {"store.url": postgres.new_database(), "signals.url": redis.url, "server.processes": "2"}


@pytest.fixture(scope="module", params=[SMALL, LARGE] if KILLS > FEW else [SMALL])
def ledger(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ledger]:
    """One day with power failures, read from both sides."""
    seed = int(os.environ.get("GATEWAY_TEST_SEED") or random.randrange(1 << 30))
    print(f"seed {seed}, {KILLS} kills")
    folder = tmp_path_factory.mktemp("storm")
    imap, smtp, house = have(lambda: ImapServer(folder)), have(SmtpServer), House(folder, settings_of(request.param, request))
    imap.start()
    smtp.start()
    try:
        yield asyncio.run(Storm(house, imap, smtp, seed=seed, kills=KILLS).blow())
    finally:
        house.kill()
        smtp.stop()
        imap.stop()


@pytest.mark.parametrize("kind", ["mail", "telegram", "calls"])
def test_what_came_in_is_there_once(ledger: Ledger, kind: str) -> None:
    print(f"{len(ledger.sent_in[kind])} of {kind}, {ledger.kills} kills")
    assert len(ledger.sent_in[kind]) > ledger.kills
    assert (missing(ledger, kind), surplus(ledger, kind)) == ([], [])


def test_what_ann_wrote_to_the_bot_is_there_once(ledger: Ledger) -> None:
    assert ledger.kills == KILLS
    assert sorted(ledger.shown["telegram"]) == sorted(ledger.sent_in["telegram"])


def test_telegram_never_gets_an_answer_twice_and_what_it_did_not_get_is_unsure(ledger: Ledger) -> None:
    print(Counter(ledger.states[text] for text in ledger.ours["telegram"]))
    assert [text for text, times in Counter(ledger.carried["telegram"]).items() if times > 1] == []
    lost = set(ledger.ours["telegram"]) - set(ledger.carried["telegram"])
    assert {text: ledger.states[text] for text in lost if ledger.states[text] != "uncertain"} == {}
    assert {ledger.states[text] for text in ledger.ours["telegram"]} <= {"sent", "uncertain"}


def test_every_answer_by_mail_is_one_mail_however_often_it_was_handed_over(ledger: Ledger) -> None:
    assert {text: ledger.states[text] for text in ledger.ours["mail"] if ledger.states[text] != "sent"} == {}
    assert {text: len(ledger.letters.get(text, ())) for text in ledger.ours["mail"]} == dict.fromkeys(ledger.ours["mail"], 1)
