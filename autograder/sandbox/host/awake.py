"""A process that forks workers and was stopped (SIGSTOP): it goes on, and one that is stopped again and again is ended.

Code under `plain` may stop what it was forked by, and so may anybody outside. Waiting for an answer that cannot come
would take a minute; whether it is stopped is seen at once.
"""

from __future__ import annotations

import contextlib
import os
import signal
import time
from collections.abc import Callable

from ..worker.watchdog import family

LOOK_SECONDS = 0.3  #: between two looks at what is waited for
MOST_WAKES = 5  #: after which it is ended: something over there stops it each time


class Awake:
    """Sees to it that one process, below one that we started, is not stopped while it is waited for.

    Args:
        root: the process that we started.
        pid: the process, by its number in its own namespace.
    """

    def __init__(self, root: int, pid: int):
        self._root, self._pid, self._wakes = root, pid, 0

    def wait(self, come: Callable[[float], bool], seconds: float) -> bool:
        """Wait for something of the process's; tell whether it came.

        Args:
            come: waits so many seconds at most, and tells whether it came.
        """
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            if come(min(LOOK_SECONDS, left)):
                return True
            self._see_to_it()
        return False

    def _see_to_it(self) -> None:
        """Let the process go on where it is stopped; end it, and what it began, where that was in vain."""
        lost = _stopped(self._root, self._pid)
        if not lost:
            return
        self._wakes += 1
        if self._wakes > MOST_WAKES:
            for one in reversed(family(lost[0])):  # what stops it comes first
                _send(one, signal.SIGKILL)
        for one in lost:
            _send(one, signal.SIGCONT)


def _send(pid: int, number: int) -> None:
    with contextlib.suppress(OSError):
        os.kill(pid, number)


def _stopped(root: int, pid: int) -> list[int]:
    """Return the numbers here of `pid`, as it is called in its own namespace, and of those above it that are stopped.

    Those at or below `root` are meant, the one nearest to it first.
    """
    states: dict[int, tuple[str, int]] = {}
    for one in family(root):
        try:
            with open(f"/proc/{one}/status") as file:
                fields = {key: rest.split() for key, _, rest in (line.partition(":") for line in file)}
        except (OSError, ValueError):  # it ended, or this is no Linux: then the wait's own end must do
            continue
        states[one] = fields["State"][0], int(fields["PPid"][0])
        if int(fields.get("NSpid", [str(one)])[-1]) == pid:
            above = [one]
            while states[above[0]][1] in states:
                above.insert(0, states[above[0]][1])
            return [each for each in above if states[each][0] == "T"]
    return []
