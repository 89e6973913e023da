"""The process that reads strangers' mail: bytes in, values out, nothing else. Started and killed by pool.py.

`python -m gateway.channels.email.worker` reads frames on stdin until it ends. It has a memory limit for its life and a
CPU limit per mail, no secrets in its environment, and opens no file or socket of its own (docs/adr/0006).
"""

from __future__ import annotations

import sys
from typing import Any, BinaryIO

from gateway.channels.email import frames
from gateway.channels.email.parse import parse
from gateway.domain.errors import Unreadable

MEMORY = 512 * 1024 * 1024
CPU_SECONDS = 10


def main() -> None:
    """Say hello, then answer one frame after another."""
    source, sink = sys.stdin.buffer, sys.stdout.buffer
    _limit_memory()
    _load()
    _write(sink, {"ready": True}, b"")
    while head := source.read(frames.HEAD.size):
        text, body = frames.lengths(head)
        frames.unpack(source.read(text))
        raw = source.read(body)
        _limit_cpu()
        _write(sink, *_answer(raw))


def _answer(raw: bytes) -> tuple[dict[str, Any], bytes]:
    try:
        plain, blobs = parse(raw).to_wire()
    except Unreadable as error:
        return {"unreadable": error.detail, "code": error.code}, b""
    return {"mail": plain, "sizes": [len(blob) for blob in blobs]}, b"".join(blobs)


def _write(sink: BinaryIO, plain: dict[str, Any], body: bytes) -> None:
    sink.write(frames.pack(plain, body))
    sink.flush()


def _load() -> None:
    """The slow imports, before the first mail's clock runs."""
    import puremagic  # noqa: F401
    import selectolax.lexbor  # noqa: F401


def _limit_memory() -> None:
    try:
        import resource
    except ImportError:  # not POSIX: the wall limit of the pool remains
        return
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _limit_cpu() -> None:
    try:
        import resource
    except ImportError:
        return
    used = resource.getrusage(resource.RUSAGE_SELF)
    soft = int(used.ru_utime + used.ru_stime) + CPU_SECONDS
    resource.setrlimit(resource.RLIMIT_CPU, (soft, resource.getrlimit(resource.RLIMIT_CPU)[1]))


if __name__ == "__main__":
    main()
