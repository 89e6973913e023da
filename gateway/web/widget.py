"""HTTP of the widget: the session a page begins with, messages for those without a socket, files both ways.

Answers other sites' pages: CORS for the channel's origins only, errors as problem+json with the same headers. A file is
judged by its content, never by what the browser says of it. May talk to: services, web.widget_*.
Contract: docs/reference/widget-protocol.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from aiohttp import web

from gateway.domain.errors import NotFound, Rejected, TooLarge, Unauthenticated
from gateway.domain.ids import AttachmentId
from gateway.domain.message import Attachment, InboundMessage, OutboundMessage
from gateway.ports.store import UnitOfWork
from gateway.services.visitor_seals import Visitor
from gateway.services.visitors import Reception, Uploads, Visitors
from gateway.web.bodies import file_part, pieces, whole
from gateway.web.live_widget import Doors
from gateway.web.widget_answers import allow, guarded, preflight
from gateway.web.widget_files import MIB, judge, open_file
from gateway.web.widget_wire import Opening, understand
from gateway.web.wire import loads

BODY_LIMIT = 128 * 1024  # addresses of pages can be very long
PATH = "/api/v1/widget"


def routes(reception: Reception, visitors: Visitors, uploads: Uploads, *, doors: Doors) -> list[web.RouteDef]:
    """For web.server."""
    http = _Widget(reception, visitors, uploads, doors)
    out = [
        web.post(f"{PATH}/session", guarded(http.session)),
        web.get(f"{PATH}/messages", guarded(http.messages)),
        web.post(f"{PATH}/files", guarded(http.upload)),
        web.get(f"{PATH}/files/{{id}}", guarded(http.file)),
    ]
    return out + [web.options(f"{PATH}/{what}", preflight) for what in ("session", "messages", "files", "files/{id}")]


@dataclass(frozen=True, slots=True)
class _Widget:
    r: Reception
    visitors: Visitors
    uploads: Uploads
    doors: Doors

    async def session(self, request: web.Request) -> web.StreamResponse:
        await self.doors.floods.admit("session", self.doors.address(request))
        opening = understand(Opening, await _json(request, self.doors))
        origin = request.headers.get("Origin")
        await self.doors.floods.admit("session.key", opening.key)
        answer = await self.visitors.open(opening.key, token=opening.token, locale=opening.locale, origin=origin)
        return allow(request, web.json_response(answer))

    async def messages(self, request: web.Request) -> web.StreamResponse:
        visitor = self._bearer(request)
        await self.doors.floods.admit("sync", visitor.root)
        after = request.query.get("after", "0")
        if not (after.isascii() and after.isdigit() and len(after) < 16):
            raise Rejected("after is the number of a message.", code="invalid")
        answer, _ = await self.visitors.sync(visitor, after=int(after))
        return allow(request, web.json_response(answer))

    async def upload(self, request: web.Request) -> web.StreamResponse:
        visitor = self._bearer(request)
        _, site = self.r.sites.by_id(visitor.channel_id)
        size = request.content_length or 0
        if size > site.file_bytes + 64 * 1024:
            raise TooLarge(f"A file may have {site.file_bytes // MIB} MiB.")
        for rate in ("file", "file.day"):
            await self.doors.floods.admit(rate, visitor.root)
        mebibytes = max(1, size // MIB)
        await self.doors.floods.admit("file.mib", visitor.root, cost=mebibytes)
        await self.doors.floods.admit("file.address", self.doors.address(request), cost=mebibytes)  # a new token is free
        if request.content_type != "multipart/form-data":
            raise Rejected("Send the file as multipart/form-data.", code="malformed")
        part = await file_part(request, patience=self.doors.patience)
        given = pieces(part, patience=self.doors.patience)
        name, content_type, chunks = await judge(part.filename or "", given, allowed=site.file_types)
        owner = f"visitor:{visitor.root}"
        stored = await self.uploads.upload(
            owner=owner, name=name, content_type=content_type, chunks=chunks, limit=site.file_bytes
        )
        row = {"id": stored.id, "name": stored.name, "type": stored.content_type, "size": stored.size}
        return allow(request, web.json_response(row, status=201))

    async def file(self, request: web.Request) -> web.StreamResponse:
        id = request.match_info["id"]
        self.r.seals.check_ticket(id, request.query.get("t", ""), now=self.r.core.clock.now())
        attachment = await self.r.core.store.read(lambda uow: _shown(uow, AttachmentId(id)))
        return await open_file(request, attachment, self.r.core.blobs)

    def _bearer(self, request: web.Request) -> Visitor:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            raise Unauthenticated("Send the visitor token.", code="token_expired")
        visitor = self.visitors.known(token)
        self.r.sites.guard(visitor.channel_id, request.headers.get("Origin"))
        return visitor


async def _shown(uow: UnitOfWork, id: AttachmentId) -> Attachment:
    """A file of a message that a visitor may see: never of a note, never of a deleted one, whatever the ticket says."""
    attachment = await uow.messages.attachment(id)
    if attachment.message_id is None or attachment.state != "stored":
        raise NotFound("There is no such file.")
    message = await uow.messages.get(attachment.message_id)
    if not isinstance(message, InboundMessage | OutboundMessage) or message.deleted_at:
        raise NotFound("There is no such file.")
    return attachment


async def _json(request: web.Request, doors: Doors) -> Any:
    body = await whole(request, limit=BODY_LIMIT, seconds=doors.patience.text)
    try:
        return loads(body)
    except ValueError:
        raise Rejected("The body is not JSON.", code="malformed") from None
