"""The commands of `gateway`, one file per group. Thin: they read options, call the composition root and print."""

from __future__ import annotations
