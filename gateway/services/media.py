"""Files that an adapter only referred to: brought home from its network.

Bytes go to Blobs outside any transaction, the row follows. May talk to: ports, domain.
"""

from __future__ import annotations

from dataclasses import replace

from gateway.domain import rows
from gateway.domain.errors import NotFound, StoreUnavailable, TooLarge, Unreadable
from gateway.domain.event import Event
from gateway.domain.ids import AttachmentId, ChannelId
from gateway.domain.message import Attachment
from gateway.ports.core import Core
from gateway.ports.records import Errand
from gateway.ports.store import UnitOfWork
from gateway.services.adapters import Adapters, media_source
from gateway.services.outbox import NotYet

FETCH_TRIES = 6


class Fetcher:
    """The outbox step `attachment.fetch`."""

    def __init__(self, core: Core, adapters: Adapters, *, limit: int) -> None:
        self._core, self._adapters, self._limit = core, adapters, limit

    async def fetch(self, errand: Errand) -> None:
        """Bring a referenced file home. Raises to be tried later; gives up into state failed or refused."""
        payload = dict(errand.payload or {})
        attachment = await self._core.store.read(lambda uow: uow.messages.attachment(AttachmentId(errand.key)))
        if attachment.state != "pending" or not attachment.reference:
            return
        try:
            source = await media_source(self._core, self._adapters, ChannelId(payload["channel_id"]))
            chunks = source.fetch(attachment.reference)
            key, size, sha256 = await self._core.blobs.put_stream(chunks, limit=self._limit)
        except TooLarge as error:
            await self._record(replace(attachment, state="refused", error=error.detail))
        except (NotYet, StoreUnavailable):
            raise  # not the file's fault: it waits, however often it was tried
        except (Unreadable, NotFound) as error:
            await self._record(replace(attachment, state="failed", error=error.detail))
        except Exception as error:
            if errand.attempts < FETCH_TRIES:
                raise
            await self._record(replace(attachment, state="failed", error=f"Could not be fetched ({type(error).__name__})."))
        else:
            await self._record(replace(attachment, state="stored", blob_key=key, size=size, sha256=sha256))

    async def _record(self, attachment: Attachment) -> None:
        async def work(uow: UnitOfWork) -> None:
            await uow.messages.save_attachment(attachment)
            if attachment.message_id is None:
                return
            message = await uow.messages.get(attachment.message_id)
            files = (await uow.messages.attachments([message.id])).get(message.id, ())
            conversation = await uow.conversations.get(message.conversation_id) if message.conversation_id else None
            line_id, data = conversation.line_id if conversation else None, {"message": rows.message_row(message, files=files)}
            uow.emit(Event(
                "message.updated", self._core.clock.now(), "line", data, line_id=line_id,
                conversation_id=message.conversation_id, dialogue_id=message.dialogue_id,
            ))  # fmt: skip

        await self._core.store.run(work)
