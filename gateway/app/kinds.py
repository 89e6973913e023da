"""Loads a channel kind when it is needed: its settings class, its schema, its adapter.

The tables are gateway/channels/__init__.py and gateway/telephony/__init__.py; this file knows what each kind's `build` wants.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any, cast

from pydantic import BaseModel, SecretStr, ValidationError

from gateway import channels, telephony
from gateway.domain.channel import Channel as ChannelRecord
from gateway.domain.errors import ConfigError
from gateway.ports.channel import Channel
from gateway.ports.clock import Clock

TABLE = {**channels.KINDS, **telephony.KINDS}


class Commons:
    """What all channels of a kind share in this process (mail: parsing workers, pacing per server), made at first use."""

    def __init__(self) -> None:
        self._mail: Any = None

    def mail(self) -> Any:
        """The collaborators of every mailbox."""
        if self._mail is None:
            from gateway.channels.email.channel import Shared
            from gateway.channels.email.pool import WorkerPool
            from gateway.channels.email.smtp import Pacing

            self._mail = Shared(workers=WorkerPool(), pacing=Pacing())
        return self._mail

    async def close(self) -> None:
        """End the workers."""
        if self._mail is not None:
            await self._mail.workers.close()


@dataclass(frozen=True, slots=True)
class Tools:
    """What adapters may be given. public_url: this installation from outside, None when it has no address of its own."""

    clock: Clock
    read_blob: Callable[[str], Awaitable[bytes]]
    secret: bytes
    public_url: str | None
    file_bytes: int
    commons: Commons = field(default_factory=Commons)


def build(record: ChannelRecord, tools: Tools) -> Channel:
    """The adapter of one channel; opens no connection. Raises ConfigError."""
    module = import_module(_entry(record.kind)[0])
    return cast(Channel, module.build(record, **_wanted(record.kind, tools)))


def load(kind: str) -> None:
    """Import what a kind needs, which may take seconds: call it in a thread. Raises ConfigError for an unknown kind."""
    for module in _entry(kind):
        import_module(module.partition(":")[0])


def _wanted(kind: str, tools: Tools) -> dict[str, Any]:
    match kind:
        case "email":
            shared = tools.commons.mail()
            return {"secret": tools.secret, "read_blob": tools.read_blob, "clock": tools.clock, "shared": shared}
        case "telegram":
            return {"read_blob": tools.read_blob, "clock": tools.clock, "public_url": tools.public_url}
        case "pbx":
            return {"clock": tools.clock, "public_url": tools.public_url}
        case _:
            return {}


def settings_class(kind: str) -> type[BaseModel]:
    """The frozen, self-validating settings of a kind. Raises ConfigError for an unknown kind."""
    module, _, name = _entry(kind)[1].partition(":")
    return cast(type[BaseModel], getattr(import_module(module), name))


def schemas() -> Mapping[str, Mapping[str, Any]]:
    """kind → {"schema": JSON Schema, "secrets": dotted paths of what is write-only}."""
    out = {}
    for kind in TABLE:
        schema = settings_class(kind).model_json_schema()
        out[kind] = {"schema": schema, "secrets": sorted(_secrets(schema, schema))}
    return out


def validate(kind: str, settings: Mapping[str, Any]) -> dict[str, Any]:
    """The settings with defaults, secrets in the clear (for the store). Raises ConfigError naming key and remedy."""
    try:
        model = settings_class(kind).model_validate(dict(settings))
    except ValidationError as error:
        places = [f"{'.'.join(str(part) for part in e['loc']) or 'settings'}: {e['msg']}" for e in error.errors()]
        raise ConfigError(f"The settings of this {kind} channel are wrong. " + "; ".join(places)) from None
    return cast(dict[str, Any], _plain(model.model_dump(mode="python", exclude_none=True)))


def _entry(kind: str) -> tuple[str, str]:
    try:
        return TABLE[kind]
    except KeyError:
        raise ConfigError(f"There is no channel kind “{kind}”; use one of {', '.join(sorted(TABLE))}.") from None


def _plain(value: Any) -> Any:
    match value:
        case SecretStr():
            return value.get_secret_value()
        case dict():
            return {key: _plain(inner) for key, inner in value.items()}
        case list() | tuple():
            return [_plain(inner) for inner in value]
        case _:
            return value


def _secrets(schema: Mapping[str, Any], root: Mapping[str, Any], path: str = "") -> set[str]:
    found: set[str] = set()
    for name, part in schema.get("properties", {}).items():
        here = f"{path}.{name}" if path else name
        for option in [part, *part.get("anyOf", [])]:
            target = _resolved(option, root)
            if target.get("writeOnly"):
                found.add(here)
            elif "properties" in target:
                found |= _secrets(target, root, here)
    return found


def _resolved(part: Mapping[str, Any], root: Mapping[str, Any]) -> Mapping[str, Any]:
    name = part.get("$ref", "").rpartition("/")[2]
    return cast(Mapping[str, Any], root["$defs"][name]) if name else part
