"""Every setting of the process: its name, type, default and what it means. The schema and the key table come from here.

Lines, channels and operators are not settings: they are data, see `gateway config apply`.
"""

from __future__ import annotations

import ipaddress
import re
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema

_UNITS = {"": 1, "b": 1, "kb": 1000, "mb": 1000**2, "gb": 1000**3, "kib": 1024, "mib": 1024**2, "gib": 1024**3}


def size(value: object) -> object:
    """`25MB`, `512 KiB` or a plain number of bytes."""
    if not isinstance(value, str):
        return value
    found = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([a-zA-Z]*)\s*", value)
    if not found or found[2].lower() not in _UNITS:
        raise ValueError("write a size like 25MB, 512KiB or a number of bytes")
    return int(float(found[1]) * _UNITS[found[2].lower()])


def listed(value: object) -> object:
    """An environment variable holds a list as `a, b`; a file holds a real one."""
    return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value


def scheme(*allowed: str, examples: str) -> AfterValidator:
    """The value is an address that starts with one of `allowed`."""

    def check(value: str) -> str:
        if not value.startswith(allowed):
            raise ValueError(f"write {examples}")
        return value

    return AfterValidator(check)


def _public(value: str) -> str:
    parts = urlsplit(value)
    if value and (parts.scheme not in {"http", "https"} or not parts.hostname):
        raise ValueError("write the address visitors use, like https://chat.example.com")
    return value.rstrip("/")


def _network(value: str) -> str:
    try:
        return str(ipaddress.ip_network(value, strict=False))
    except ValueError:
        raise ValueError("write an address or a network, like 10.0.0.0/8") from None


def _rate(value: str) -> str:
    if not re.fullmatch(r"[a-z.]+=\d+/\d*(second|minute|hour|day)", value):
        raise ValueError("write a rate like message=50/10second")
    return value


Rates = Annotated[tuple[Annotated[str, AfterValidator(_rate)], ...], BeforeValidator(listed)]
SizeSchema = WithJsonSchema(
    {"anyOf": [{"type": "integer", "minimum": 1}, {"type": "string", "pattern": r"^\d+(\.\d+)? ?[A-Za-z]*$"}]}
)
Size = Annotated[int, BeforeValidator(size), SizeSchema]
StoreUrl = Annotated[
    str,
    scheme("sqlite:///", "postgresql://", examples="sqlite:///var/gateway.db or postgresql://user:password@host/database"),
]
SignalsUrl = Annotated[str, scheme("memory://", "redis://", "rediss://", examples="memory:// or redis://host:6379/0")]
BlobsUrl = Annotated[str, scheme("file://", "s3://", examples="file://var/blobs or s3://bucket/prefix")]
Networks = Annotated[tuple[Annotated[str, AfterValidator(_network)], ...], BeforeValidator(listed)]


class Section(BaseModel):
    """A group of keys: unknown ones are errors, values never change after loading."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


class Server(Section):
    """Where the gateway listens and what it is called from outside."""

    host: str = "127.0.0.1"
    """Address to listen on; 0.0.0.0 for every interface."""
    port: int = Field(default=8080, ge=0, le=65535)
    """Port to listen on; 0 takes a free one."""
    public_url: Annotated[str, AfterValidator(_public)] = ""
    """Address under which browsers and vendors reach the gateway; empty: links say http://host:port, any name opens it."""
    trusted_proxies: Networks = ("127.0.0.0/8", "::1/128")
    """Networks whose X-Forwarded-For and X-Forwarded-Proto are believed."""
    processes: int = Field(default=1, ge=1, le=64)
    """Processes on this machine; more than one needs PostgreSQL and Redis."""


class Store(Section):
    """Where everything is kept."""

    url: StoreUrl = "sqlite:///var/gateway.db"
    """A SQLite file (sqlite:///path, relative to the working directory) or postgresql://user:password@host/database."""


class Signals(Section):
    """How processes wake each other. A signal is a hint: losing one costs seconds, never a message."""

    url: SignalsUrl = "memory://"
    """memory:// for one process, redis://host:6379/0 for several."""


class Blobs(Section):
    """Where attachments, raw mail and recordings are kept."""

    url: BlobsUrl = "file://var/blobs"
    """A folder (file://path) or a bucket (s3://bucket/prefix)."""


class Logs(Section):
    """What is written to standard error."""

    format: Literal["auto", "json", "console"] = "auto"
    """auto is console on a terminal and JSON elsewhere."""
    level: Literal["debug", "info", "warning", "error"] = "info"
    """The least important line that is written."""


class Metrics(Section):
    """Figures for Prometheus."""

    enabled: bool = True
    """Serve /metrics."""


class Demo(Section):
    """A line, a site and two operators to try the product with."""

    enabled: bool = True
    """Create them when the store is empty. Off: nobody is made up, and /demo/ shows only the chat that ?key= names."""


class Limits(Section):
    """The largest inputs that are accepted; bigger ones are refused by name."""

    file_bytes: Size = Field(default=20_000_000, ge=1)
    """One file uploaded by a visitor or an operator."""
    hook_bytes: Size = Field(default=1_000_000, ge=1)
    """One request from a vendor."""
    sockets_per_address: int = Field(default=100, ge=1)
    """Open widgets from one address; raise it where many visitors share one."""
    visitor_rates: Rates = ()
    """Rates that replace the widget's own, like `connect=1000/minute` where many visitors share one address."""


class Settings(Section):
    """The whole configuration of one process."""

    server: Server = Server()
    store: Store = Store()
    signals: Signals = Signals()
    blobs: Blobs = Blobs()
    logs: Logs = Logs()
    metrics: Metrics = Metrics()
    demo: Demo = Demo()
    limits: Limits = Limits()
    secret_file: Path = Path("var/secret")
    """The key that signs sessions and tokens; made at the first start, readable by its owner only."""

    @property
    def public_url(self) -> str:
        """The gateway's address from outside, without a slash at the end."""
        if self.server.public_url:
            return self.server.public_url
        host = self.server.host
        shown = "localhost" if host in {"0.0.0.0", "::"} else f"[{host}]" if ":" in host else host  # noqa: S104
        return f"http://{shown}:{self.server.port}"
