"""Secrets of a channel's settings on their way to a screen and back: MASK coming back means "unchanged".

It stands for the secret only as long as the place that the secret is sent to is unchanged too. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from gateway.domain.errors import ConfigError
from gateway.domain.rows import Row
from gateway.domain.sentence import sentence

MASK = "••••"
PLACES = ("host", "port", "security", "api_base", "token_url", "url")  # settings that say where secrets beside them are sent


def masked(settings: Mapping[str, Any], *, secrets: Sequence[str], path: str = "") -> Row:
    """The settings with every non-empty secret replaced. A secret that is a tree is replaced whole."""
    out: Row = {}
    for name, value in settings.items():
        here = f"{path}{name}"
        if here in secrets:
            out[name] = MASK if value else value
        elif isinstance(value, Mapping):
            out[name] = masked(value, secrets=secrets, path=f"{here}.")
        else:
            out[name] = value
    return out


def unmasked(new: Mapping[str, Any], *, old: Mapping[str, Any], moved: bool = False) -> Row:
    """`new` with each MASK replaced by what was there. A MASK with nothing behind it disappears.

    Raises ConfigError for one beside or below a changed place: a secret may be written, and not sent elsewhere to be read.
    """
    out: Row = {}
    moved = moved or any(place in new and new[place] != old.get(place) for place in PLACES)
    for name, value in new.items():
        before = old.get(name)
        if value == MASK:
            if before is None:
                continue
            if moved:
                raise ConfigError(
                    sentence("config.secret_again", "“{name}” would go to another server now; write it again.", name=name)
                )
            out[name] = before
        elif isinstance(value, Mapping):
            out[name] = unmasked(value, old=before if isinstance(before, Mapping) else {}, moved=moved)
        else:
            out[name] = value
    return out
