"""Uploads, files and recordings (sections 2 and 3). Files are read through the same scope as their conversation."""

from __future__ import annotations

from typing import Literal

import structlog
from aiohttp import BodyPartReader, web

from gateway.domain import rows
from gateway.domain.errors import NotFound
from gateway.domain.ids import AttachmentId
from gateway.domain.operator import Permission
from gateway.domain.storable import storable
from gateway.services.access import visible_file
from gateway.web import limits, shapes
from gateway.web.api.common import V1
from gateway.web.bodies import file_part, pieces
from gateway.web.disposition import safe_name
from gateway.web.routes import Ask, Form, Routes
from gateway.web.serving import Stored, send

log = structlog.get_logger(__name__)
routes = Routes("files")
ANSWER = Permission.ANSWER
MINUTES_10 = 600.0


class Download(Form):
    """1 = never inline."""

    download: Literal["0", "1"] = "0"


@routes.post(f"{V1}/files", ANSWER, returns=shapes.Attachment, status=201, seconds=MINUTES_10, upload=True)
async def upload_file(ask: Ask) -> rows.Row:
    """Upload a file to send it with a message afterwards."""
    await ask.site.limits.hit(limits.UPLOAD, "upload", ask.by.id)
    part = await _file_part(ask)
    owner, limit = f"operator:{ask.by.id}", ask.site.config.file_bytes
    content_type = storable(part.headers.get("Content-Type", "application/octet-stream"))
    name = safe_name(part.filename or "")
    chunks = pieces(part, patience=ask.site.config.patience)
    stored = await ask.cases.media.upload(owner=owner, name=name, content_type=content_type, chunks=chunks, limit=limit)
    return rows.attachment_row(stored)


@routes.get(f"{V1}/files/{{file_id}}", ANSWER, produces="application/octet-stream", seconds=MINUTES_10)
async def read_file(ask: Ask, file_id: str, query: Download) -> web.StreamResponse:
    """A file; inline only for raster images, audio and video."""
    scope, id = ask.scope, AttachmentId(file_id)
    found = await ask.cases.core.store.read(lambda uow: visible_file(uow, scope=scope, id=id))
    file = Stored(found.blob_key, found.name, found.content_type, found.size)
    return await send(ask.request, file, blobs=ask.cases.core.blobs, download=query.download == "1")


@routes.get(f"{V1}/recordings/{{recording_id}}", ANSWER, produces="audio/mpeg", seconds=MINUTES_10)
async def read_recording(ask: Ask, recording_id: str, query: Download) -> web.StreamResponse:
    """The sound of a call, seekable. Each reading leaves a line in the log."""
    found = await ask.cases.core.store.read(lambda uow: uow.calls.recording(recording_id))
    await ask.cases.views.call(ask.scope, found.call_id)
    if found.state != "stored" or found.blob_key is None:
        raise NotFound("The recording is not here.")
    log.info("recording.read", recording_id=found.id, call_id=found.call_id, operator_id=ask.by.id)
    ending = found.content_type.rpartition("/")[2].removeprefix("x-").replace("mpeg", "mp3") or "bin"
    file = Stored(found.blob_key, f"{found.call_id}.{ending}", found.content_type, found.size)
    return await send(ask.request, file, blobs=ask.cases.core.blobs, download=query.download == "1")


async def _file_part(ask: Ask) -> BodyPartReader:
    if ask.request.content_type != "multipart/form-data":
        raise web.HTTPUnsupportedMediaType
    return await file_part(ask.request, patience=ask.site.config.patience)
