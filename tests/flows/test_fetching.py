"""Files that networks only refer to: a channel that is off for a moment, or being made anew, loses none."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from gateway.domain.call import CallFact, Recording
from gateway.domain.errors import StoreUnavailable
from gateway.domain.ids import CallId, MessageId
from gateway.domain.inbound import IncomingFile, Raw
from gateway.domain.message import Attachment
from gateway.services.media import FETCH_TRIES
from gateway.services.recordings import TRIES
from tests.flows.office import BOT, PBX, Office

PICTURE = IncomingFile("wheel.jpg", "image/jpeg", reference="file-1")


async def _picture(office: Office, id: str | None) -> Attachment:
    found = await office.store.read(lambda uow: uow.messages.attachments([MessageId(str(id))]))
    return found[MessageId(str(id))][0]


async def test_a_picture_that_came_while_its_bot_was_made_anew_is_fetched_afterwards(office: Office) -> None:
    bot = office.adapters.by_id.pop(BOT)
    bot.files["file-1"] = b"a wheel"
    ann = await office.write("Ann", "Look", files=(PICTURE,))
    assert (await _picture(office, ann.message_id)).state == "pending"
    office.adapters.by_id[BOT] = bot
    await office.time_passes(seconds=16)
    assert (await _picture(office, ann.message_id)).state == "stored"


async def test_a_picture_of_a_channel_that_was_removed_is_waited_for_no_longer(office: Office) -> None:
    office.adapters.by_id.pop(BOT)
    ann = await office.write("Ann", "Look", files=(PICTURE,))
    await office.store.run(lambda uow: uow.channels.remove(BOT))
    await office.time_passes(seconds=16)
    assert (await _picture(office, ann.message_id)).state == "failed"


async def test_a_recording_announced_while_its_channel_was_made_anew_is_fetched_afterwards(office: Office) -> None:
    pbx = office.adapters.by_id.pop(PBX)
    pbx.files["https://pbx.example.com/1.mp3"] = b"ID3"
    now, number = office.clock.now(), "+442079460000"
    await office.call(CallFact("call-1", "f1", "call.offered", now, direction="inbound", remote=number))
    await office.call(
        CallFact("call-1", "f2", "recording.ready", now, recording_id="1", recording_url="https://pbx.example.com/1.mp3")
    )
    office.adapters.by_id[PBX] = pbx
    await office.time_passes(seconds=16)
    assert (await _recording(office)).state == "stored"


LINK = "https://pbx.example.com/1.mp3"


async def _all_tries(office: Office) -> None:
    for _ in range(TRIES):
        await office.time_passes(minutes=16)


async def _announce(office: Office, id: str, url: str = LINK) -> None:
    fact = CallFact("call-1", id, "recording.ready", office.clock.now(), recording_id="1", recording_url=url)
    await office.call(fact)


@pytest.mark.parametrize("answer", [b"", b"<!doctype html><title>Sign in</title>", b'\xef\xbb\xbf {"error": "not ready"}'])
async def test_what_is_no_sound_is_not_kept_as_a_recording_but_asked_for_again(office: Office, answer: bytes) -> None:
    pbx = office.adapters.by_id[PBX]
    pbx.files[LINK] = answer
    await _announce(office, "f1")
    assert (await _recording(office)).state == "announced"
    pbx.files[LINK] = b"ID3"
    await office.time_passes(seconds=16)
    assert (await _recording(office)).state == "stored"


async def test_a_host_that_never_has_a_sound_is_given_up(office: Office) -> None:
    office.adapters.by_id[PBX].files[LINK] = b"<p>Sign in</p>"
    await _announce(office, "f1")
    await _all_tries(office)
    assert (await _recording(office)).state == "failed"


async def test_a_new_address_for_a_recording_that_could_not_be_had_is_tried(office: Office) -> None:
    pbx = office.adapters.by_id[PBX]
    await _announce(office, "f1", f"{LINK}?expired")
    await _all_tries(office)
    assert (await _recording(office)).state == "failed"
    pbx.files[LINK] = b"ID3"
    await _announce(office, "f2")
    assert (await _recording(office)).state == "stored"
    pbx.files[f"{LINK}?again"] = b"ID3 other"
    await _announce(office, "f3", f"{LINK}?again")
    assert (await _recording(office)).size == 3


@pytest.mark.parametrize("what", ["recording", "picture"])
async def test_a_full_disk_costs_no_try_of_a_file(office: Office, what: str) -> None:
    """However often its host was asked in vain before: the last try must not be lost to our own storage."""
    full, real = asyncio.Event(), office.core.blobs.put_stream

    async def put_stream(chunks: AsyncIterator[bytes], *, limit: int) -> tuple[str, int, str]:
        if full.is_set():
            raise StoreUnavailable("No space left.")
        return await real(chunks, limit=limit)

    object.__setattr__(office.core.blobs, "put_stream", put_stream)
    ann = await office.write("Ann", "Look", files=(PICTURE,)) if what == "picture" else await _announce(office, "f1")
    for _ in range((TRIES if what == "recording" else FETCH_TRIES) - 2):
        await office.time_passes(minutes=16)
    office.adapters.by_id[PBX].files[LINK] = office.adapters.by_id[BOT].files["file-1"] = b"ID3"
    full.set()
    await _all_tries(office)
    full.clear()
    await office.time_passes(minutes=16)
    found = await _recording(office) if ann is None else await _picture(office, ann.message_id)
    assert found.state == "stored"


async def _recording(office: Office) -> Recording:
    row = next(event.data["call"] for event in reversed(office.events) if event.type == "call.updated")
    return (await office.store.read(lambda uow: uow.calls.recordings(CallId(row["id"]))))[0]


async def test_input_of_a_channel_that_was_removed_is_set_aside_and_not_tried_for_ever(office: Office) -> None:
    office.adapters.by_id.pop(BOT)
    await office.intake.keep(Raw(BOT, "1", "ann", b"{}", office.clock.now()))
    await office.settle()
    await office.store.run(lambda uow: uow.channels.remove(BOT))
    await office.directory.refresh()
    await office.time_passes(seconds=16)
    assert await office.store.read(lambda uow: uow.outbox.next_due()) is None
    (kept,) = await office.store.read(lambda uow: uow.raws.quarantined(10))
    assert kept.error_code == "channel_removed"
