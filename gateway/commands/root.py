"""What the commands ask of the composition root, in one place. Imported only when a command needs it: it loads everything."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from importlib import import_module
from typing import Any, Protocol, TypeVar, cast

from gateway.settings import Settings

T = TypeVar("T")


class CheckLine(Protocol):
    """One thing that was tried: `ok`, or what is wrong and what to do in `text`."""

    name: str
    ok: bool
    text: str


class Admin(Protocol):
    """The gateway's doors for administrators, opened on a store without serving anything."""

    async def check(self) -> Sequence[CheckLine]:
        """Try store, signals, blobs and every channel."""
        ...

    async def doctor(self) -> Sequence[CheckLine]:
        """Look for what is unhealthy in a running installation."""
        ...

    async def test_channel(self, channel_id: str) -> Sequence[CheckLine]:
        """Try one channel end to end without a message to a customer."""
        ...

    async def export_config(self) -> dict[str, Any]:
        """Lines, channels and operators, without secrets."""
        ...

    async def apply_config(self, wanted: Mapping[str, Any], *, dry_run: bool) -> Sequence[str]:
        """Make them so; returns one sentence per change."""
        ...

    async def add_operator(self, *, email: str, name: str, roles: Sequence[str], password: str | None) -> str:
        """Create an operator and return the id."""
        ...

    async def sign_in_link(self, *, email: str) -> str:
        """A link that signs the operator in once."""
        ...


class CompositionRoot(Protocol):
    """gateway.app as the commands see it."""

    def serve(self, settings: Settings) -> None:
        """Run until told to stop."""
        ...

    def admin(self, settings: Settings) -> AbstractAsyncContextManager[Admin]:
        """Open the administrators' doors."""
        ...


def composition_root() -> CompositionRoot:
    """gateway.app, loaded now."""
    return cast(CompositionRoot, import_module("gateway.app"))


def ask(settings: Settings, question: Callable[[Admin], Awaitable[T]]) -> T:
    """Open the administrators' doors, put one question and close them again."""

    async def conversation() -> T:
        async with composition_root().admin(settings) as admin:
            return await question(admin)

    return asyncio.run(conversation())


def inspect_mail(raw: bytes) -> dict[str, Any]:
    """What the mail channel reads out of one raw mail."""
    channel = import_module("gateway.channels.email")
    return cast(dict[str, Any], channel.inspect(raw))
