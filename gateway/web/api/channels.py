"""Channels: connect, test, resume (section 4)."""

from __future__ import annotations

from typing import Any

from aiohttp import web
from pydantic import Field

from gateway.domain.ids import ChannelId
from gateway.domain.operator import Permission
from gateway.domain.rows import Row
from gateway.domain.sentence import said
from gateway.ports.channel import CheckLine
from gateway.web import settings_shapes
from gateway.web.api.common import CLIENT_ID, V1, Paged, id_from
from gateway.web.openapi import Items
from gateway.web.routes import Ask, Form, Routes
from gateway.web.serving import SANDBOX

routes = Routes("channels")
CONFIGURE = Permission.CONFIGURE
ONE = f"{V1}/channels/{{channel_id}}"
Settings = dict[str, Any]


class NewChannel(Form):
    """A channel of a kind, feeding a line."""

    client_id: str | None = Field(default=None, pattern=CLIENT_ID)
    kind: str = Field(max_length=40)
    line_id: str = Field(max_length=80)
    name: str = Field(min_length=1, max_length=120)
    settings: Settings = Field(default_factory=dict)
    enabled: bool = True


class ChannelChange(Form):
    """What may be changed. `settings` are given whole; a masked secret means "as before"; `new_key` retires the old key."""

    version: int | None = None
    line_id: str | None = Field(default=None, max_length=80)
    name: str | None = Field(default=None, min_length=1, max_length=120)
    settings: Settings | None = None
    enabled: bool | None = None
    new_key: bool = False


class Unsaved(Form):
    """Settings to try before saving; `id` says whose masked secrets are meant."""

    id: str | None = Field(default=None, max_length=80)
    kind: str = Field(max_length=40)
    settings: Settings = Field(default_factory=dict)
    line_id: str | None = None
    name: str | None = None


@routes.get(f"{V1}/channels", CONFIGURE, returns=Items(settings_shapes.Channel))
async def list_channels(ask: Ask, query: Paged) -> Row:  # noqa: ARG001 - short lists come whole, a page's words are accepted
    """All channels."""
    return {"items": await ask.cases.channels.all(), "next_cursor": None}


@routes.post(f"{V1}/channels", CONFIGURE, returns=settings_shapes.Channel, status=201)
async def add_channel(ask: Ask, body: NewChannel) -> Row:
    """Connect a channel."""
    id = id_from("chn", by=ask.by.id, client_id=body.client_id)
    return await ask.cases.channels.add(ask.by, body.model_dump(), id=ChannelId(id) if id else None)


@routes.get(f"{V1}/channels/kinds", CONFIGURE, returns=Items(settings_shapes.Kind))
async def list_kinds(ask: Ask) -> Row:
    """The kinds of channels and the schemas of their settings."""
    return {"items": ask.cases.channels.kinds()}


@routes.post(f"{V1}/channels/test", CONFIGURE, returns=Items(settings_shapes.Check), seconds=60.0)
async def test_unsaved_channel(ask: Ask, body: Unsaved) -> Row:
    """Test settings before saving them."""
    return {"items": [_check_row(line) for line in await ask.cases.channels.test_unsaved(body.model_dump(exclude_none=True))]}


@routes.get(ONE, CONFIGURE, returns=settings_shapes.Channel)
async def read_channel(ask: Ask, channel_id: str) -> Row:
    """One channel; secrets read back masked."""
    return await ask.cases.channels.get(ChannelId(channel_id))


@routes.patch(ONE, CONFIGURE, returns=settings_shapes.Channel)
async def change_channel(ask: Ask, channel_id: str, body: ChannelChange) -> Row:
    """Change a channel."""
    changes = body.model_dump(exclude_unset=True, exclude_none=True)
    return await ask.cases.channels.change(ask.by, ChannelId(channel_id), changes)


@routes.delete(ONE, CONFIGURE, status=204)
async def remove_channel(ask: Ask, channel_id: str) -> None:
    """Remove a channel."""
    await ask.cases.channels.remove(ask.by, ChannelId(channel_id))


@routes.get(f"{ONE}/qr", CONFIGURE, produces="image/svg+xml")
async def read_qr(ask: Ask, channel_id: str) -> web.Response:
    """The channel's link (the bot's address) as a QR code to print or to show."""
    picture = await ask.cases.channels.qr(ChannelId(channel_id))
    return web.Response(body=picture, content_type="image/svg+xml", headers={"Content-Security-Policy": SANDBOX})


@routes.post(f"{ONE}/test", CONFIGURE, returns=Items(settings_shapes.Check), seconds=60.0)
async def test_channel(ask: Ask, channel_id: str) -> Row:
    """Test the saved channel."""
    return {"items": [_check_row(line) for line in await ask.cases.channels.test(ChannelId(channel_id))]}


@routes.post(f"{ONE}/resume", CONFIGURE, returns=settings_shapes.Channel)
async def resume_channel(ask: Ask, channel_id: str) -> Row:
    """Unpause now."""
    return await ask.cases.channels.resume(ask.by, ChannelId(channel_id))


def _check_row(line: CheckLine) -> Row:
    return {
        "what": line.what, "ok": line.ok, "detail": str(line.detail), "remedy": str(line.remedy), "millis": line.millis,
        "detail_said": said(line.detail), "remedy_said": said(line.remedy),
    }  # fmt: skip
