"""The running adapters: one per enabled channel, made anew when its settings change, its listener kept alive under a lease.

Implements services/adapters.Adapters. A listener that ends by a fault begins again after a pause that grows; one that needs
a person pauses its channel with the reason and is tried again every PAUSED_SECONDS (it may have been mended elsewhere).
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Coroutine, Mapping
from typing import Any

from gateway import logs
from gateway.app import kinds
from gateway.domain.channel import Channel as ChannelRecord
from gateway.domain.errors import ChannelPaused, ConfigError, StoreUnavailable
from gateway.domain.ids import ChannelId
from gateway.domain.sentence import sentence
from gateway.ports.channel import Channel, Inbox, Listener
from gateway.ports.live import Held, Leases, Signals
from gateway.services.directory import Directory

FIRST_PAUSE, LONGEST_PAUSE, PAUSED_SECONDS = 1.0, 60.0, 600.0
LEASE_SECONDS = 30.0
SWEEP_SECONDS = 30.0
log = logs.get("adapters")


class _Running:
    """One adapter and the task of its listener."""

    def __init__(self, record: ChannelRecord, adapter: Channel) -> None:
        self.record, self.adapter = record, adapter
        self.task: asyncio.Task[None] | None = None
        self.paused = False

    def serves(self, wanted: ChannelRecord | None) -> bool:
        """Is this still what is wanted? Health is written by the adapter itself; "unknown" is a person's "try now"."""
        if wanted is None or (self.paused and wanted.health == "unknown"):
            return False
        return (self.record.settings, self.record.key) == (wanted.settings, wanted.key)


class RunningAdapters:
    """Run `run` as a task; it follows the directory. built: every configured channel has been tried once."""

    def __init__(self, directory: Directory, tools: kinds.Tools, *, leases: Leases, signals: Signals) -> None:
        self._directory, self._tools, self._leases, self._signals = directory, tools, leases, signals
        self._running: dict[ChannelId, _Running] = {}
        self._refused: dict[ChannelId, Mapping[str, Any]] = {}
        self._inbox: Inbox | None = None
        self.built = asyncio.Event()

    def get(self, id: ChannelId) -> Channel | None:
        """See services/adapters."""
        running = self._running.get(id)
        return running.adapter if running else None

    def build(self, channel: ChannelRecord) -> Channel:
        """See services/adapters."""
        return kinds.build(channel, self._tools)

    def kinds(self) -> Mapping[str, Mapping[str, Any]]:
        """See services/adapters."""
        return kinds.schemas()

    def validate(self, kind: str, settings: Mapping[str, Any]) -> dict[str, Any]:
        """See services/adapters."""
        return kinds.validate(kind, settings)

    async def run(self, inbox: Inbox) -> None:
        """Follow the channels until cancelled; then every listener is stopped and every adapter closed."""
        self._inbox = inbox
        try:
            while True:
                await self.follow()
                self.built.set()
                await self._signals.wait("settings", timeout=SWEEP_SECONDS)
                try:
                    await self._directory.refresh()
                except StoreUnavailable as error:  # what runs goes on with the settings that were read last
                    log.warning("adapters.store_unavailable", detail=error.detail)
        finally:
            await asyncio.gather(*(self._stop(id) for id in list(self._running)))
            await self._tools.commons.close()

    async def follow(self) -> None:
        """Bring what runs in line with what is configured."""
        wanted = {id: channel for id, channel in self._directory.now.channels.items() if channel.enabled}
        for id in [id for id, running in self._running.items() if not running.serves(wanted.get(id))]:
            await self._stop(id)
        for id, channel in wanted.items():
            if id not in self._running and self._refused.get(id) != channel.settings:
                await self._start(channel)

    async def _start(self, channel: ChannelRecord) -> None:
        try:
            await asyncio.to_thread(kinds.load, channel.kind)
            running = _Running(channel, self.build(channel))
        except ConfigError as error:
            self._refused[channel.id] = channel.settings
            log.error("channel.refused", channel=channel.id, detail=error.detail)
            if self._inbox:
                await _report(self._inbox, channel.id, error.detail, paused=True)
            return
        self._running[channel.id] = running
        if self._inbox and isinstance(running.adapter, Listener):
            running.task = asyncio.create_task(self._listen(running, self._inbox), name=f"listen:{channel.id}")

    async def _stop(self, id: ChannelId) -> None:
        running = self._running.pop(id)
        if running.task:
            running.task.cancel()
            await asyncio.wait([running.task], timeout=5.0)
        await running.adapter.close()

    async def _listen(self, running: _Running, inbox: Inbox) -> None:
        channel, adapter, pause = running.record, running.adapter, FIRST_PAUSE
        if not isinstance(adapter, Listener):
            return
        while True:
            try:
                async with self._leases.hold(f"channel:{channel.id}", seconds=LEASE_SECONDS) as held:
                    pause = FIRST_PAUSE
                    await _while_ours(held, adapter.listen(inbox))
            except ChannelPaused as error:
                log.error("channel.paused", channel=channel.id, detail=error.detail)
                await _report(inbox, channel.id, error.detail, paused=True)
                running.paused, pause = True, PAUSED_SECONDS
            except Exception as error:  # a fault of one channel must not touch the others
                log.warning("channel.failed", channel=channel.id, error=type(error).__name__, exc_info=error)
                fault = type(error).__name__
                await _report(
                    inbox, channel.id, sentence("problem.failed", "The channel failed ({fault}); trying again.", fault=fault)
                )
                pause = min(pause * 2, LONGEST_PAUSE)
            await asyncio.sleep(pause * random.uniform(0.8, 1.2))


async def _while_ours(held: Held, listening: Coroutine[Any, Any, None]) -> None:
    """Two processes at one account take its input from each other's mouth. Raises what listening raises."""
    listener, robbed = asyncio.create_task(listening), asyncio.create_task(held.lost())
    try:
        await asyncio.wait([listener, robbed], return_when=asyncio.FIRST_COMPLETED)
        if listener.done():
            return listener.result()
        log.warning("channel.lease_lost")
    finally:
        for task in (listener, robbed):
            task.cancel()
        await asyncio.gather(listener, robbed, return_exceptions=True)


async def _report(inbox: Inbox, id: ChannelId, problem: str, *, paused: bool = False) -> None:
    """Tell what is wrong. Whatever that meets, a store that is away above all, must not end the listening."""
    try:
        await inbox.report(id, problem=problem, paused=paused)
    except Exception as error:  # noqa: BLE001 - nobody begins this task again
        log.warning("channel.not_reported", channel=id, error=type(error).__name__)
