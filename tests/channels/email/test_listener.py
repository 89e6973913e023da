"""Fetching: nothing is lost or doubled, whatever the server, the network or our own database do."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from gateway.channels.email.channel import Collaborators, EmailChannel, Shared
from gateway.channels.email.listener import MailListener, Pace, Place, Surroundings
from gateway.domain.errors import ChannelPaused, Unreadable
from tests.channels.email.people import CHANNEL, SECRET, FakeInbox, Week, settings
from tests.channels.email.scripted import ImapBox, Notice, serving
from tests.channels.email.test_oauth import TokenServer, tokens
from tests.eventually import eventually
from tests.fakes.clock import MONDAY
from tests.servers.imap import ImapServer

__all__ = ["tokens"]
QUICK = Pace(idle=0.3, poll=0.05, first_wait=0.01, longest_wait=0.05)


def mail(number: int) -> bytes:
    head = f"From: ann@example.com\r\nTo: help@shop.example\r\nSubject: {number}\r\nMessage-ID: <{number}@example.com>"
    return f"{head}\r\n\r\nHello\r\n".encode()


def listener(
    port: int, *, max_bytes: int = 10_000, pace: Pace = QUICK, since: datetime | None = None, **changes: Any
) -> MailListener:
    imap = {"host": "127.0.0.1", "port": port, "security": "none", "username": "olga", "password": "secret-word"}
    given = settings(imap=imap | changes.pop("imap", {}), **changes)
    return MailListener(given, Surroundings(CHANNEL, Week(), since=since, pace=pace, max_bytes=max_bytes))


@asynccontextmanager
async def running(one: MailListener, inbox: FakeInbox) -> AsyncIterator[asyncio.Task[None]]:
    task = asyncio.create_task(one.listen(inbox))
    try:
        yield task
    finally:
        task.cancel()
        done, _ = await asyncio.wait({task}, timeout=10)
        assert done, "listen did not end when it was cancelled"


async def subjects(inbox: FakeInbox, *wanted: int) -> None:
    def there() -> bool:
        found = [body.replace(b"\r\n", b"\n") for body in inbox.bodies()]
        assert found == [mail(number).replace(b"\r\n", b"\n") for number in wanted]
        return True

    await eventually(there)


async def test_mail_of_a_real_server_arrives_and_only_what_is_new(imap_server: ImapServer) -> None:
    await asyncio.to_thread(lambda: imap_server.append(mail(1), at=MONDAY - timedelta(hours=1)))
    inbox = FakeInbox()
    account = {"username": imap_server.user, "password": imap_server.password}
    async with running(listener(imap_server.port, imap=account), inbox):
        await eventually(lambda: inbox.reports)
        await asyncio.to_thread(imap_server.append, mail(2))
        await subjects(inbox, 2)
        with imap_server.client() as client:
            client.select_folder("INBOX", readonly=True)
            assert client.search("UNSEEN") == [1, 2]


async def test_a_restarted_server_and_a_restarted_listener_lose_nothing(imap_server: ImapServer) -> None:
    inbox = FakeInbox()
    account = {"username": imap_server.user, "password": imap_server.password}
    async with running(listener(imap_server.port, imap=account), inbox):
        await eventually(lambda: inbox.reports)
        await asyncio.to_thread(imap_server.stop)
        await eventually(lambda: [report for report in inbox.reports if report])
        await asyncio.to_thread(imap_server.start)
        await asyncio.to_thread(imap_server.append, mail(1))
        await subjects(inbox, 1)
    await asyncio.to_thread(imap_server.append, mail(2))
    async with running(listener(imap_server.port, imap=account, mark_seen=True), inbox):
        await subjects(inbox, 1, 2)
        assert inbox.repeats == 0

        def seen() -> bool:
            with imap_server.client() as client:
                client.select_folder("INBOX", readonly=True)
                return bool(client.search("SEEN") == [2])

        await eventually(lambda: asyncio.to_thread(seen))


async def test_the_cursor_moves_only_after_the_commit() -> None:
    box, inbox = (
        ImapBox({1: mail(1), 2: mail(2)}),
        FakeInbox(cursors={"uid:INBOX": "1:0", "since:INBOX": "2026-01-01T00:00:00+00:00"}),
    )
    async with serving(box.talk) as port, running(listener(port), inbox):
        await subjects(inbox, 1, 2)
    assert inbox.log[:4] == ["keep", "cursor", "keep", "cursor"]
    assert inbox.cursors["uid:INBOX"] == "1:2"
    assert not any("STORE" in command for command in box.log)


async def test_a_database_that_is_away_delays_and_loses_nothing() -> None:
    box, inbox = ImapBox({1: mail(1), 2: mail(2)}), FakeInbox(cursors={"uid:INBOX": "1:0"}, away=2)
    async with serving(box.talk) as port, running(listener(port), inbox):
        await subjects(inbox, 1, 2)
    assert inbox.log[0] == "keep"


async def test_a_database_that_was_away_for_long_is_not_made_up_for_by_a_long_wait() -> None:
    box, inbox = ImapBox({1: mail(1)}), FakeInbox(cursors={"uid:INBOX": "1:0"}, away=14)
    pace = Pace(idle=0.3, poll=0.05, first_wait=0.02)
    async with serving(box.talk) as port, running(listener(port, pace=pace), inbox):
        await subjects(inbox, 1)


async def test_older_mail_comes_only_as_far_back_as_wanted() -> None:
    box, inbox = ImapBox({1: mail(1)}, internaldate="01-Jan-2026 10:00:00 +0000"), FakeInbox()
    async with serving(box.talk) as port, running(listener(port, backfill_days=2), inbox):
        await eventually(lambda: inbox.reports)
    assert inbox.kept == {}
    inbox = FakeInbox()
    async with serving(box.talk) as port, running(listener(port, backfill_days=5), inbox):
        await subjects(inbox, 1)
    assert inbox.cursors["uid:INBOX"] == "1:1"


async def test_mail_that_came_between_connecting_the_mailbox_and_the_first_login_is_fetched() -> None:
    box, inbox, later = ImapBox({1: mail(1)}, internaldate="04-Jan-2026 10:00:00 +0000"), FakeInbox(), FakeInbox()
    connected = datetime(2026, 1, 4, 9, tzinfo=UTC)
    async with serving(box.talk) as port:
        async with running(listener(port, since=connected + timedelta(hours=2)), later):
            await eventually(lambda: later.reports)
        async with running(listener(port, since=connected), inbox):
            await subjects(inbox, 1)
        other = listener(port, since=connected, imap={"folder": "Shop"})  # what lay in another folder was not sent to us
        inbox.reports.clear()
        async with running(other, inbox):
            await eventually(lambda: inbox.reports)
    assert later.kept == {}
    assert len(inbox.kept) == 1


async def test_a_new_uidvalidity_brings_everything_again_and_doubles_nothing() -> None:
    box = ImapBox({1: mail(1), 2: mail(2)})
    inbox = FakeInbox(cursors={"uid:INBOX": "1:0", "since:INBOX": "2026-01-01T00:00:00+00:00"})
    async with serving(box.talk) as port, running(listener(port), inbox):
        await subjects(inbox, 1, 2)
    box.uidvalidity, box.mails = 7, {10: mail(2), 11: mail(1), 12: mail(3)}
    async with serving(box.talk) as port, running(listener(port), inbox):
        await subjects(inbox, 1, 2, 3)
        await eventually(lambda: inbox.cursors["uid:INBOX"] == "7:12")
    assert inbox.repeats == 2


async def test_a_mailbox_put_back_from_a_backup_loses_nothing_that_gets_an_old_number() -> None:
    box = ImapBox({4: mail(4), 5: mail(5)})
    inbox = FakeInbox(cursors={"uid:INBOX": "1:9", "since:INBOX": "2026-01-01T00:00:00+00:00"})
    async with serving(box.talk) as port, running(listener(port), inbox):
        await subjects(inbox, 4, 5)
        box.mails[6] = mail(6)
        await subjects(inbox, 4, 5, 6)
    assert inbox.cursors["uid:INBOX"] == "1:6"


@pytest.mark.parametrize("odd", ["", " BODY[] NIL", ' BODY[] ""', " BODY[] {0}\r\n", " FLAGS (\\Seen)"])
async def test_a_mail_handed_over_without_its_body_is_asked_for_again(odd: str) -> None:
    box = ImapBox({1: mail(1), 2: mail(2)}, empty_answers={1: [odd, odd]})
    inbox = FakeInbox(cursors={"uid:INBOX": "1:0"})
    async with serving(box.talk) as port, running(listener(port), inbox):
        await subjects(inbox, 1, 2)


async def test_mails_that_never_get_a_body_leave_a_note_each() -> None:
    box = ImapBox({1: mail(1), 2: mail(2), 3: mail(3)}, empty_answers={1: [""] * 99, 2: [" BODY[] NIL"] * 99})
    inbox = FakeInbox(cursors={"uid:INBOX": "1:0"})
    async with serving(box.talk) as port, running(listener(port), inbox):
        await eventually(lambda: len(inbox.kept) == 3)
    assert [name for name in inbox.kept if name.startswith("unfetchable:")] == ["unfetchable:1.1", "unfetchable:1.2"]


async def test_a_server_that_does_not_tell_when_a_mail_came_keeps_none_back() -> None:
    box, inbox = ImapBox({1: mail(1)}, internaldate=""), FakeInbox()
    async with serving(box.talk) as port, running(listener(port), inbox):
        await subjects(inbox, 1)
    assert [raw.received_at for raw in inbox.kept.values()] == [Week().now()]


async def test_catching_up_goes_on_where_it_was_cut() -> None:
    box = ImapBox({1: mail(1), 2: mail(2), 3: mail(3)}, uidvalidity=7)
    inbox = FakeInbox(cursors={"uid:INBOX": "7:1:2", "since:INBOX": "2026-01-01T00:00:00+00:00"})
    async with serving(box.talk) as port, running(listener(port), inbox):
        await subjects(inbox, 2, 3)


async def test_a_closed_connection_in_idle_is_noticed_and_opened_again() -> None:
    box, inbox = ImapBox({}, on_idle="close"), FakeInbox(cursors={"uid:INBOX": "1:0"})
    async with (
        serving(box.talk) as port,
        running(listener(port, pace=Pace(idle=600, first_wait=0.01, longest_wait=0.02)), inbox),
    ):
        await eventually(lambda: box.connections >= 3)
        box.mails[1] = mail(1)
        await subjects(inbox, 1)
    assert any("ConnectionLost" in report for report in inbox.reports if report)


@pytest.mark.parametrize(
    "news",
    [Notice({1: mail(1)}, at_once=b"* 1 EXISTS\r\n"), Notice({1: mail(1)}, later=b"* 1 EXI", after_done=b"STS\r\n")],
    ids=["together with the answer to idle", "in halves"],
)
async def test_a_notice_is_heard_however_it_is_cut(news: Notice) -> None:
    box, inbox = ImapBox({}, news=news), FakeInbox(cursors={"uid:INBOX": "1:0"})
    async with serving(box.talk) as port, running(listener(port, pace=Pace(idle=600)), inbox):
        await subjects(inbox, 1)
    assert box.connections == 1


async def test_a_server_that_falls_silent_in_idle_does_not_keep_us_from_stopping() -> None:
    box, inbox = ImapBox({}, on_idle="mute"), FakeInbox()
    async with serving(box.talk) as port, running(listener(port), inbox):
        await eventually(lambda: "IDLE" in box.log)


async def test_without_idle_the_box_is_polled() -> None:
    box, inbox = ImapBox({}, capabilities="IMAP4rev1"), FakeInbox(cursors={"uid:INBOX": "1:0"})
    async with serving(box.talk) as port, running(listener(port), inbox):
        await eventually(lambda: inbox.reports)
        box.mails[1] = mail(1)
        await subjects(inbox, 1)
    assert "IDLE" not in box.log


async def test_a_damaged_mail_becomes_a_note_and_blocks_nobody() -> None:
    box, inbox = ImapBox({1: mail(1), 2: mail(2)}, broken_uids=frozenset({1})), FakeInbox(cursors={"uid:INBOX": "1:0"})
    async with serving(box.talk) as port, running(listener(port), inbox):
        await eventually(lambda: len(inbox.kept) == 2)
    note, good = inbox.kept.values()
    assert note.headers["unfetchable"]
    assert good.body == mail(2)


async def test_a_mail_over_the_limit_leaves_its_headers_and_goes_to_quarantine() -> None:
    large = mail(1) + b"x" * 20_000
    box, inbox = ImapBox({1: large, 2: mail(2)}), FakeInbox(cursors={"uid:INBOX": "1:0"})
    async with serving(box.talk) as port, running(listener(port), inbox):
        await eventually(lambda: len(inbox.kept) == 2)
    kept = next(iter(inbox.kept.values()))
    assert kept.headers["oversize"] == str(len(large))
    assert kept.body.startswith(b"From: ann@example.com")
    assert len(kept.body) < 200

    async def read_blob(key: str) -> bytes:
        raise KeyError(key)

    channel = EmailChannel(CHANNEL, settings(), Collaborators(SECRET, Week(), read_blob, Shared()))
    with pytest.raises(Unreadable) as caught:
        await channel.parse(kept)
    assert caught.value.code == "mail_too_large"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"login": "NO [AUTHENTICATIONFAILED] no"}, "mail_login_refused"),
        ({"select": "NO no such mailbox"}, "mail_no_folder"),
    ],
)
async def test_what_only_a_person_can_mend_pauses_the_channel(change: dict[str, str], code: str) -> None:
    box = ImapBox(**change)  # type: ignore[arg-type]
    async with serving(box.talk) as port:
        with pytest.raises(ChannelPaused) as caught:
            await listener(port).listen(FakeInbox())
    assert caught.value.code == code
    assert "secret-word" not in caught.value.detail


async def test_no_starttls_means_no_password() -> None:
    box = ImapBox()
    async with serving(box.talk) as port:
        with pytest.raises(ChannelPaused) as caught:
            await listener(port, imap={"security": "starttls"}).listen(FakeInbox())
    assert caught.value.code == "mail_no_tls"
    assert not any(command.startswith("LOGIN") for command in box.log)


async def test_a_server_that_is_busy_is_tried_again() -> None:
    box, inbox = ImapBox({1: mail(1)}, login="NO [UNAVAILABLE] later"), FakeInbox(cursors={"uid:INBOX": "1:0"})
    async with serving(box.talk) as port, running(listener(port), inbox):
        await eventually(lambda: box.connections >= 2)
        box.login = "OK done"
        await subjects(inbox, 1)


async def test_xoauth2_logs_in_with_a_fresh_token(tokens: TokenServer) -> None:
    box, inbox = ImapBox({1: mail(1)}), FakeInbox(cursors={"uid:INBOX": "1:0"})
    oauth = {"client_id": "shop", "refresh_token": "rt", "token_url": tokens.url}
    async with serving(box.talk) as port, running(listener(port, imap={"password": None, "oauth": oauth}), inbox):
        await subjects(inbox, 1)
    assert len(tokens.asked) == 1


async def test_a_refused_token_is_renewed_once_before_a_person_is_called(tokens: TokenServer) -> None:
    box = ImapBox(login="NO [AUTHENTICATIONFAILED] expired")
    oauth = {"client_id": "shop", "refresh_token": "rt", "token_url": tokens.url}
    async with serving(box.talk) as port:
        with pytest.raises(ChannelPaused):
            await listener(port, imap={"password": None, "oauth": oauth}).listen(FakeInbox())
    assert len(tokens.asked) == 2


async def test_a_folder_name_is_one_argument_of_one_command() -> None:
    box, inbox = ImapBox(), FakeInbox()
    async with serving(box.talk) as port, running(listener(port, imap={"folder": 'INBOX" A9 LOGOUT "'}), inbox):
        await eventually(lambda: inbox.reports)
    assert [command for command in box.log if command.startswith("SELECT")] == ['SELECT "INBOX\\" A9 LOGOUT \\""']


async def test_the_same_mail_with_other_line_ends_is_the_same_mail() -> None:
    box, inbox = ImapBox({1: mail(1), 2: mail(1).replace(b"\r\n", b"\n"), 3: mail(3)}), FakeInbox(cursors={"uid:INBOX": "1:0"})
    async with serving(box.talk) as port, running(listener(port), inbox):
        await subjects(inbox, 1, 3)
    assert inbox.repeats == 1


@pytest.mark.parametrize("value", [None, "", "x", "1", "1:2:3:4", "a:b"])
def test_a_bookmark_that_means_nothing_is_no_bookmark(value: str | None) -> None:
    assert Place.read(value) is None


@pytest.mark.parametrize("place", [Place(7, 3), Place(7, 3, 9)])
def test_a_bookmark_reads_as_it_was_written(place: Place) -> None:
    assert Place.read(str(place)) == place


async def test_a_listener_cut_at_any_moment_loses_and_doubles_nothing() -> None:
    box = ImapBox({number: mail(number) for number in range(1, 61)})
    inbox, chance = FakeInbox(cursors={"uid:INBOX": "1:0"}), random.Random(5)
    async with serving(box.talk) as port:
        for _ in range(40):
            task = asyncio.create_task(listener(port).listen(inbox))
            await asyncio.wait({task}, timeout=chance.uniform(0.0, 0.06))
            task.cancel()
            await asyncio.wait({task})
        async with running(listener(port), inbox):
            await subjects(inbox, *range(1, 61))
    uids = [int(raw.headers["uid"]) for raw in inbox.kept.values()]
    assert uids == sorted(uids)
