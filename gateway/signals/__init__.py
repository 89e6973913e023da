"""Hints between tasks and processes, and leases: in memory for one process, over Redis for several (docs/adr/0004).

`open_signals` is all that the composition root uses.
"""

from gateway.signals.opening import open_signals

__all__ = ["open_signals"]
