"""The use cases, one file per step of the flow. Each opens exactly one transaction and never awaits the network inside it.

May talk to: routing, ports, domain. Never to: aiohttp, sockets, drivers (docs/adr/0001-layers-and-ports.md).
"""
