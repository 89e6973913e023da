"""The store: SQLite or PostgreSQL behind gateway.ports.store and gateway.ports.views (docs/adr/0002).

Only the composition root knows it, and only `open_store`, `migrate` and `blobs.open_blobs`.
"""

from gateway.store.opening import OpenStore, migrate, open_store

__all__ = ["OpenStore", "migrate", "open_store"]
