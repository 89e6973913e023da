"""The administrators' doors of the command line, opened on a store: check, doctor, config, operators, sign-in links."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Awaitable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from gateway.app.export import Exchange
from gateway.app.running import Opened, opened
from gateway.app.web_parts import accounts_of
from gateway.domain.errors import GatewayError, NotFound
from gateway.domain.ids import ChannelId, OperatorId
from gateway.domain.operator import Operator
from gateway.ports import channel as ports
from gateway.services.passwords import Passwords
from gateway.services.setup import Setup
from gateway.services.setup_channels import ChannelSetup
from gateway.settings import Settings

CHECK_SECONDS = 30.0
LATE = timedelta(minutes=5)
LOW_DISK = 1 << 30
COMMAND_LINE = Operator(OperatorId("line"), "", "command line", ("admin",))


@dataclass(frozen=True, slots=True)
class CheckLine:
    """One thing that was tried."""

    name: str
    ok: bool
    text: str


class Administration:
    """See gateway/commands/root.py for what each is for."""

    def __init__(self, gateway: Opened, settings: Settings) -> None:
        self._gateway, self._settings = gateway, settings
        parts = gateway.parts
        self._setup = Setup(parts.core)
        self._channels = ChannelSetup(parts.core, adapters=parts.adapters, public_url=settings.public_url)
        self._exchange = Exchange(self._setup, self._channels, COMMAND_LINE)

    async def check(self) -> Sequence[CheckLine]:
        """Store, signals, files, then each channel."""
        core = self._gateway.parts.core
        lines = [
            await _tried("store", core.store.head()),
            await _tried("signals", core.signals.check()),
            await _tried("files", core.blobs.check()),
        ]
        for channel in self._gateway.parts.directory.now.channels.values():
            if channel.enabled:
                lines += await self.test_channel(channel.id)
        return lines

    async def doctor(self) -> Sequence[CheckLine]:
        """Channels that ail, work that does not end, room on the disk."""
        parts = self._gateway.parts
        now = parts.core.clock.now()
        lines = [
            CheckLine(f"channel {c.name}", c.health not in ("paused", "retrying"), c.problem or c.health)
            for c in parts.directory.now.channels.values()
        ]
        for name, due in (
            ("outbox", await parts.core.store.read(lambda uow: uow.outbox.next_due())),
            ("deliveries", await parts.core.store.read(lambda uow: uow.deliveries.next_due())),
        ):
            late = due is not None and now - due > LATE
            lines.append(
                CheckLine(name, not late, f"oldest waits since {due:%Y-%m-%d %H:%M} UTC" if late else "nothing is late")
            )
        quarantined = len(await parts.core.store.read(lambda uow: uow.raws.quarantined(100)))
        lines.append(CheckLine("quarantine", True, f"{quarantined} to look at" if quarantined else "empty"))
        free = shutil.disk_usage(Path.cwd()).free
        lines.append(CheckLine("disk", free > LOW_DISK, f"{free >> 20} MiB free"))
        return lines

    async def test_channel(self, channel_id: str) -> Sequence[CheckLine]:
        """Raises NotFound."""
        channel = self._gateway.parts.directory.channel(ChannelId(channel_id))
        try:
            adapter = self._gateway.parts.adapters.build(channel)
        except GatewayError as error:
            return [CheckLine(channel.name, False, error.detail)]
        try:
            async with asyncio.timeout(CHECK_SECONDS):
                return [_line(channel.name, tried) for tried in await adapter.check()]
        except TimeoutError:
            return [CheckLine(channel.name, False, f"no answer within {CHECK_SECONDS:.0f} s")]
        finally:
            await adapter.close()

    async def export_config(self) -> dict[str, Any]:
        """See app/export."""
        return await self._exchange.export()

    async def apply_config(self, wanted: Mapping[str, Any], *, dry_run: bool) -> Sequence[str]:
        """See app/export."""
        return await self._exchange.apply(wanted, dry_run=dry_run)

    async def add_operator(self, *, email: str, name: str, roles: Sequence[str], password: str | None) -> str:
        """Returns the id."""
        row = await self._setup.add_operator(COMMAND_LINE, {"email": email, "name": name, "roles": list(roles)})
        if password:
            await self._give_password(OperatorId(row["id"]), password)
        return str(row["id"])

    async def sign_in_link(self, *, email: str) -> str:
        """Raises NotFound."""
        operator = await self._gateway.parts.core.store.read(lambda uow: uow.operators.by_email(email.strip().lower()))
        if operator is None:
            raise NotFound(f"There is no operator {email}.")
        return f"{self._settings.public_url}/sign-in#token={await accounts_of(self._gateway.parts).link(operator.id)}"

    async def _give_password(self, id: OperatorId, password: str) -> None:
        hashed = await Passwords().hash(password)

        async def work(uow: Any) -> None:
            await uow.operators.save(replace(await uow.operators.get(id), password_hash=hashed))

        await self._gateway.parts.core.store.run(work)


@asynccontextmanager
async def administration(settings: Settings) -> AsyncIterator[Administration]:
    """Open the doors."""
    async with opened(settings) as gateway:
        yield Administration(gateway, settings)


async def _tried(name: str, doing: Awaitable[object]) -> CheckLine:
    try:
        async with asyncio.timeout(CHECK_SECONDS):
            await doing
    except TimeoutError:
        return CheckLine(name, False, f"no answer within {CHECK_SECONDS:.0f} s")
    except GatewayError as error:
        return CheckLine(name, False, error.detail)
    return CheckLine(name, True, "answers")


def _line(channel: str, tried: ports.CheckLine) -> CheckLine:
    text = " ".join(part for part in (tried.detail, tried.remedy) if part)
    took = f" ({tried.millis} ms)" if tried.millis is not None else ""
    return CheckLine(f"{channel}: {tried.what}", tried.ok, text + took)
