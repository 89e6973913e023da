"""Several processes of one gateway: one that serves nothing and looks after the others. Talks to the operating system only.

The parent forks while it is small (no loop, no threads, no connections), so that it can fork again when a child dies. It
holds the write end of a pipe and nothing else does: a child that reads its end sees the parent's death as the end of the
file, on every system. May be imported by gateway.app only; docs/howto/several-nodes.md.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from gateway import logs
from gateway.app.hearing import HEARD, Heard, forget_signals, signals
from gateway.domain.errors import ConfigError, GatewayError

QUICK_SECONDS = 10.0  # who ends sooner than this has not worked
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0
TRIES = 5
STOP_SECONDS = 80.0  # longer than a drain, the sends in flight and a shutdown take together
FAILED, WRONG_SETTINGS = 1, 3  # exit codes, as in gateway/__main__
log = logs.get("processes")


class Dying(GatewayError):
    """A process ends again and again as soon as it begins: somebody must look at its log."""

    code = "processes_dying"


@dataclass(slots=True)
class Place:
    """One of the processes: its number, and what runs there now. failures: in a row; due: when to begin it, monotonic."""

    number: int
    pid: int = 0
    began: float = 0.0
    failures: int = 0
    due: float = 0.0


class Processes:
    """`work(parent, first)` is run in each of `count` children; `parent` can be read once the parent is gone.

    first: true for one child, once: what is to be said to people is said by it.
    """

    def __init__(self, work: Callable[[int, bool], None], *, count: int) -> None:
        self._work = work
        self._places = [Place(number) for number in range(1, count + 1)]
        self._parent, self._life = os.pipe()
        self._stopping = False

    def run(self) -> None:
        """Until SIGINT or SIGTERM, then until all have ended.

        Raises Dying when one of them ends TRIES times at once, SystemExit with the code of one that found the settings wrong.
        """
        with signals() as heard:
            try:
                while not self._stopping:
                    self._begin_due()
                    self._stopping = heard(self._until_next())
                    self._bury()
            finally:
                self._end(heard)

    def _begin_due(self) -> None:
        now = time.monotonic()
        for place in self._places:
            if not place.pid and place.due <= now:
                first = place.number == 1 and not place.began
                place.pid, place.began = self._fork(first=first), now
                log.info("process.began", process=place.number, pid=place.pid)

    def _fork(self, *, first: bool) -> int:
        signal.pthread_sigmask(signal.SIG_BLOCK, HEARD)  # what comes for the child in between must not be lost
        pid = os.fork()
        if pid:
            signal.pthread_sigmask(signal.SIG_UNBLOCK, HEARD)
            return pid
        code = FAILED
        try:
            os.close(self._life)
            forget_signals()
            code = self._live(first=first)
        finally:
            os._exit(code)

    def _live(self, *, first: bool) -> int:
        """A child's whole life; its exit code."""
        try:
            self._work(self._parent, first)
        except ConfigError as error:
            sys.stderr.write(error.detail + "\n")
            return WRONG_SETTINGS
        except GatewayError as error:
            log.error("process.failed", code=error.code, detail=error.detail)
            return FAILED
        except Exception as error:
            log.exception("process.failed", error=type(error).__name__)
            return FAILED
        return 0

    def _until_next(self) -> float:
        waiting = [place.due for place in self._places if not place.pid]
        return max(0.0, min(waiting) - time.monotonic()) if waiting else 3600.0

    def _bury(self) -> None:
        """Everybody who has ended since; each is to begin again by and by."""
        for place, code in self._ended():
            lived = time.monotonic() - place.began
            place.pid, place.failures = 0, place.failures + 1 if lived < QUICK_SECONDS else 0
            pause = min(FIRST_PAUSE * 2 ** (place.failures - 1), LONGEST_PAUSE) if place.failures else 0.0
            place.due = time.monotonic() + pause
            if self._stopping:
                continue
            log.error("process.died", process=place.number, how=_how(code), lived=round(lived, 1), again_in=pause)
            if code == WRONG_SETTINGS:
                raise SystemExit(code)  # it has said what is wrong, and will not get better
            if place.failures >= TRIES:
                raise Dying(f"Process {place.number} ended {TRIES} times as soon as it began ({_how(code)}); its log says why.")

    def _ended(self) -> Iterator[tuple[Place, int]]:
        for place in self._places:
            if place.pid:
                with contextlib.suppress(ChildProcessError):
                    pid, status = os.waitpid(place.pid, os.WNOHANG)
                    if pid:
                        yield place, os.waitstatus_to_exitcode(status)

    def _end(self, heard: Heard) -> None:
        """All drain at the same time; who does not end is ended."""
        self._stopping = True
        self._tell(signal.SIGTERM)
        deadline = time.monotonic() + STOP_SECONDS
        while self._living and time.monotonic() < deadline:
            heard(deadline - time.monotonic())
            self._bury()
        for place in self._living:
            log.error("process.killed", process=place.number, pid=place.pid)
        self._tell(signal.SIGKILL)
        for place in self._living:
            os.waitpid(place.pid, 0)

    @property
    def _living(self) -> Sequence[Place]:
        return [place for place in self._places if place.pid]

    def _tell(self, number: signal.Signals) -> None:
        for place in self._living:
            with contextlib.suppress(ProcessLookupError):
                os.kill(place.pid, number)


def _how(code: int) -> str:
    """An exit code, or the name of the signal that ended it."""
    return f"exit code {code}" if code >= 0 else signal.Signals(-code).name
