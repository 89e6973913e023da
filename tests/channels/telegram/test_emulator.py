"""One conversation through an emulator written by others (npm telegram-test-api): Ann writes, Olga's answer arrives."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Any

from gateway.domain.inbound import MessageReceived
from tests.channels.telegram.stage import RememberingInbox, bot, closing, letter
from tests.eventually import eventually


async def test_ann_writes_to_the_bot_and_reads_the_answer(telegram_api: Any) -> None:
    inbox = RememberingInbox()
    await asyncio.to_thread(telegram_api.ann_writes, "Is the blue one in stock?")
    async with closing(bot(telegram_api.url, token=telegram_api.token)) as channel:
        task = asyncio.create_task(channel.listen(inbox))
        await eventually(lambda: inbox.kept)
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
        (event,) = await channel.parse(inbox.kept[0])
        assert isinstance(event, MessageReceived)
        assert event.text == "Is the blue one in stock?"
        receipt = await channel.send(letter("Yes, two left"))
    assert receipt.external_id is not None
    assert await asyncio.to_thread(telegram_api.ann_sees) == ["Yes, two left"]
