"""What a console hears of the time it was away, and of what it has lost: nothing is missed (reliability class 8)."""

from __future__ import annotations

from typing import Any

from gateway.domain.event import Event
from tests.eventually import eventually
from tests.fakes.clock import MONDAY
from tests.web.house import IVAN, OLGA, SERVICE, House
from tests.web.test_live_console import console


async def test_after_a_break_sync_brings_what_was_missed(house: House) -> None:
    browser = await house.browser(OLGA)
    before = (await (await browser.get("/api/v1/session")).json())["head"]
    await house.ann_writes("while away")
    async with console(house, browser) as olga:
        answer = await olga.say("sync", {"after": before})
        assert "message.received" in [event["type"] for event in answer["events"]]
        seqs = [event["seq"] for event in answer["events"]]
        assert seqs == sorted(seqs)
        assert answer["head"] == house.site.relay.head
        assert answer["more"] is False


async def test_too_long_a_break_asks_for_a_new_start(house: House) -> None:
    async def work(uow: Any) -> None:
        for _ in range(1100):
            uow.emit(Event("settings.changed", MONDAY, "line", {"what": "lines"}))

    await house.office.store.run(work)
    async with console(house, await house.browser(OLGA)) as olga:
        answer = await olga.say("sync", {"after": 1})
        assert answer == {"ok": True, "reset": True, "head": house.site.relay.head}
        part = await olga.say("sync", {"after": house.site.relay.head - 500})
        assert (len(part["events"]), part["more"]) == (200, True)


async def test_a_long_stretch_for_others_hides_nothing_behind_it(house: House) -> None:
    browser = await house.browser(OLGA)
    before = house.site.relay.head

    async def work(uow: Any) -> None:
        for _ in range(450):
            uow.emit(Event("conversation.updated", MONDAY, "line", {}, line_id=SERVICE))

    await house.office.store.run(work)
    await house.ann_writes("behind it")
    async with console(house, browser) as olga:
        answer = await olga.say("sync", {"after": before})
        assert "message.received" in [event["type"] for event in answer["events"]]


async def test_a_console_that_is_ahead_of_a_restored_database_begins_anew(house: House) -> None:
    async with console(house, await house.browser(OLGA)) as olga:
        head = house.site.relay.head
        assert await olga.say("sync", {"after": head + 1}) == {"ok": True, "reset": True, "head": head}
        assert await olga.say("sync", {"after": head}) == {"ok": True, "events": [], "head": head, "more": False}


async def test_whoever_loses_a_conversation_of_another_line_hears_it(house: House) -> None:
    browser = await house.browser(IVAN, role="operator")
    talk = await house.ann_writes()
    await house.office.offers.take(house.office.directory.operator(IVAN), talk.id)
    await house.give_role(OLGA, "supervisor")
    async with console(house, browser) as ivan:
        await house.office.offers.take(house.office.directory.operator(OLGA), talk.id)
        await eventually(lambda: ivan.events("conversation.assigned"))
        (told,) = ivan.events("conversation.assigned")
        assert (told["data"]["conversation"]["operator_id"], told["data"]["left"]) == (OLGA, IVAN)
        before = len(ivan.events("message.received"))
        await house.ann_writes("now for Olga")
        assert len(ivan.events("message.received")) == before
