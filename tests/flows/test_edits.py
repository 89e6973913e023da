"""Ann changes what she wrote: what she wrote last is what Olga reads."""

from __future__ import annotations

from datetime import timedelta

from gateway.domain.ids import MessageId
from gateway.domain.inbound import MessageEdited
from tests.flows.office import BOT, Office


async def _edited(office: Office, text: str, *, seconds: int = 0) -> bool:
    at = office.clock.now() + timedelta(seconds=seconds)
    return (await office.intake.accept(MessageEdited(BOT, "hello", "ann", text, at))).new


async def test_of_two_edits_within_a_second_the_later_stays_and_an_older_one_does_not_return(office: Office) -> None:
    said = await office.write("Ann", "Tow red ones", again="hello")
    assert await _edited(office, "Two red ons")
    assert await _edited(office, "Two red ones")
    assert not await _edited(office, "Two red ones")
    assert not await _edited(office, "Too red ones", seconds=-1)
    message = await office.store.read(lambda uow: uow.messages.get(MessageId(str(said.message_id))))
    assert message.text == "Two red ones"
