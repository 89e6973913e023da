"""The service goals of a line: within what time it wants to answer, per channel kind. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from gateway.domain.channel import TRAITS
from gateway.domain.errors import ConfigError
from gateway.domain.sentence import sentence

GOALS = ("first_response_seconds", "next_response_seconds")
LONGEST_GOAL = 30 * 86_400


def goals_from(given: object) -> dict[str, int]:
    """Service goals as they were given, per channel kind in whole seconds; raises ConfigError with the remedy."""
    goals = given if isinstance(given, Mapping) else {"": given}
    if any(
        kind not in TRAITS or type(seconds) is not int or not 1 <= seconds <= LONGEST_GOAL for kind, seconds in goals.items()
    ):
        raise ConfigError(
            sentence(
                "config.goal", "A goal is a channel kind with seconds, from 1 to {most}, like webchat: 60.", most=LONGEST_GOAL
            )
        )
    return dict(goals)
