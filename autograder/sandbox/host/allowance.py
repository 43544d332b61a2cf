"""How long a worker may take: processor time of its own, and some times as long for one that only waits."""

from __future__ import annotations

import math
import time

from .witness import Witness

FOREVER = math.inf
RUNNABLE = "RD"  #: what the kernel calls a process that it would let compute, or that waits for a disk
READY = 4  #: times as long may such a one be kept from it: by a busy machine, or by processes that it began itself
LEAST = 0.001  #: seconds of processor time that count as work
WALL = 4.0  #: so many times the limit may pass on the clock, for code that sleeps and for machines that are busy


class Allowance:
    """The limit of one check, or of loading a source, which begins now.

    Args:
        seconds: of processor time; for each thread that it may use.
        patience: so many times as long may pass on the clock.
        idle: seconds that it may wait without computing anything, where somebody looks on; then its time is up, and at
            once where its process was stopped. Waiting for us is not counted, and for a busy machine less.
    """

    def __init__(
        self, witness: Witness, seconds: float, threads: int = 1, patience: float = WALL, idle: float = FOREVER
    ):
        self._witness, self._seconds, self._threads = witness, seconds, max(threads, 1)
        self._patience, self._idle = patience, idle
        self._begun = time.monotonic()
        self._looked, self._worked = self._begun, 0.0  # when it was last looked at, and what it had computed by then
        self._waited = 0.0  # since then
        self._stopped = False
        self._before = witness.processor_seconds() or 0.0
        self._imported = witness.imported()
        self._uncounted = 0.0

    @property
    def limits(self) -> tuple[float, float]:
        """Return the seconds that it may compute, as is known by now, and those that may pass on the clock."""
        return self._seconds + self._uncounted, self._patience * (self._seconds + self._uncounted)

    def prolong(self) -> float | None:
        """Return when to ask again; None when the time is up."""
        now = time.monotonic()
        uncounted = self._uncounted = max(self._witness.imported() - self._imported, 0.0)
        end = self._begun + self._patience * (self._seconds + uncounted)
        if now >= end:
            return None
        used = self._used()
        if used is None:  # this system does not tell
            return end
        left = self._threads * self._seconds + uncounted - used
        if left <= 0 or self._waits(now, used):
            return None
        return min(now + max(left / self._threads, 0.02), end, now + self.look)

    @property
    def look(self) -> float:
        """Return the seconds after which it is to be asked at first, and again: fewer, where it may not wait."""
        return min(self._seconds, self._idle / 8)

    def _waits(self, now: float, used: float) -> bool:
        """Tell whether it has waited for longer than it may; with no bound it may."""
        if self._idle == FOREVER:
            return False
        state = self._witness.state()
        self._stopped = state == "T"
        passed = min(now - self._looked, 2 * self.look)  # who looks less often was busy, and kept it waiting
        self._looked = now
        if used - self._worked > LEAST:
            self._worked, self._waited = used, 0.0
        else:
            self._waited += passed / (READY if state in RUNNABLE else 1)
        return self._stopped or self._waited >= self._idle

    def _used(self) -> float | None:
        total = self._witness.processor_seconds()
        return None if total is None else total - self._before

    def spent(self) -> str:
        """Return a sentence about a worker whose time is up."""
        if self._stopped:
            return "the code stopped its own process, which does not answer any more (SIGSTOP)"
        used, passed = self._used(), time.monotonic() - self._begun
        if used is None or used >= 0.9 * self._seconds:
            return f"no answer within the time limit of {self._seconds:g} s"
        return f"no answer in {passed:.0f} s, of which it computed for {used:.1f} s: does it wait for something?"
