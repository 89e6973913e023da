"""The step where an administrator connects a channel: add, change, test, resume, remove.

Settings are validated by their kind; secrets are write-only (domain/settings_rows). May talk to: ports, domain.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from gateway.domain import rows
from gateway.domain.channel import Channel
from gateway.domain.errors import ConfigError, Conflict, NotFound
from gateway.domain.event import Event
from gateway.domain.ids import ChannelId, LineId
from gateway.domain.masks import unmasked
from gateway.domain.operator import Operator
from gateway.domain.sentence import sentence
from gateway.domain.settings_rows import channel_row
from gateway.ports.channel import CheckLine
from gateway.ports.core import Core
from gateway.ports.store import UnitOfWork
from gateway.services.adapters import Adapters
from gateway.services.install import install_of, qr_of
from gateway.services.setup import nothing_runs

TEST_SECONDS = 30.0
Changes = Mapping[str, Any]


class ChannelSetup:
    """Channels. Every method returns rows after the commit; secrets never leave."""

    def __init__(self, core: Core, *, adapters: Adapters, public_url: str) -> None:
        self._core, self._adapters, self._public_url = core, adapters, public_url

    async def all(self) -> Sequence[rows.Row]:
        """All channels."""
        return [self._row(channel) for channel in await self._core.store.read(lambda uow: uow.channels.all())]

    async def get(self, id: ChannelId) -> rows.Row:
        """Raises NotFound."""
        return self._row(await self._core.store.read(lambda uow: uow.channels.get(id)))

    async def qr(self, id: ChannelId) -> bytes:
        """The link of the channel as a QR code, SVG. Raises NotFound."""
        return qr_of(await self._core.store.read(lambda uow: uow.channels.get(id)))

    async def add(self, by: Operator, changes: Changes, *, id: ChannelId | None = None) -> rows.Row:
        """A new channel with a random key. The same `id` again answers the channel made then. Raises ConfigError."""
        new = Channel(
            id=id or ChannelId(self._core.ids.new("chn")), kind=changes["kind"], line_id=LineId(changes["line_id"]),
            name=changes["name"], key=secrets.token_urlsafe(16), enabled=changes.get("enabled", True),
            settings=self._valid(changes["kind"], changes.get("settings", {})), created_at=self._core.clock.now(),
        )  # fmt: skip

        async def work(uow: UnitOfWork) -> Channel:
            try:
                return await uow.channels.get(new.id)
            except NotFound:
                await _line_exists(uow, new.line_id)
                await uow.channels.add(new)
                self._tell(uow, by, new.id)
                return new

        return await self._committed(work)

    async def change(self, by: Operator, id: ChannelId, changes: Changes) -> rows.Row:
        """Settings are given whole; a masked secret means "as before"; `new_key` makes a new key (the old one is dead)."""

        async def work(uow: UnitOfWork) -> Channel:
            channel = await uow.channels.get(id)
            if changes.get("version") not in (None, channel.version):
                raise Conflict("Somebody changed this channel meanwhile; look at it again.", code="version")
            fields = {name: changes[name] for name in ("name", "enabled", "line_id") if name in changes}
            if "line_id" in fields:
                await _line_exists(uow, fields["line_id"])
            if "settings" in changes:
                fields["settings"] = self._valid(channel.kind, unmasked(changes["settings"], old=channel.settings))
                fields |= {"health": "unknown", "problem": "", "said": None}
            if changes.get("new_key"):
                fields["key"] = secrets.token_urlsafe(16)
            channel = replace(channel, **fields, version=channel.version + 1)
            await uow.channels.save(channel)
            self._tell(uow, by, id)
            return channel

        return await self._committed(work)

    async def resume(self, by: Operator, id: ChannelId) -> rows.Row:
        """Try again now, after a person mended what was wrong."""

        async def work(uow: UnitOfWork) -> Channel:
            stored = await uow.channels.get(id)
            channel = replace(stored, enabled=True, health="unknown", problem="", said=None, version=stored.version + 1)
            await uow.channels.save(channel)
            self._tell(uow, by, id)
            return channel

        return await self._committed(work)

    async def remove(self, by: Operator, id: ChannelId) -> None:
        """Raises NotFound, and Refused while conversations that came by it are running."""

        async def work(uow: UnitOfWork) -> None:
            await uow.channels.get(id)
            await nothing_runs(uow, id)
            await uow.channels.remove(id)
            self._tell(uow, by, id)

        await self._core.store.run(work)
        await self._core.signals.nudge("settings")

    async def test(self, id: ChannelId) -> Sequence[CheckLine]:
        """Test the saved channel."""
        return await self._check(await self._core.store.read(lambda uow: uow.channels.get(id)))

    async def test_unsaved(self, changes: Changes) -> Sequence[CheckLine]:
        """Test before saving. With `id`, masked secrets are taken from the saved channel. A bad setting is a failed line."""
        old: Mapping[str, Any] = {}
        if changes.get("id"):
            old = (await self._core.store.read(lambda uow: uow.channels.get(changes["id"]))).settings
        try:
            settings = self._valid(changes["kind"], unmasked(changes.get("settings", {}), old=old))
        except ConfigError as error:
            return [CheckLine("settings", False, error.detail)]
        return await self._check(Channel(ChannelId("chn_test"), changes["kind"], LineId(""), "test", "test", settings))

    def kinds(self) -> Sequence[rows.Row]:
        """Every kind with the schema of its settings."""
        return [{"kind": kind, **described} for kind, described in self._adapters.kinds().items()]

    async def _check(self, channel: Channel) -> Sequence[CheckLine]:
        adapter = self._adapters.build(channel)
        try:
            async with asyncio.timeout(TEST_SECONDS):
                return await adapter.check()
        except TimeoutError:
            return [
                CheckLine(
                    "answer",
                    False,
                    sentence("check.no_answer", "No answer within {seconds} seconds.", seconds=int(TEST_SECONDS)),
                )
            ]
        finally:
            await adapter.close()

    def _valid(self, kind: str, settings: Mapping[str, Any]) -> dict[str, Any]:
        if kind not in self._adapters.kinds():
            raise ConfigError(sentence("config.kind", "There is no channel kind “{kind}”.", kind=kind))
        return dict(self._adapters.validate(kind, settings))

    def _row(self, channel: Channel) -> rows.Row:
        described = self._adapters.kinds().get(channel.kind, {})
        return channel_row(channel, secrets=described.get("secrets", ()), install=install_of(channel, self._public_url))

    def _tell(self, uow: UnitOfWork, by: Operator, id: ChannelId) -> None:
        uow.emit(Event("settings.changed", self._core.clock.now(), by.id, {"what": "channels", "id": id}))

    async def _committed(self, work: Any) -> rows.Row:
        channel = await self._core.store.run(work)
        await self._core.signals.nudge("settings")
        return self._row(channel)


async def _line_exists(uow: UnitOfWork, id: LineId) -> None:
    try:
        await uow.lines.get(id)
    except NotFound:
        raise ConfigError(sentence("config.line", "Choose the line this channel feeds.")) from None
