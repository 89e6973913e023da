"""Ann writes on the site; Olga answers in the console."""

from __future__ import annotations

import pytest

from tests.eventually import eventually
from tests.flows.doors.console import Console
from tests.flows.doors.house import House
from tests.flows.doors.visitor import Visitor

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000 1f15c4890000000d49444154789c636060606000000005000157a4ca5f"
    "0000000049454e44ae426082".replace(" ", "")
)
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


async def test_ann_writes_becomes_a_lead_and_is_answered_by_olga(olga: Console, ann: Visitor) -> None:
    await ann.says("Do you repair wheels?", client_id="w-1", name="Ann")
    talk = await olga.accept_next(who="Ann")
    assert (talk["state"], talk["turn"], talk["contact_name"]) == ("active", "ours", "Ann")
    lead = await olga.ask("GET", f"/leads/{talk['lead_id']}")
    assert lead["source"]["utm_source"] == "mail" or lead["source"].get("utm", {}).get("utm_source") == "mail", lead["source"]
    reply = await olga.write(talk["id"], "We do, bring it in.")
    await eventually(lambda: ann.sees() == ["We do, bring it in."])
    await olga.delivered_as(talk["id"], reply["id"], "sent")
    assert (await olga.ask("GET", f"/conversations/{talk['id']}"))["turn"] == "theirs"


async def test_the_same_message_again_is_answered_the_same_and_stored_once(olga: Console, ann: Visitor) -> None:
    first = await ann.says("Hello", client_id="again-1")
    second = await ann.says("Hello", client_id="again-1")
    assert (first["id"], first["seq"]) == (second["id"], second["seq"])
    talk = await olga.accept_next()
    assert await olga.said(talk["id"]) == ["Hello"]


async def test_a_note_stays_in_the_house(olga: Console, ann: Visitor) -> None:
    await ann.says("Hello", client_id="note-1")
    talk = await olga.accept_next()
    await olga.write(talk["id"], "She is in a hurry", type="note")
    await olga.write(talk["id"], "Good morning!")
    await eventually(lambda: ann.sees() == ["Good morning!"])
    assert "She is in a hurry" not in [message["text"] for message in ann.messages.values()]


async def test_files_go_both_ways(olga: Console, ann: Visitor) -> None:
    photo = await ann.uploads("wheel.png", PNG, kind="image/png")
    await ann.says("This one", client_id="file-1", files=(photo,))
    talk = await olga.accept_next()
    shown = next(m for m in await olga.thread(talk["id"]) if m["files"])["files"][0]
    assert (await olga.read(shown["url"]))[2] == PNG
    offer = await olga.upload("Estimate 2417.pdf", PDF, kind="application/pdf")
    await olga.write(talk["id"], "Here you are", files=[offer])
    await eventually(lambda: ann.sees() == ["Here you are"])
    received = next(m for m in ann.messages.values() if m["text"] == "Here you are")["files"][0]
    assert await ann.downloads(received["url"]) == PDF


async def test_what_was_said_while_ann_was_away_is_there_when_she_is_back(olga: Console, ann: Visitor) -> None:
    await ann.says("Hello", client_id="away-1")
    talk = await olga.accept_next()
    await ann.leaves()
    for text in ("One", "Two", "Three"):
        await olga.write(talk["id"], text)
    await ann.opens_the_page()
    assert ann.session["visitor"]["known"]
    await ann.connects()
    assert ann.sees() == ["One", "Two", "Three"]
    numbers = [message["seq"] for message in ann.messages.values()]
    assert len(numbers) == len(set(numbers))


async def test_a_console_that_was_away_catches_up_by_sequence(olga: Console, ann: Visitor) -> None:
    await ann.says("Hello", client_id="console-1")
    talk = await olga.accept_next()
    seen = max(event["seq"] for event in olga.heard)
    await olga.socket.disconnect()
    await ann.says("Still there?", client_id="console-2")
    await olga.listen()

    async def probe() -> bool:
        answer = await olga.socket.call("sync", {"after": seen}, namespace="/console", timeout=10)
        missed = [e for e in answer["events"] if e["type"] == "message.received" and e["conversation_id"] == talk["id"]]
        return [e["data"]["message"]["text"] for e in missed] == ["Still there?"]

    await eventually(probe)


async def test_long_polling_is_enough(olga: Console, ann: Visitor, house: House) -> None:
    if house.processes > 1:
        pytest.skip("one address without stickiness serves WebSocket only: docs/howto/several-nodes.md")
    await ann.leaves()
    await ann.connects(transport="polling")
    await ann.says("Through a strict proxy", client_id="poll-1")
    talk = await olga.accept_next()
    await olga.write(talk["id"], "It works")
    await eventually(lambda: ann.sees() == ["It works"])
