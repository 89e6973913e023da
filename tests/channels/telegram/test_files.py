"""Files are fetched by id; addresses run out, limits hold, the token never shows."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from gateway.domain.errors import TooLarge, Unreadable
from tests.channels.telegram.stage import bot, closing
from tests.fakes.telegram_api import FakeTelegram, hang_up, html_502, refuses


@pytest.fixture
async def api() -> AsyncIterator[FakeTelegram]:
    """A Bot API that has one photo."""
    async with FakeTelegram() as fake:
        fake.files["large"] = b"x" * 200_000
        yield fake


async def fetched(api: FakeTelegram, reference: str = "large", **settings: int) -> bytes:
    """All bytes of a file."""
    async with closing(bot(api, **settings)) as channel:
        return b"".join([chunk async for chunk in channel.fetch(reference)])


async def test_a_file_is_fetched_whole(api: FakeTelegram) -> None:
    assert await fetched(api) == api.files["large"]


async def test_an_address_that_has_run_out_is_asked_for_again(api: FakeTelegram) -> None:
    api.expire_link("1/large")
    assert await fetched(api) == api.files["large"]
    assert len(api.called("getFile")) == 2


async def test_a_file_that_is_gone_is_unreadable(api: FakeTelegram) -> None:
    api.expire_link("1/large")
    api.expire_link("2/large")
    with pytest.raises(Unreadable):
        await fetched(api)


async def test_an_unknown_file_is_unreadable(api: FakeTelegram) -> None:
    api.break_next("getFile", refuses(400, "Bad Request: wrong file_id or the file is temporarily unavailable"))
    with pytest.raises(Unreadable):
        await fetched(api)


async def test_the_limit_for_bots_is_named(api: FakeTelegram) -> None:
    api.break_next("getFile", refuses(400, "Bad Request: file is too big"))
    with pytest.raises(TooLarge, match="20 MB"):
        await fetched(api)


async def test_a_file_announced_over_our_limit_is_not_downloaded(api: FakeTelegram) -> None:
    api.files["large"] = b"x" * (1024 * 1024 + 1)
    with pytest.raises(TooLarge, match="1 MB"):
        await fetched(api, download_limit_mb=1)
    assert api.called("file") == []


@pytest.mark.parametrize("fault", [html_502, hang_up])
async def test_a_passing_fault_says_so_and_never_shows_the_token(api: FakeTelegram, fault: object) -> None:
    api.break_next("file", fault, times=2)  # type: ignore[arg-type]
    with pytest.raises(OSError, match="Telegram") as caught:
        await fetched(api)
    assert "TEST-token" not in f"{caught.value!r} {caught.value.__cause__!r}"
    assert caught.value.__suppress_context__


@pytest.mark.parametrize("fault", [html_502, refuses(429, "Too Many Requests", retry_after=5), hang_up])
async def test_not_being_told_the_address_is_passing(api: FakeTelegram, fault: object) -> None:
    api.break_next("getFile", fault)  # type: ignore[arg-type]
    with pytest.raises(OSError, match="Telegram"):
        await fetched(api)
