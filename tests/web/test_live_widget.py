"""The widget's sockets against a real server: acknowledged means committed, nothing lost, nobody hears what is not theirs."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
import socketio

from gateway.domain.errors import StoreUnavailable
from gateway.domain.ids import ConversationId
from tests.eventually import eventually
from tests.flows.office import OLGA, SITE
from tests.front_door import SHOP, Browser, FrontDoor, front_door


async def served_by_olga(door: FrontDoor, ann: Browser, said: dict[str, Any]) -> ConversationId:
    """Olga takes what Ann has begun."""
    await door.office.settle()
    row = next(e.data["conversation"] for e in door.office.events if e.data.get("message", {}).get("id") == said["id"])
    who = next(offer.operator_id for offer in await door.office.pending() if offer.conversation_id == row["id"])
    if who != OLGA:
        offer = (await door.office.pending())[0]
        await door.office.offers.decline(door.office.directory.operator(who), offer.id, offer.epoch)
        await door.office.settle()
    await door.office.accept(OLGA)
    return ConversationId(row["id"])


@pytest.mark.parametrize("transport", ["websocket", "polling"])
async def test_ann_writes_and_olga_answers_on_either_transport(transport: str) -> None:
    async with front_door() as door:
        ann = await door.browser(transport=transport)
        assert (await ann.ask("sync", {"after": 0}))["messages"] == []
        said = await ann.say("Is the Kestrel in stock?", client_id="a1")
        assert said["ok"]
        assert said["seq"] == 1
        assert said["at"] == "2026-01-05T09:00:00Z"
        talk = await served_by_olga(door, ann, said)
        await door.office.answer(OLGA, talk, "Yes, two of them.")
        await eventually(lambda: [m["text"] for m in ann.of("message") if m["from"] == "operator"] == ["Yes, two of them."])
        answer = ann.of("message")[-1]
        assert answer["name"] == "Olga"
        assert answer["client_id"] is None
        assert ann.of("conversation")[-1] == {
            "state": "active", "operator": {"name": "Olga", "photo": None}, "queue": None, "rating": None,
        }  # fmt: skip


async def test_nothing_is_acknowledged_that_is_not_committed() -> None:
    async with front_door() as door:
        ann = await door.browser()
        hold, real = asyncio.Event(), door.office.store.run

        async def slow_commit(work: Any) -> Any:
            await hold.wait()
            return await real(work)

        object.__setattr__(door.office.core.store, "run", slow_commit)
        asked = asyncio.create_task(ann.say("Hello", client_id="a1"))
        await eventually(lambda: len(door.office.intake._waiting) == 0 and door.office.intake._pump is not None)
        assert not asked.done()
        hold.set()
        assert (await asked)["ok"]
        object.__setattr__(door.office.core.store, "run", real)
        assert [m["text"] for m in (await ann.ask("sync", {"after": 0}))["messages"]] == ["Hello"]


async def test_a_store_that_is_away_refuses_by_name_and_keeps_nothing() -> None:
    async with front_door() as door:
        ann = await door.browser()
        real = door.office.store.run

        async def away(work: Any) -> Any:
            raise StoreUnavailable

        object.__setattr__(door.office.core.store, "run", away)
        refused = await ann.say("Hello", client_id="a1")
        object.__setattr__(door.office.core.store, "run", real)
        assert refused["ok"] is False
        assert refused["code"] == "store_unavailable"
        assert refused["retry_after"] > 0
        assert (await ann.say("Hello", client_id="a1"))["ok"]
        assert len((await ann.ask("sync", {"after": 0}))["messages"]) == 1


async def test_what_ann_sends_at_once_stays_in_her_order() -> None:
    async with front_door() as door:
        ann = await door.browser()
        await asyncio.gather(*(ann.say(f"Line {n}", client_id=f"a{n}") for n in range(20)))
        texts = [m["text"] for m in (await ann.ask("sync", {"after": 0}))["messages"]]
        assert texts == [f"Line {n}" for n in range(20)]


async def test_the_same_client_id_again_answers_the_same() -> None:
    async with front_door() as door:
        ann = await door.browser()
        first = await ann.say("Hello", client_id="a1")
        door.office.clock.move(seconds=30)
        assert await ann.say("Hello", client_id="a1") == first
        again = await door.browser(token=ann.token)
        assert await again.say("Hello", client_id="a1") == first
        assert [m["client_id"] for m in (await again.ask("sync", {"after": 0}))["messages"]] == ["a1"]


async def test_ann_resumes_by_number_over_the_gaps_that_notes_leave() -> None:
    async with front_door() as door:
        ann = await door.browser()
        said = await ann.say("Hello", client_id="a1")
        talk = await served_by_olga(door, ann, said)
        seen = (await ann.ask("sync", {"after": 0}))["seq"]
        await ann.client.disconnect()
        await door.office.answer(OLGA, talk, "Difficult customer", type="note")
        await door.office.answer(OLGA, talk, "Good morning")
        await door.office.answer(OLGA, talk, "She haggles", type="note")
        back = await door.browser(token=ann.token)
        answer = await back.ask("sync", {"after": seen})
        assert [m["text"] for m in answer["messages"]] == ["Good morning"]
        assert answer["seq"] > answer["messages"][0]["seq"] > seen + 1
        assert answer["unread"] == 1
        assert answer["conversation"]["state"] == "active"
        assert (await back.ask("sync", {"after": answer["seq"]}))["messages"] == []


async def test_notes_and_system_lines_are_never_pushed() -> None:
    async with front_door() as door:
        ann = await door.browser()
        talk = await served_by_olga(door, ann, await ann.say("Hello", client_id="a1"))
        await door.office.answer(OLGA, talk, "Secret note", type="note")
        await door.office.answer(OLGA, talk, "Good morning")
        await eventually(lambda: any(m["text"] == "Good morning" for m in ann.of("message")))
        assert "Secret" not in repr(ann.heard)
        assert {m["from"] for m in ann.of("message")} <= {"visitor", "operator", "system"}


async def test_a_second_tab_hears_what_the_first_one_says_from_the_very_first_word() -> None:
    async with front_door() as door:
        one = await door.browser()
        two = await door.browser(token=one.token)
        await one.ask("sync", {"after": 0})
        await two.ask("sync", {"after": 0})
        said = await one.say("Hello", client_id="a1")
        await eventually(lambda: [m["id"] for m in two.of("message")] == [said["id"]])


async def test_boris_hears_nothing_of_ann() -> None:
    async with front_door() as door:
        ann, boris = await door.browser(), await door.browser()
        talk = await served_by_olga(door, ann, await ann.say("Hello", client_id="a1"))
        await boris.say("Good day", client_id="b1")
        await door.office.answer(OLGA, talk, "For Ann only")
        await eventually(lambda: any(m["text"] == "For Ann only" for m in ann.of("message")))
        assert boris.of("message") == []  # neither Ann's words nor an echo of his own
        assert [m["text"] for m in (await boris.ask("sync", {"after": 0}))["messages"]] == ["Good day"]


STRANGERS = (
    "https://shop.example.evil.example", "null", "http://shop.example", "https://evil-shop.example", "https://shop.example:8443",
    "https://shop.example.", "https://SHOP.example.evil", "https://xn--shp-sna.example", "https://sub.shop.example",
    "https://shop.example/", "https://shop.example, https://evil.example", "shop.example",
)  # fmt: skip


@pytest.mark.parametrize(
    ("origin", "transport"),
    [(origin, "websocket") for origin in STRANGERS] + [(origin, "polling") for origin in STRANGERS[:2]],
)
async def test_only_the_listed_sites_connect(origin: str, transport: str) -> None:
    async with front_door() as door:
        token = (await door.session())["token"]
        await door.set_up_site(origins=[SHOP])
        with pytest.raises(socketio.exceptions.ConnectionError):
            await door.browser(token=token, origin=origin, transport=transport)
        assert (await (await door.browser(token=token)).ask("sync"))["ok"]


async def test_a_refused_handshake_says_why() -> None:
    async with front_door(rates={"connect": "1/minute"}) as door:
        heard: list[Any] = []

        async def connect(token: str) -> None:
            client = socketio.AsyncClient(reconnection=False)
            client.on("connect_error", heard.append, namespace="/widget")
            with pytest.raises(socketio.exceptions.ConnectionError):
                await client.connect(door.url, namespaces=["/widget"], auth={"token": token}, wait_timeout=20)
            await client.disconnect()

        await connect("v1.nonsense.nonsense")
        await connect("v1.nonsense.nonsense")
        assert [refusal["data"]["code"] for refusal in heard] == ["token_expired", "too_many"]
        assert heard[1]["data"]["retry_after"] > 0


@pytest.mark.parametrize(
    ("payload", "code"),
    [
        (b"\x00\x01", "binary_refused"), ({"client_id": "a", "text": b"\x00"}, "invalid"),
        (None, "invalid"), ("text", "invalid"),
        ({"client_id": "../x", "text": "a"}, "invalid"), ({"client_id": "a", "text": "  "}, "empty"),
        ({"client_id": "a", "text": "x" * 4001}, "too_long"), ({"client_id": "a", "text": 5}, "invalid"),
        ({"client_id": "a", "text": "x", "files": ["att_of_somebody_else"]}, "file_gone"),
        ({"client_id": "a", "text": "", "form": {"kind": "secret", "fields": {}}}, "invalid"),
    ],
)  # fmt: skip
async def test_wrong_messages_are_refused_by_name(payload: Any, code: str) -> None:
    async with front_door() as door:
        ann = await door.browser()
        answer = await ann.ask("message.send", payload)
        assert answer["ok"] is False
        assert answer["code"] == code
        assert answer["title"]
        assert (await ann.say("Now a good one", client_id="a2"))["ok"]


async def test_typing_goes_both_ways() -> None:
    async with front_door() as door:
        ann = await door.browser()
        talk = await served_by_olga(door, ann, await ann.say("Hello", client_id="a1"))
        whispers: list[Any] = []
        door.office.core.signals.subscribe("ephemeral", whispers.append)
        assert (await ann.ask("typing.set", {"on": True}))["ok"]
        whisper = whispers[0]
        assert (whisper["kind"], whisper["who"], whisper["conversation_id"], whisper["on"]) == ("typing", "contact", talk, True)
        await door.office.core.signals.nudge(
            "ephemeral", {"kind": "typing", "dialogue_id": whisper["dialogue_id"], "who": str(OLGA), "on": True}
        )
        await eventually(lambda: ann.of("typing") == [{"on": True, "name": "Olga"}])


async def test_read_marks_go_both_ways() -> None:
    async with front_door() as door:
        ann = await door.browser()
        said = await ann.say("Hello", client_id="a1")
        talk = await served_by_olga(door, ann, said)
        await door.office.desk.seen(door.office.directory.operator(OLGA), talk, said["seq"])
        await eventually(lambda: ann.of("read") == [{"seq": said["seq"]}])
        answer = await door.office.answer(OLGA, talk, "Good morning")
        await ann.ask("read.set", {"seq": answer["seq"]})
        told = [e.data["delivery"]["state"] for e in door.office.events if e.type == "delivery.updated"]
        assert told == ["read"]
        synced = await ann.ask("sync", {"after": 0})
        assert synced["unread"] == 0
        assert [m["state"] for m in synced["messages"]] == ["read", "read"]


async def test_a_rating_is_taken_after_the_end_and_not_before() -> None:
    async with front_door() as door:
        ann = await door.browser()
        await served_by_olga(door, ann, await ann.say("Hello", client_id="a1"))
        assert (await ann.ask("conversation.rate", {"value": 5}))["code"] == "illegal_move"
        assert (await ann.ask("conversation.close", {}))["ok"]
        assert (await ann.ask("conversation.rate", {"value": 6}))["code"] == "bad_rating"
        assert (await ann.ask("conversation.rate", {"value": 5, "comment": "Quick"}))["ok"]
        await eventually(lambda: ann.of("conversation")[-1]["rating"] == 5)
        assert (await ann.ask("sync", {"after": 0}))["conversation"]["state"] == "closed"
        rated = next(e for e in door.office.events if e.type == "conversation.rated")
        assert rated.data["rating"] == 5
        assert rated.data["conversation"]["last_operator_id"] == OLGA


async def test_finishing_while_queued_leaves_nobody_an_offer() -> None:
    async with front_door() as door:
        ann = await door.browser()
        await ann.say("Hello", client_id="a1")
        await door.office.settle()
        assert await door.office.pending()
        assert (await ann.ask("conversation.close", {}))["ok"]
        await door.office.settle()
        assert await door.office.pending() == []


async def test_the_band_of_a_waiting_visitor_is_true() -> None:
    async with front_door(members=()) as door:
        for n in range(6):
            other = await door.browser()
            await other.say("First", client_id=f"o{n}")
            door.office.clock.move(seconds=1)
        ann = await door.browser()
        await ann.say("Hello", client_id="a1")
        assert (await ann.ask("sync", {"after": 0}))["conversation"]["queue"]["band"] == 3
        for browser in door.browsers[:2]:
            await browser.ask("conversation.close", {})
        door.office.clock.move(seconds=10)
        await door.namespace._pushes.tell_places()
        await eventually(lambda: ann.of("conversation")[-1]["queue"] == {"band": 2, "minutes": None})


async def test_open_chats_hear_when_the_line_closes() -> None:
    from gateway.domain.schedule import Schedule

    async with front_door() as door:
        ann = await door.browser()
        await door.namespace.tell_lines()
        await door.office.change_line(schedule=Schedule(week=((),) * 7))
        await door.namespace.tell_lines()
        await eventually(lambda: [line["open"] for line in ann.of("line")] == [False])


async def test_a_channel_that_is_removed_under_an_open_chat_makes_nobody_deaf() -> None:
    async with front_door() as door:
        await door.browser()
        await door.office.store.run(lambda uow: uow.channels.remove(SITE))
        await door.office.directory.refresh()
        await door.namespace.tell_lines()


async def test_an_old_token_hears_nothing_once_the_dialogue_is_proven_to_be_anns() -> None:
    from tests.services.test_visitor_identity import signed

    async with front_door() as door:
        await door.set_up_site(identity_secret="the secret that only the shop's server knows")
        ann = await door.browser()
        thief = await door.browser(token=ann.token)
        await thief.ask("sync", {"after": 0})
        talk = await served_by_olga(door, ann, await ann.say("Hello", client_id="a1"))
        proven = await ann.ask(
            "visitor.update", {"identity_token": signed(door, sub="42", name="Ann", email="ann@example.com")}
        )
        assert proven["ok"]
        assert proven["visitor"]["email"] == "ann@example.com"
        assert proven["token"] != ann.token
        await door.office.answer(OLGA, talk, "Your card ends in 4711")
        await eventually(lambda: any("4711" in m["text"] for m in ann.of("message")))
        await eventually(lambda: not thief.client.connected or "/widget" not in thief.client.namespaces)
        assert "4711" not in repr(thief.heard)
        again = await door.browser(token=ann.token)
        assert (await again.ask("sync", {"after": 0}))["messages"] == []
        phone = await door.browser()
        on_phone = await phone.ask("visitor.update", {"identity_token": signed(door, sub="42", name="Ann")})
        assert on_phone["ok"]
        texts = [m["text"] for m in (await phone.ask("sync", {"after": 0}))["messages"]]
        assert texts == ["Hello", "Your card ends in 4711"]


async def test_who_signs_in_in_the_middle_of_a_chat_still_gets_its_answer() -> None:
    from tests.services.test_visitor_identity import signed

    async with front_door() as door:
        await door.set_up_site(identity_secret="the secret that only the shop's server knows")
        proof = {"identity_token": signed(door, sub="42", name="Ann")}
        phone = await door.browser()
        await phone.ask("visitor.update", proof)
        await phone.say("Last year's order", client_id="a1")
        laptop = await door.browser()
        talk = await served_by_olga(door, laptop, await laptop.say("Is the Kestrel there?", client_id="b1"))
        signed_in = await laptop.ask("visitor.update", proof)
        await door.office.answer(OLGA, talk, "It is")
        await eventually(lambda: any(m["text"] == "It is" for m in laptop.of("message")))
        reloaded = await door.browser(token=signed_in["token"])
        assert (await reloaded.ask("sync", {"after": 0}))["dialogue"] == signed_in["dialogue"]

        await laptop.ask("conversation.close", {})
        later = await reloaded.ask("visitor.update", proof)
        own = await reloaded.ask("sync", {"after": 0})
        assert own["dialogue"] == later["dialogue"] != signed_in["dialogue"]
        assert [m["text"] for m in own["messages"]] == ["Last year's order"]


async def test_proofs_that_belong_to_two_people_hold_up_no_message() -> None:
    from tests.services.test_visitor_identity import signed

    mail, number = "ann@example.com", "+442071838750"
    async with front_door() as door:
        await door.set_up_site(identity_secret="the secret that only the shop's server knows")
        for sub, proven in (("1", {"email": mail}), ("2", {"phone": number}), ("3", {"email": mail, "phone": number})):
            browser = await door.browser()
            assert (await browser.ask("visitor.update", {"identity_token": signed(door, sub=sub, **proven)}))["ok"]
            assert (await browser.say("Hello", client_id="a1"))["seq"]


async def test_what_is_merely_typed_opens_no_history() -> None:
    async with front_door() as door:
        ann = await door.browser()
        await ann.ask("visitor.update", {"name": "Ann", "email": "ann@example.com"})
        await ann.say("My order 2214", client_id="a1")
        boris = await door.browser()
        told = await boris.ask("visitor.update", {"name": "Ann", "email": "ann@example.com", "external_id": "42"})
        assert told["visitor"] == {"known": True, "name": "Ann", "email": "ann@example.com", "phone": None}
        assert (await boris.ask("sync", {"after": 0}))["messages"] == []
        reborn = await door.browser(token=told["token"])
        assert (await reborn.ask("sync", {"after": 0}))["messages"] == []


async def test_a_round_that_fails_in_a_way_nobody_foresaw_ends_no_pushes() -> None:
    async with front_door() as door:
        met = asyncio.Event()

        async def unforeseen() -> None:
            met.set()
            raise RuntimeError("not foreseen")

        rounds = asyncio.create_task(door.namespace._every(0.01, unforeseen))
        await met.wait()
        met.clear()
        await asyncio.wait_for(met.wait(), 5)
        rounds.cancel()
        await asyncio.wait([rounds])
