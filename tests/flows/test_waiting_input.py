"""Input of a channel that is off waits for it, however long."""

from __future__ import annotations

from gateway.domain.inbound import Raw
from gateway.services.raws import Quarantine
from tests.flows.office import BOT, Office


async def test_input_of_a_channel_that_is_off_waits_however_often_it_is_tried(office: Office) -> None:
    del office.adapters.by_id[BOT]
    await office.intake.keep(Raw(BOT, "update-1", "ann", b"{}", office.clock.now()))
    for _ in range(6):
        await office.time_passes(minutes=20)
    assert await Quarantine(office.core).list() == []
