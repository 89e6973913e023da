"""Long polling against a Bot API that keeps a ledger: what is confirmed was kept; faults cost time, never a message."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator

import pytest

from gateway.channels.telegram.adapter import TelegramChannel
from gateway.domain.errors import ChannelPaused
from gateway.domain.inbound import Raw
from tests.channels.telegram.stage import CHANNEL, Pauses, RememberingInbox, bot, closing
from tests.eventually import eventually
from tests.fakes.telegram_api import FakeTelegram, cut_json, hang_up, html_502, refuses


@pytest.fixture
async def api() -> AsyncIterator[FakeTelegram]:
    """A fresh Bot API."""
    async with FakeTelegram() as fake:
        yield fake


@contextlib.asynccontextmanager
async def listening(channel: TelegramChannel, inbox: RememberingInbox) -> AsyncIterator[asyncio.Task[None]]:
    """The loop runs for the length of the block; leaving must not wait for the long poll."""
    task = asyncio.create_task(channel.listen(inbox))
    try:
        yield task
    finally:
        task.cancel()
        async with asyncio.timeout(10):
            with contextlib.suppress(asyncio.CancelledError, ChannelPaused):
                await task
        await channel.close()


async def test_an_update_is_kept_then_confirmed(api: FakeTelegram) -> None:
    inbox = RememberingInbox()
    api.ann_writes("Hello", update_id=5)
    inbox.after_keep = lambda raw: inbox.problems.append(f"confirmed before keep: {api.confirmed}")
    async with listening(bot(api), inbox):
        await eventually(lambda: api.confirmed == [5])
    assert inbox.ids() == ["5"]
    assert "confirmed before keep: []" in inbox.problems
    assert inbox.cursors["offset"].startswith("6 ")
    assert (inbox.kept[0].lane, inbox.kept[0].channel_id) == ("7001", CHANNEL)


async def test_the_untouched_update_is_what_is_kept_and_parsed(api: FakeTelegram) -> None:
    inbox = RememberingInbox()
    api.ann_writes("Hello", update_id=5)
    channel = bot(api)
    async with listening(channel, inbox):
        await eventually(inbox.ids)
    (event,) = await channel.parse(inbox.kept[0])
    assert event.text == "Hello"


async def test_a_kill_between_keep_and_confirm_loses_and_doubles_nothing(api: FakeTelegram) -> None:
    inbox = RememberingInbox()
    for number in range(1, 8):
        api.ann_writes(f"line {number}", update_id=number)

    def kill(raw: Raw) -> None:
        if raw.external_id == "3" and inbox.repeats == 0:
            raise asyncio.CancelledError

    inbox.after_keep = kill
    async with closing(bot(api)) as first_life:
        with contextlib.suppress(asyncio.CancelledError):
            await first_life.listen(inbox)
    assert api.confirmed == []
    async with listening(bot(api), inbox):
        await eventually(lambda: len(api.confirmed) == 7)
    assert inbox.ids() == [str(number) for number in range(1, 8)]
    assert inbox.repeats == 3


async def test_nothing_is_confirmed_while_the_store_refuses(api: FakeTelegram) -> None:
    inbox, pauses = RememberingInbox(), Pauses()
    inbox.refuse = 2
    api.ann_writes("Hello", update_id=9)
    inbox.after_keep = lambda raw: inbox.problems.append(f"confirmed {api.confirmed}")
    async with listening(bot(api, pause=pauses), inbox):
        await eventually(lambda: api.confirmed == [9])
    assert inbox.ids() == ["9"]
    assert "confirmed []" in inbox.problems
    assert len(pauses.taken) >= 2


async def test_a_restart_goes_on_behind_the_bookmark(api: FakeTelegram) -> None:
    inbox = RememberingInbox()
    inbox.cursors["offset"] = "6 2026-01-05T08:59:00+00:00"
    async with listening(bot(api), inbox):
        await eventually(lambda: api.called("getUpdates"))
    assert api.called("getUpdates")[0].params["offset"] == "6"


async def test_after_a_silent_week_no_offset_is_trusted(api: FakeTelegram) -> None:
    inbox = RememberingInbox()
    inbox.cursors["offset"] = "900000 2025-12-29T08:00:00+00:00"
    api.ann_writes("Happy new year", update_id=17)  # ids began anew, lower
    async with listening(bot(api), inbox):
        await eventually(lambda: inbox.ids() == ["17"])


async def test_retry_after_is_honoured_to_the_second(api: FakeTelegram) -> None:
    inbox = RememberingInbox()
    api.break_next("getUpdates", refuses(429, "Too Many Requests: retry after 1", retry_after=1))
    api.ann_writes("Hello", update_id=3)
    async with listening(bot(api), inbox):
        await eventually(lambda: inbox.ids() == ["3"])
    first, second = api.called("getUpdates")[:2]
    assert 1.0 <= second.at - first.at < 2.0
    assert "Telegram asks us to wait 1 s." in inbox.problems


async def test_another_poller_is_reported_and_probed_slowly(api: FakeTelegram) -> None:
    inbox, pauses = RememberingInbox(), Pauses()
    conflict = refuses(409, "Conflict: terminated by other getUpdates request; make sure that only one bot runs")
    api.break_next("getUpdates", conflict, times=3)
    api.ann_writes("Hello", update_id=3)
    async with listening(bot(api, pause=pauses), inbox):
        await eventually(lambda: inbox.ids() == ["3"])
    assert pauses.taken[:3] == [60.0, 60.0, 60.0]
    assert "Another program" in str(inbox.problems[0])
    assert inbox.problems[-1] is None


async def test_a_webhook_left_behind_is_removed(api: FakeTelegram) -> None:
    api.webhook["url"] = "https://old.example/hook"
    async with listening(bot(api), RememberingInbox()):
        await eventually(lambda: api.called("getUpdates"))
    assert api.webhook["url"] == ""


@pytest.mark.parametrize("fault", [html_502, cut_json, hang_up, refuses(500, "Internal Server Error")])
async def test_a_passing_fault_is_reported_and_survived(api: FakeTelegram, fault: object) -> None:
    inbox, pauses = RememberingInbox(), Pauses()
    api.break_next("getUpdates", fault, times=2)  # type: ignore[arg-type]
    api.ann_writes("Hello", update_id=3)
    async with listening(bot(api, pause=pauses), inbox):
        await eventually(lambda: inbox.ids() == ["3"])
    assert inbox.problems[0] is not None
    assert inbox.problems[-1] is None
    assert pauses.taken[1] > 0


async def test_a_revoked_token_pauses_the_channel_with_a_remedy(api: FakeTelegram) -> None:
    async with closing(bot(api, token="999:not-this-one")) as channel:
        with pytest.raises(ChannelPaused, match="BotFather"):
            await channel.listen(RememberingInbox())


async def test_an_unreachable_server_is_retried(api: FakeTelegram) -> None:
    inbox, pauses = RememberingInbox(), Pauses()
    async with listening(bot("http://127.0.0.1:9", pause=pauses), inbox):
        await eventually(lambda: len(pauses.taken) >= 6)
    assert "Telegram cannot be reached; trying again." in inbox.problems
    assert max(pauses.taken) <= 60.0
    assert pauses.taken[5] > pauses.taken[0]


async def test_a_server_that_does_not_wait_is_not_asked_in_a_tight_circle(api: FakeTelegram) -> None:
    async def at_once(request: object) -> object:
        from tests.fakes.telegram_api import answered

        return answered([])

    pauses = Pauses()
    api.break_next("getUpdates", at_once, times=3)  # type: ignore[arg-type]
    async with listening(bot(api, pause=pauses), RememberingInbox()):
        await eventually(lambda: len(pauses.taken) >= 3)
    assert pauses.taken[:3] == [0.5, 0.5, 0.5]


async def test_a_thousand_updates_arrive_once_and_in_order(api: FakeTelegram) -> None:
    inbox = RememberingInbox()
    for number in range(1000):
        api.ann_writes(f"line {number}", update_id=number)
    api.break_next("getUpdates", hang_up, times=3)
    async with listening(bot(api, pause=Pauses()), inbox):
        await eventually(lambda: len(api.confirmed) == 1000)
    assert inbox.ids() == [str(number) for number in range(1000)]
