"""How much one visitor or one address may do and leave behind over the widget's sockets."""

from __future__ import annotations

import asyncio

import pytest
import socketio

from tests.eventually import eventually
from tests.front_door import front_door


async def test_sockets_of_one_address_are_capped() -> None:
    async with front_door(per_address=2) as door:
        for _ in range(2):
            await door.browser()
        with pytest.raises(socketio.exceptions.ConnectionError):
            await door.browser()
        await door.browsers[0].client.disconnect()
        await eventually(lambda: door.namespace.seats.at("127.0.0.1") == 1)
        assert await door.browser()


async def test_a_flood_is_refused_by_name_and_delays_nobody_else() -> None:
    async with front_door(rates={"message": "5/minute"}) as door:
        ann, boris = await door.browser(), await door.browser()
        answers = await asyncio.gather(*(ann.say(f"Spam {n}", client_id=f"a{n}") for n in range(30)))
        refused = [answer for answer in answers if not answer["ok"]]
        assert len(refused) == 25
        assert all(a["code"] == "too_many" and a["retry_after"] > 0 for a in refused)
        assert (await boris.say("A question", client_id="b1"))["ok"]
        assert (await ann.ask("sync", {"after": 0}))["ok"], "the flooder is refused, not thrown out"


async def test_a_visitor_cannot_make_their_card_grow_for_ever() -> None:
    """Every event of a contact carries the whole card to the log and to every console."""
    async with front_door() as door:
        ann = await door.browser()
        await ann.say("Hello", client_id="a1")
        told = []
        for number in range(10):
            attributes = {f"name {number} {place}": "x" for place in range(20)}
            told.append(await ann.ask("visitor.update", {"email": f"ann{number}@example.com", "attributes": attributes}))
        assert [answer["code"] for answer in told if not answer["ok"]] == ["too_many_attributes"] * 8
        assert (await ann.ask("visitor.update", {"attributes": {"name 0 0": "y"}}))["ok"], "what is there may change"
        card = [e.data["contact"] for e in door.office.events if e.type == "contact.updated"][-1]
        assert (len(card["fields"]), card["fields"]["name 0 0"]) == (40, "y")


async def test_a_list_of_addresses_does_not_become_the_contacts_own() -> None:
    async with front_door(rates={"message": "1000/second", "move": "1000/second"}) as door:
        ann = await door.browser()
        for number in range(3):
            text = " ".join(f"person{number}-{place}@example.com" for place in range(40))
            assert (await ann.say(text, client_id=f"a{number}"))["ok"]
            await ann.ask("visitor.update", {"email": f"ann{number}@example.com"})
        opened = next(e.data["conversation"] for e in door.office.events if e.type == "conversation.opened")
        known = await door.office.store.read(lambda uow: uow.contacts.identities(opened["contact_id"]))
        assert sum(not one.verified for one in known) == 50


async def test_idle_visitors_leave_nothing_behind() -> None:
    async with front_door() as door:
        ann = await door.browser()
        await ann.ask("sync", {"after": 0})
        await ann.client.disconnect()
        seats = door.namespace.seats
        await eventually(lambda: not seats.by_sid)
        assert not seats.threads
        assert not seats._unspoken
        assert not seats._addresses
        assert not [event for event in door.office.events if event.actor == "contact"]
