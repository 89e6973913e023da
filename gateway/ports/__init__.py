"""Every door of the core, as a promise. Services and routing speak to the outside only through these Protocols.

clock (time, ids) · channel (adapters) · store (transactions and repositories) · views (what screens read) · live (signals,
sockets, blobs, leases). Who implements what: ARCHITECTURE.md. Changing a promise means changing its contract test.
"""
