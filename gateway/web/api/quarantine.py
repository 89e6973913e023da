"""Input that could not be read (section 4): look at it, read it again, put it away."""

from __future__ import annotations

from aiohttp import web

from gateway.domain.ids import RawId
from gateway.domain.operator import Permission
from gateway.domain.rows import Row
from gateway.web import settings_shapes
from gateway.web.api.common import V1, Paged
from gateway.web.disposition import attachment
from gateway.web.openapi import Items
from gateway.web.routes import Ask, Routes

routes = Routes("quarantine")
CONFIGURE = Permission.CONFIGURE
ONE = f"{V1}/quarantine/{{raw_id}}"


@routes.get(f"{V1}/quarantine", CONFIGURE, returns=Items(settings_shapes.Quarantined))
async def list_quarantine(ask: Ask, query: Paged) -> Row:  # noqa: ARG001 - short lists come whole, a page's words are accepted
    """Newest first."""
    return {"items": await ask.cases.quarantine.list(), "next_cursor": None}


@routes.post(f"{ONE}/replay", CONFIGURE, status=204)
async def replay_raw(ask: Ask, raw_id: str) -> None:
    """Read it again now."""
    await ask.cases.quarantine.replay(ask.by, RawId(raw_id))


@routes.get(f"{ONE}/raw", CONFIGURE, produces="application/octet-stream")
async def download_raw(ask: Ask, raw_id: str) -> web.Response:
    """The untouched bytes, as a download."""
    body = await ask.cases.quarantine.raw(RawId(raw_id))
    headers = {"Content-Disposition": attachment(f"{raw_id}.bin"), "Content-Security-Policy": "sandbox"}
    return web.Response(body=body, content_type="application/octet-stream", headers=headers)


@routes.delete(ONE, CONFIGURE, status=204)
async def discard_raw(ask: Ask, raw_id: str) -> None:
    """Take it off the list; the bytes stay."""
    await ask.cases.quarantine.discard(ask.by, RawId(raw_id))
