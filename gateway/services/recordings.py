"""The outbox step `recording.fetch`: brings the sound of a call home, through the channel's guarded fetch.

May talk to: ports, domain.
"""

from __future__ import annotations

from dataclasses import replace

from gateway.domain import rows
from gateway.domain.call import Recording
from gateway.domain.errors import NotFound, Rejected, StoreUnavailable, TooLarge, Unreadable
from gateway.domain.event import Event
from gateway.domain.ids import ChannelId
from gateway.ports.core import Core
from gateway.ports.records import Errand
from gateway.ports.store import UnitOfWork
from gateway.services.adapters import Adapters, media_source
from gateway.services.outbox import NotYet
from gateway.services.sound import UNKNOWN_SOUND, is_writing, sound_seconds, sound_type

TRIES = 8


class RecordingFetcher:
    """Fetches announced recordings."""

    def __init__(self, core: Core, adapters: Adapters, *, limit: int) -> None:
        self._core, self._adapters, self._limit = core, adapters, limit

    async def fetch(self, errand: Errand) -> None:
        """Raises to be tried later; gives up into `failed`, or `refused` when the guard says no."""
        recording = await self._core.store.read(lambda uow: uow.calls.recording(errand.key))
        if recording.state == "stored":
            return
        try:
            source = await media_source(self._core, self._adapters, ChannelId(dict(errand.payload or {})["channel_id"]))
            key, size, sha256 = await self._core.blobs.put_stream(source.fetch(recording.source_url), limit=self._limit)
            if not size or await is_writing(self._core.blobs, key):
                raise ConnectionError("There is no sound in what the host answered; it may come later.")
        except (TooLarge, Rejected) as error:
            await self._record(replace(recording, state="refused", error=error.detail))
        except (NotYet, StoreUnavailable):
            raise  # not the file's fault: it waits, however often it was tried
        except (Unreadable, NotFound) as error:
            await self._record(replace(recording, state="gone", error=error.detail))
        except Exception as error:
            if errand.attempts < TRIES:
                raise
            await self._record(replace(recording, state="failed", error=f"Could not be fetched ({type(error).__name__})."))
        else:
            stored = replace(recording, state="stored", blob_key=key, size=size, sha256=sha256)
            await self._record(await self._described(stored, key))

    async def _described(self, recording: Recording, key: str) -> Recording:
        """With its true type, and with its length where the PBX did not say it."""
        blobs, seconds = self._core.blobs, recording.duration_s
        kind = await sound_type(blobs, key)
        if not seconds and kind != UNKNOWN_SOUND:
            seconds = await sound_seconds(blobs, key)
        return replace(recording, content_type=kind, duration_s=seconds)

    async def _record(self, recording: Recording) -> None:
        async def work(uow: UnitOfWork) -> None:
            await uow.calls.save_recording(recording)
            call = await uow.calls.get(recording.call_id)
            data = {"recording": rows.recording_row(recording), "call_id": call.id}
            uow.emit(
                Event(
                    "recording.updated",
                    self._core.clock.now(),
                    "line",
                    data,
                    line_id=call.line_id,
                    dialogue_id=call.dialogue_id,
                    lead_id=call.lead_id,
                )
            )

        await self._core.store.run(work)
