"""Files that somebody uploads: those that are never sent go after a day, and nothing that a message refers to ever does."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from gateway.domain.errors import GatewayError, NotFound, StoreUnavailable, TooMany
from gateway.domain.ids import AttachmentId, ConversationId
from gateway.domain.inbound import IncomingFile
from gateway.domain.message import Attachment
from gateway.ports.core import Core
from gateway.ports.records import Errand
from gateway.services.uploads import SETTLE, UNSENT_FILES, UNSENT_FULL, Media
from gateway.signals.memory import MemorySignals
from gateway.store.blobs import open_blobs
from gateway.store.opening import open_store
from tests.fakes.clock import CountedIds, HandClock
from tests.flows.office import BOX, OLGA, Office, open_office

LIMIT = 1000
OWNER = f"operator:{OLGA}"
PRICES = b"price list"


@pytest.fixture
async def office(store_url: str, tmp_path: Path) -> AsyncIterator[Office]:
    """Sales with Olga alone, on every engine, with files in a folder."""
    clock = HandClock()
    async with open_store(store_url, clock=clock, ids=CountedIds()) as opened:
        blobs = open_blobs(str(tmp_path / "files"))
        yield await open_office(opened.store, MemorySignals(), blobs, clock, members=(OLGA,))


@pytest.fixture
def files(tmp_path: Path) -> Callable[[], list[bytes]]:
    """What lies in the folder."""
    return lambda: sorted(path.read_bytes() for path in (tmp_path / "files").rglob("*") if path.is_file())


async def bytes_of(content: bytes) -> AsyncIterator[bytes]:
    """In one piece."""
    yield content


async def upload(office: Office, content: bytes = PRICES, *, owner: str = OWNER, by: Core | None = None) -> Attachment:
    """Somebody attaches a file and does not send it yet."""
    media = Media(by or office.core)
    return await media.upload(owner=owner, name="a.txt", content_type="text/plain", chunks=bytes_of(content), limit=LIMIT)


async def at_work(office: Office) -> ConversationId:
    """Olga has a conversation to answer in."""
    asked = await office.write("Ann", "Hello")
    await office.accept(OLGA)
    return ConversationId(asked.conversation_id or "")


async def stored(office: Office, id: str) -> Attachment:
    """The row. Raises NotFound."""
    return await office.store.read(lambda uow: uow.messages.attachment(AttachmentId(id)))


async def read(office: Office, id: str) -> bytes:
    """The bytes that the row names."""
    return await office.core.blobs.get((await stored(office, id)).blob_key or "")


async def settle(office: Office, id: str, *, by: Core | None = None) -> None:
    """Its time has come, in this process."""
    await Media(by or office.core).settle(Errand("out_1", SETTLE, id, office.clock.now()))


async def days(office: Office) -> None:
    """Every timer has come."""
    for hours in (23, 2, 25):
        await office.time_passes(hours=hours)


async def test_what_is_never_sent_goes_after_a_day(office: Office, files: Callable[[], list[bytes]]) -> None:
    file = await upload(office)
    await office.time_passes(hours=23)
    assert files() == [PRICES]
    await office.time_passes(hours=2)
    assert files() == []
    with pytest.raises(NotFound):
        await stored(office, file.id)


async def test_what_is_sent_stays_and_is_kept_once(office: Office, files: Callable[[], list[bytes]]) -> None:
    talk = await at_work(office)
    sent = [await upload(office) for _ in range(3)]
    await office.answer(OLGA, talk, "Here", files=tuple(file.id for file in sent))
    await days(office)
    assert [await read(office, file.id) for file in sent] == [PRICES] * 3
    assert files() == [PRICES]
    again = await upload(office)
    assert again.blob_key == (await stored(office, sent[0].id)).blob_key
    assert files() == [PRICES]
    await days(office)
    assert await read(office, sent[0].id) == PRICES, "it went together with an upload that was not sent"


async def test_the_same_bytes_in_a_mail_stay_when_an_upload_goes(office: Office, files: Callable[[], list[bytes]]) -> None:
    before = await upload(office)
    mail = await office.write("ann@example.com", "See", to=BOX, files=(IncomingFile("a.txt", "text/plain", content=PRICES),))
    after = await upload(office)
    await days(office)
    assert files() == [PRICES]
    found = await office.store.read(lambda uow: uow.messages.attachments([mail.message_id]))  # type: ignore[list-item]
    ((kept,),) = found.values()
    assert await read(office, kept.id) == PRICES
    for gone in (before, after):
        with pytest.raises(NotFound):
            await stored(office, gone.id)


async def test_who_has_attached_too_many_files_sends_them_first(office: Office) -> None:
    talk = await at_work(office)
    first = [await upload(office, f"{n}".encode()) for n in range(UNSENT_FILES)]
    with pytest.raises(TooMany):
        await upload(office)
    await upload(office, owner="visitor:ann")
    await office.answer(OLGA, talk, "Here", files=tuple(file.id for file in first[:2]))
    await upload(office)
    await days(office)
    await upload(office)


async def test_who_has_attached_too_much_sends_it_first(office: Office) -> None:
    for n in range(UNSENT_FULL):
        await upload(office, bytes([n]) * LIMIT)
    with pytest.raises(TooMany):
        await upload(office, b"x")


async def test_what_failed_on_its_way_counts_no_more(office: Office, files: Callable[[], list[bytes]]) -> None:
    for _ in range(UNSENT_FULL * 2):
        with pytest.raises(GatewayError, match="larger than"):
            await upload(office, b"x" * (LIMIT + 1))
    assert await office.store.read(lambda uow: uow.messages.unsent(OWNER)) == (0, 0)
    assert files() == []


class Killed:
    """A store or a place for files that is gone after so many steps of a kind, as it is for a process that was killed."""

    def __init__(self, inner: Any, step: str, *, after: int) -> None:
        self._inner, self._step, self._left = inner, step, after

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._inner, name)
        if name != self._step:
            return found

        async def step(*given: Any, **named: Any) -> Any:
            if self._left <= 0:
                raise StoreUnavailable("It is gone.")
            self._left -= 1
            return await found(*given, **named)

        return step


async def dies(work: Awaitable[object]) -> None:
    """The process does not live to see the end of it."""
    with pytest.raises(StoreUnavailable):
        await work


async def test_who_is_killed_between_the_row_and_the_bytes_leaves_neither(
    office: Office, files: Callable[[], list[bytes]]
) -> None:
    dying = replace(office.core, store=Killed(office.store, "run", after=1))
    await dies(upload(office, by=dying))
    assert files() == [PRICES]
    assert (await office.store.read(lambda uow: uow.messages.unsent(OWNER)))[0] == 1
    await office.time_passes(hours=2)
    assert files() == []
    assert (await office.store.read(lambda uow: uow.messages.unsent(OWNER)))[0] == 0


async def test_who_is_killed_between_removing_the_row_and_the_bytes_is_followed_by_another(
    office: Office, files: Callable[[], list[bytes]]
) -> None:
    file = await upload(office)
    office.clock.move(hours=25)
    await dies(settle(office, file.id, by=replace(office.core, blobs=Killed(office.core.blobs, "remove_upload", after=0))))
    with pytest.raises(NotFound):
        await stored(office, file.id)
    await office.settle()
    assert files() == []


async def test_who_is_killed_while_a_sent_file_becomes_content_loses_nothing(
    office: Office, files: Callable[[], list[bytes]]
) -> None:
    talk = await at_work(office)
    file = await upload(office)
    await office.answer(OLGA, talk, "Here", files=(file.id,))
    office.clock.move(hours=25)
    await dies(settle(office, file.id, by=replace(office.core, store=Killed(office.store, "run", after=1))))
    assert await read(office, file.id) == PRICES
    assert files() == [PRICES, PRICES]
    await days(office)
    assert await read(office, file.id) == PRICES
    assert files() == [PRICES]


async def test_sent_in_the_moment_of_going_it_is_either_sent_or_gone(office: Office, files: Callable[[], list[bytes]]) -> None:
    talk = await at_work(office)
    uploads = [await upload(office, f"{n}".encode()) for n in range(20)]
    office.clock.move(hours=25)

    async def send(id: AttachmentId) -> bool:
        try:
            await office.answer(OLGA, talk, "Here", files=(id,))
        except NotFound:
            return False
        return True

    answers = await asyncio.gather(*[step for file in uploads for step in (settle(office, file.id), send(file.id))])
    await days(office)
    went = [file for file, sent in zip(uploads, answers[1::2], strict=True) if sent]
    assert [await read(office, file.id) for file in went] == [f"{uploads.index(file)}".encode() for file in went]
    assert len(files()) == len(went)


async def test_a_file_belongs_to_one_message(office: Office) -> None:
    talk = await at_work(office)
    file = await upload(office)
    await office.answer(OLGA, talk, "Here", files=(file.id,))
    with pytest.raises(NotFound):
        await office.answer(OLGA, talk, "And here", files=(file.id,))
