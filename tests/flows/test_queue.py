"""The queue as a whole: nobody waits behind somebody whom nobody can serve."""

from __future__ import annotations

from typing import Any

from gateway.domain.channel import Channel
from gateway.domain.ids import ChannelId, LineId
from gateway.domain.inbound import Claim
from gateway.domain.line import Line
from gateway.services.router import PASS_LIMIT
from tests.fakes.adapters import HandChannel
from tests.flows.office import OLGA, Office

LONELY, ITS_BOT = LineId("lin_lonely"), ChannelId("chn_lonely_bot")


async def test_a_long_queue_of_a_line_without_people_holds_up_no_other_line(office: Office) -> None:
    async def work(uow: Any) -> None:
        await uow.lines.add(Line(LONELY, "Nobody there"))
        await uow.channels.add(Channel(ITS_BOT, "telegram", LONELY, "bot", key="key-lonely", created_at=office.clock.now()))

    await office.store.run(work)
    await office.directory.refresh()
    office.adapters.by_id[ITS_BOT] = HandChannel(deduplicates=False)
    for number in range(PASS_LIMIT + 3):
        await office.write(f"Ann {number}", "Is anybody there?", to=ITS_BOT, claims=(Claim("telegram", f"ann-{number}"),))
    assert await office.offered_to() == []
    await office.write("Boris", "Do you repair wheels?")
    assert len(await office.offered_to()) == 1


async def test_who_was_declined_once_is_asked_again_also_in_a_busy_line(office: Office) -> None:
    await office.change_line(members=(OLGA,))
    olga = office.directory.operator(OLGA)
    ann = await office.write("Ann", "Hello")
    (offer,) = await office.pending()
    await office.offers.decline(olga, offer.id, offer.epoch)
    for number in range(9):
        await office.time_passes(seconds=20)
        other = await office.write(f"Boris {number}", "Do you repair wheels?", claims=(Claim("telegram", f"boris-{number}"),))
        if (await office.conversation(other)).state != "offered":
            break
        await office.accept(OLGA)
        await office.desk.close(olga, (await office.conversation(other)).id)
        await office.settle()
    assert (await office.conversation(ann)).epoch == 2
