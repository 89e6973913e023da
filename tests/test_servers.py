"""Each real server of tests/servers answers a real client."""

from __future__ import annotations

import select
import threading
from email.message import EmailMessage
from pathlib import Path

import aiohttp
import aiosmtplib
import asyncpg
import pytest
import redis.asyncio
from playwright.async_api import async_playwright

from tests.eventually import PATIENCE
from tests.servers import chromium as chromium_server
from tests.servers.fixtures import have
from tests.servers.imap import ImapServer
from tests.servers.postgres import Postgres
from tests.servers.process import ServerMissing, ServerProcess
from tests.servers.redis import Redis
from tests.servers.smtp import SmtpServer
from tests.servers.telegram import TelegramBot


def a_mail(subject: str) -> EmailMessage:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "ann@example.test", "olga@example.test", subject
    mail.set_content("Is the blue one in stock?")
    return mail


@pytest.mark.parametrize(("ci", "outcome"), [("true", pytest.fail.Exception), ("", pytest.skip.Exception)])
def test_a_missing_server_is_named_and_fails_in_ci(monkeypatch: pytest.MonkeyPatch, ci: str, outcome: type[Exception]) -> None:
    def missing() -> None:
        raise ServerMissing("postgres: not installed")

    monkeypatch.setenv("CI", ci)
    with pytest.raises(outcome, match="postgres: not installed"):
        have(missing)


async def test_a_server_that_ends_at_once_says_why(tmp_path: Path) -> None:
    with pytest.raises(ServerMissing, match=r"(?s)broken ended with code 3.*no such thing"):
        ServerProcess("broken", folder=tmp_path).start(["sh", "-c", "echo no such thing; exit 3"], ready=lambda: False)


async def test_postgres_runs_sql_in_an_empty_database(postgres_url: str) -> None:
    connection = await asyncpg.connect(postgres_url)
    try:
        assert await connection.fetchval("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'") == 0
        await connection.execute("CREATE TABLE kept (n int); INSERT INTO kept VALUES (5)")
        assert await connection.fetchval("SELECT n FROM kept") == 5
    finally:
        await connection.close()


def test_two_postgres_databases_are_strangers(postgres_server: Postgres) -> None:
    assert postgres_server.new_database() != postgres_server.new_database()


async def test_redis_is_empty_and_remembers(redis_url: str) -> None:
    async with redis.asyncio.from_url(redis_url) as client:
        assert await client.dbsize() == 0
        await client.set("line", "sales")
        assert await client.get("line") == b"sales"


def test_redis_comes_back_on_the_same_port(redis_server: Redis) -> None:
    before = redis_server.url
    redis_server.stop()
    redis_server.start()
    redis_server.clear()
    assert redis_server.url == before


def test_imap_keeps_what_was_appended(imap_server: ImapServer) -> None:
    imap_server.append(a_mail("Blue one").as_bytes())
    imap_server.append(a_mail("Green one").as_bytes())
    subjects = [raw.split(b"Subject: ")[1].split(b"\n")[0].strip() for raw in imap_server.messages()]
    assert subjects == [b"Blue one", b"Green one"]


def test_imap_keeps_uids_over_a_restart(imap_server: ImapServer) -> None:
    imap_server.append(a_mail("Blue one").as_bytes())
    with imap_server.client() as client:
        before = client.select_folder("INBOX")[b"UIDVALIDITY"], client.search()
    imap_server.stop()
    imap_server.start()
    with imap_server.client() as client:
        assert (client.select_folder("INBOX")[b"UIDVALIDITY"], client.search()) == before


def test_imap_tells_an_idle_client_of_new_mail(imap_server: ImapServer) -> None:
    with imap_server.client() as client:
        client.select_folder("INBOX")
        client.idle()
        threading.Thread(target=imap_server.append, args=[a_mail("Blue one").as_bytes()]).start()
        select.select([client.socket()], [], [], PATIENCE)
        _, said = client.idle_done()
    assert (1, b"EXISTS") in said


async def test_smtp_records_the_envelope(smtp_server: SmtpServer) -> None:
    await aiosmtplib.send(a_mail("Blue one"), hostname=smtp_server.host, port=smtp_server.port)
    assert smtp_server.envelopes[0].rcpt_tos == ["olga@example.test"]
    assert smtp_server.messages[0]["Subject"] == "Blue one"


async def test_smtp_refuses_when_told_to(smtp_server: SmtpServer) -> None:
    smtp_server.refuse_next("550 5.1.1 no such user")
    with pytest.raises(aiosmtplib.SMTPRecipientsRefused):
        await aiosmtplib.send(a_mail("Blue one"), hostname=smtp_server.host, port=smtp_server.port)
    assert smtp_server.messages == []


async def test_telegram_carries_texts_both_ways(telegram_api: TelegramBot) -> None:
    telegram_api.ann_writes("Is the blue one in stock?")
    base = f"{telegram_api.url}/bot{telegram_api.token}"
    async with aiohttp.ClientSession() as http:
        async with http.post(f"{base}/getUpdates") as answer:
            updates = (await answer.json())["result"]
        assert [update["message"]["text"] for update in updates] == ["Is the blue one in stock?"]
        reply = {"chat_id": updates[0]["message"]["chat"]["id"], "text": "It is."}
        async with http.post(f"{base}/sendMessage", json=reply) as answer:
            assert (await answer.json())["ok"]
    assert telegram_api.ann_sees() == ["It is."]


async def test_chromium_draws_a_page(chromium: Path) -> None:
    assert await written_by_script(chromium) == "Olga"


@pytest.mark.slow
@pytest.mark.timeout(240)
async def test_packed_chromium_draws_a_page() -> None:
    assert await written_by_script(chromium_server.packed()) == "Olga"


async def written_by_script(browser: Path) -> str:
    async with async_playwright() as playwright:
        running = await playwright.chromium.launch(executable_path=browser, args=["--no-sandbox"])
        try:
            page = await running.new_page()
            await page.goto("data:text/html,<script>document.write('Ol'+'ga')</script>")
            return await page.inner_text("body")
        finally:
            await running.close()
