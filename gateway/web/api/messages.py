"""The thread, writing, what became of a delivery, and mail as it came (section 2)."""

from __future__ import annotations

import base64
from typing import Literal

from aiohttp import web
from pydantic import Field, model_validator

from gateway.domain.errors import NotFound
from gateway.domain.ids import AttachmentId, ConversationId, MessageId, RawId
from gateway.domain.message import InboundMessage
from gateway.domain.operator import Permission
from gateway.domain.rows import Row
from gateway.services.access import visible_message
from gateway.services.replies import Draft
from gateway.web import shapes
from gateway.web.api.common import CLIENT_ID, V1, must_see, page
from gateway.web.disposition import attachment
from gateway.web.openapi import Page
from gateway.web.routes import Ask, Form, Routes

routes = Routes("messages")
ANSWER = Permission.ANSWER
INLINE_IMAGE_BYTES, INLINE_IMAGES = 2 << 20, 50
RASTER = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})


class Part(Form):
    """Which part of the thread; the newest by default."""

    before: int | None = Field(default=None, ge=0)
    after: int | None = Field(default=None, ge=0)
    limit: int = Field(default=50, ge=1, le=200)

    @model_validator(mode="after")
    def _one_direction(self) -> Part:
        if self.before is not None and self.after is not None:
            raise ValueError("either before or after")
        return self


class Writing(Form):
    """A reply to the contact, or a note that stays here."""

    client_id: str = Field(pattern=CLIENT_ID)
    type: Literal["reply", "note"]
    text: str = Field(max_length=50_000)
    files: list[str] = Field(default_factory=list, max_length=20)
    reply_to: str | None = Field(default=None, max_length=80)
    cc: list[str] = Field(default_factory=list, max_length=50)
    bcc: list[str] = Field(default_factory=list, max_length=50)


class Decided(Form):
    """Send again, or it arrived."""

    action: Literal["again", "arrived"]


class Images(Form):
    """Whether remote images may load."""

    images: Literal["0", "1"] = "0"


@routes.get(f"{V1}/conversations/{{conversation_id}}/messages", ANSWER, returns=Page(shapes.Message))
async def list_messages(ask: Ask, conversation_id: str, query: Part) -> Row:
    """The dialogue, ordered by seq."""
    id = ConversationId(conversation_id)
    return page(await ask.cases.views.thread(ask.scope, id, before=query.before, after=query.after, limit=query.limit))


@routes.post(f"{V1}/conversations/{{conversation_id}}/messages", ANSWER, returns=shapes.Message, status=201)
async def write_message(ask: Ask, conversation_id: str, body: Writing) -> Row:
    """Write a reply or a note; the same client_id again answers the same message."""
    id = await must_see(ask, conversation_id)
    draft = Draft(
        client_id=body.client_id, type=body.type, text=body.text, files=tuple(map(AttachmentId, body.files)),
        reply_to=MessageId(body.reply_to) if body.reply_to else None, cc=tuple(body.cc), bcc=tuple(body.bcc),
    )  # fmt: skip
    return await ask.cases.replies.write(ask.by, id, draft)


@routes.post(f"{V1}/messages/{{message_id}}/delivery", ANSWER, returns=shapes.Message)
async def decide_delivery(ask: Ask, message_id: str, body: Decided) -> Row:
    """Decide about a failed or uncertain delivery."""
    await _message(ask, message_id)
    return await ask.cases.carrier.decide(ask.by, MessageId(message_id), body.action)


@routes.get(f"{V1}/messages/{{message_id}}/html", ANSWER, produces="text/html")
async def message_html(ask: Ask, message_id: str, query: Images) -> web.Response:
    """The mail's HTML, made harmless, as a document of its own for a sandboxed frame."""
    message, images = await _message(ask, message_id), query.images == "1"
    if not isinstance(message, InboundMessage) or message.html_key is None or message.deleted_at is not None:
        raise NotFound
    html = (await ask.cases.core.blobs.get(message.html_key)).decode("utf-8", "replace")
    clean = ask.cases.sanitise(html, images=images, cid=await _inline_images(ask, message.id))
    sources = "'self' data: https:" if images else "'self' data:"
    policy = f"default-src 'none'; img-src {sources}; style-src 'unsafe-inline'; frame-ancestors 'self'; sandbox"
    return web.Response(
        text=_DOCUMENT.format(body=clean), content_type="text/html", charset="utf-8",
        headers={"Content-Security-Policy": policy, "Referrer-Policy": "no-referrer"},
    )  # fmt: skip


@routes.get(f"{V1}/messages/{{message_id}}/raw", ANSWER, produces="message/rfc822")
async def message_raw(ask: Ask, message_id: str) -> web.Response:
    """The mail as it came, as a download."""
    message = await _message(ask, message_id)
    if not isinstance(message, InboundMessage) or message.raw_id is None or message.deleted_at is not None:
        raise NotFound
    id = RawId(message.raw_id)
    kept = await ask.cases.core.store.read(lambda uow: uow.raws.get(id))
    headers = {"Content-Disposition": attachment(f"message-{message.seq}.eml"), "Content-Security-Policy": "sandbox"}
    return web.Response(body=kept.raw.body, content_type="message/rfc822", headers=headers)


async def _message(ask: Ask, message_id: str) -> object:
    scope, id = ask.scope, MessageId(message_id)
    return await ask.cases.core.store.read(lambda uow: visible_message(uow, scope=scope, id=id))


async def _inline_images(ask: Ask, id: MessageId) -> dict[str, str]:
    """Content id → data: address. A sandboxed frame sends no cookie, so our own addresses would not load there."""
    files = (await ask.cases.core.store.read(lambda uow: uow.messages.attachments([id]))).get(id, ())
    found: dict[str, str] = {}
    left = INLINE_IMAGE_BYTES
    for file in files[:INLINE_IMAGES]:
        if file.content_id and file.blob_key and file.content_type in RASTER and file.size <= left:
            content = await ask.cases.core.blobs.get(file.blob_key)
            left -= len(content)
            found[file.content_id] = f"data:{file.content_type};base64,{base64.b64encode(content).decode()}"
    return found


_DOCUMENT = '<!doctype html><html><head><meta charset="utf-8"><title></title></head><body dir="auto">{body}</body></html>'
