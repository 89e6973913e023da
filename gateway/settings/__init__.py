"""Frozen values from defaults, a YAML file, the environment and the command line, in that order: the last one wins.

`load` is the only door. Wrong configuration raises ConfigError with file, line, column, the wrong key, the nearest right
one and the remedy. Talks to files and the environment only. ADR 0010.
"""

from __future__ import annotations

from gateway.settings.loading import DEFAULT_FILE, load
from gateway.settings.model import Settings

__all__ = ["DEFAULT_FILE", "Settings", "load"]
