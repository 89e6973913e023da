"""Signals of the operating system for a process without a loop: wait for one, or begin as if none had ever been heard.

Talks to the operating system only; for app.processes.
"""

from __future__ import annotations

import os
import select
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager

ENDING = (signal.SIGINT, signal.SIGTERM)
HEARD = (*ENDING, signal.SIGCHLD)
Heard = Callable[[float], bool]


@contextmanager
def signals() -> Iterator[Heard]:
    """The yielded function waits for a signal, at most so many seconds; true if it was one that asks to end."""
    hears, tells = os.pipe()
    os.set_blocking(hears, False)
    os.set_blocking(tells, False)
    before = {number: signal.signal(number, lambda *_: None) for number in HEARD}
    signal.set_wakeup_fd(tells, warn_on_full_buffer=False)

    def heard(seconds: float) -> bool:
        if not select.select([hears], [], [], seconds)[0]:
            return False
        return not set(os.read(hears, 4096)).isdisjoint(ENDING)

    try:
        yield heard
    finally:
        signal.set_wakeup_fd(-1)
        for number, was in before.items():
            signal.signal(number, was)
        os.close(hears)
        os.close(tells)


def forget_signals() -> None:
    """A child begins as if it had no parent: its own loop will say what it listens to."""
    signal.set_wakeup_fd(-1)
    for number in HEARD:
        signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, HEARD)
