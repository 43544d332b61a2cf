"""What a page is told of its worker meanwhile: that an answer takes long, and what the student's code prints."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from ..language import _, in_this_language
from .messages import Message, Printed, Waiting

TELL_AFTER = 1.5  #: seconds without an answer
AGAIN = 1.0  #: seconds after which it is told again, by how long it is now
LOOK_EVERY = 0.25  #: seconds


class Box(Protocol):
    """What takes the messages for a page, as an :class:`.outbox.Outbox` does."""

    def say(self, message: Message) -> None:
        """Send this, after all that was said before."""

    def show(self, frame: Message) -> None:
        """Send this as soon as the page takes it, unless another of its kind comes before."""


@dataclass(frozen=True)
class Asked:
    """A question that a worker has not answered yet.

    Args:
        since: when it was asked, as of ``time.monotonic()``.
        running: the page or part of the student's that says that it runs, "" for none.
        about: a sentence that says what the question is for, "" where that goes without saying.
        limits: the seconds that the worker may compute, and those that may pass on the clock; zeros where it is only
            being started.
    """

    since: float
    running: str = ""
    about: str = ""
    limits: tuple[float, float] = (0.0, 0.0)

    def told(self, now: float) -> Waiting:
        """Return what a page is told of it."""
        n = int(now - self.since)
        if not self.limits[0]:
            return Waiting(_("No answer for {n} s: the process in which your code runs is being started.", n=n))
        first = (
            _("No answer for {n} s: your {what} is running.", n=n, what=self.running) if self.running
            else _("No answer for {n} s.", n=n)
        )  # fmt: skip
        seconds, longest = (f"{limit:.0f}" if limit > 10 else f"{limit:.2g}" for limit in self.limits)
        last = _(
            "It may compute for {seconds} s, and {longest} s may pass on the clock at most; then the course’s is used.",
            seconds=seconds, longest=longest,
        )  # fmt: skip
        return Waiting(" ".join(filter(None, (first, self.about, last))), skip=True)


class Lookout:
    """Looks at a worker from a thread of its own, while the one that asked it waits.

    Args:
        asked: gives what the worker has not answered yet, None for nothing.
        said: gives the last of what the student's code printed.
    """

    def __init__(self, box: Box, asked: Callable[[], Asked | None], said: Callable[[], str]):
        self._box, self._asked, self._said = box, asked, said
        self._told, self._printed = 0.0, ""
        self._over, self._lock = threading.Event(), threading.Lock()
        threading.Thread(target=in_this_language(self._run), name="gradus-lookout", daemon=True).start()

    def close(self) -> None:
        """Look no more."""
        self._over.set()

    def end(self) -> None:
        """Look once more, before what is looked at is taken away, and then no more."""
        if not self._over.is_set():
            self._over.set()
            self._look()

    def _run(self) -> None:
        while not self._over.wait(LOOK_EVERY):
            self._look()

    def _look(self) -> None:
        with self._lock:
            self._tell_of_waiting(self._asked(), time.monotonic())
            printed = self._said()
            if printed not in ("", self._printed):
                self._printed = printed
                self._box.show(Printed(printed))

    def _tell_of_waiting(self, asked: Asked | None, now: float) -> None:
        if asked is None or now - asked.since < TELL_AFTER:
            if self._told:
                self._told = 0.0
                self._box.say(Waiting())
        elif now - self._told >= AGAIN:
            self._told = now
            self._box.say(asked.told(now))
