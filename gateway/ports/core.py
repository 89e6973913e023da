"""The collaborators every use case needs, handed over once by the composition root."""

from __future__ import annotations

from dataclasses import dataclass

from gateway.ports.clock import Clock, NewId
from gateway.ports.live import Blobs, Signals
from gateway.ports.store import Store


@dataclass(frozen=True, slots=True)
class Core:
    """Real in the product, fakes (clock, ids) in tests; nothing below the composition root makes its own."""

    store: Store
    clock: Clock
    ids: NewId
    signals: Signals
    blobs: Blobs
