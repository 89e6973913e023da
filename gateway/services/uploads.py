"""Uploads of operators and visitors: kept until a message takes them, gone after a day (ARCHITECTURE.md, "Files are content").

The row goes before the bytes, outside any transaction they follow. May talk to: ports, domain.
"""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from gateway.domain.errors import NotFound, StoreUnavailable, TooMany
from gateway.domain.ids import AttachmentId
from gateway.domain.message import Attachment
from gateway.ports.core import Core
from gateway.ports.records import Errand
from gateway.ports.store import UnitOfWork

SETTLE = "upload.settle"
UNSENT_KEPT = timedelta(hours=24)
HALF_DONE_KEPT = timedelta(hours=1)  # longer than any upload takes
READ_BY_NOW = timedelta(hours=24)  # longer than who has read a key, or copied the database, takes to read the file
UNSENT_FILES, UNSENT_FULL = 30, 15  # of one owner: how many files, and as many bytes as so many full ones
UNSENT_SECONDS = 3600.0


class Media:
    """Uploads: the row and its timer first, then the bytes under a name of their own, then the row says that they are there.

    So there are never bytes without a row that knows of them, and the timer settles what becomes of them: not sent, they go;
    sent, they become content like everything else. Only this upload's own row ever names its key until then.
    """

    def __init__(self, core: Core) -> None:
        self._core = core

    async def upload(self, *, owner: str, name: str, content_type: str, chunks: AsyncIterator[bytes], limit: int) -> Attachment:
        """Store a file that a message will name later. owner is `operator:<id>` or `visitor:<id>`.

        Raises TooLarge, TooMany while too much of the same owner has not been sent yet.
        """
        id, now = AttachmentId(self._core.ids.new("att")), self._core.clock.now()
        promised = Attachment(id, None, name, content_type, limit, "pending", owner=owner, created_at=now)
        await self._core.store.run(lambda uow: _promise(uow, promised))
        try:
            key, size, sha256 = await self._core.blobs.put_stream(chunks, limit=limit, name=id)
            stored = replace(promised, size=size, state="stored", blob_key=key, sha256=sha256)
            await self._core.store.run(lambda uow: _fulfil(uow, stored))
        except BaseException:
            await self._give_up(id)
            raise
        return stored

    async def settle(self, errand: Errand) -> None:
        """Outbox step `upload.settle`: it has had its time. Running again is harmless."""
        id = AttachmentId(errand.key)
        left, over = await self._core.store.run(lambda uow: _look(uow, id, now=self._core.clock.now()))
        if left is not None:
            key, _, _ = await self._core.blobs.put_stream(self._core.blobs.open(left.blob_key or ""), limit=left.size)
            await self._core.store.run(lambda uow: _move(uow, left, key, now=self._core.clock.now()))
        elif over:
            await self._core.blobs.remove_upload(id)

    async def _give_up(self, id: AttachmentId) -> None:
        """At once, so that what failed does not count; if this fails too, the timer does it."""
        with contextlib.suppress(StoreUnavailable):
            if await self._core.store.run(lambda uow: uow.messages.drop_unsent(id)):
                await self._core.blobs.remove_upload(id)


async def _promise(uow: UnitOfWork, promised: Attachment) -> None:
    """As long as it is not here it counts as large as it may become."""
    count, size = await uow.messages.unsent(promised.owner)
    if count >= UNSENT_FILES or size + promised.size > UNSENT_FULL * promised.size:
        raise TooMany("Send the files that you have attached first, or wait a day.", retry_after=UNSENT_SECONDS)
    await uow.messages.add_attachment(promised)
    await uow.outbox.put(SETTLE, promised.id, due_at=_until(promised))


async def _fulfil(uow: UnitOfWork, stored: Attachment) -> None:
    await uow.messages.attachment(stored.id)  # raises NotFound if it took so long that it was given up
    await uow.messages.save_attachment(stored)
    await uow.outbox.put(SETTLE, stored.id, due_at=_until(stored))


async def _look(uow: UnitOfWork, id: AttachmentId, *, now: datetime) -> tuple[Attachment | None, bool]:
    """What has been sent and lies under its own name still; else whether nothing refers to that name (any more)."""
    try:
        attachment = await uow.messages.attachment(id)
    except NotFound:
        return None, True
    if attachment.message_id is not None:
        still = attachment.blob_key is not None and attachment.blob_key.endswith(f"/{id}")
        return (attachment, False) if still else (None, True)
    if (due := _until(attachment)) > now:
        await uow.outbox.put(SETTLE, id, due_at=due)
        return None, False
    if not await uow.messages.drop_unsent(id):  # sent in this very moment
        await uow.outbox.put(SETTLE, id, due_at=now + READ_BY_NOW)
        return None, False
    return None, True


async def _move(uow: UnitOfWork, attachment: Attachment, key: str, *, now: datetime) -> None:
    """The row names the content; who has read the old key a moment ago still finds it for a while."""
    await uow.messages.save_attachment(replace(attachment, blob_key=key))
    await uow.outbox.put(SETTLE, attachment.id, due_at=now + READ_BY_NOW)


def _until(attachment: Attachment) -> datetime:
    made = attachment.created_at or datetime.min.replace(tzinfo=UTC)
    return made + (UNSENT_KEPT if attachment.state == "stored" else HALF_DONE_KEPT)
