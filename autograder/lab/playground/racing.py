"""The race as its session leads it: in a worker of its own, so that an optimizer that ends it costs the run nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from ...language import _
from ...sandbox.host.base import WorkerSource
from . import hosted as hosting
from . import messages as m
from .fallen import Fallen
from .hosted import Hosted, Trouble
from .inside.names import OPTIMIZERS, PAGE_OF
from .parts import Sources

AGAIN = 1.0  #: seconds of processor time of a race after one optimizer did not end: what they share may be why


class Racing:
    """Lets optimizers race until each has a trail.

    Args:
        start: gives what forks workers.
        course: the course's own source of each page.

    Attributes:
        hosted: its worker, None before the first race with these sources.
    """

    def __init__(self, start: Callable[[], WorkerSource], course: dict[str, str]):
        self._start, self._course = start, course
        self.hosted: Hosted | None = None
        self._fallen = Fallen()

    def race(self, spec: dict[str, Any], own: Sources, fallen: Fallen) -> m.Raced:
        """Return the trails; the course's optimizer takes the place of one that ended its worker.

        Args:
            spec: what is asked of the worker, with the parts that are to be the course's.
            own: the student's pages.
            fallen: the parts that failed in the run.

        Raises:
            Trouble: a page ended the worker while it was read.
        """
        if self.hosted is not None and self.hosted.own.keys() != own.keys():  # a page was given up meanwhile
            self.close()
        hosted = self.hosted = self.hosted or Hosted(self._start, own, self._course)
        kinds = {OPTIMIZERS[name][0] for name in spec["lr"]}
        while True:
            course = [*spec["course"], *fallen.parts, *self._fallen.parts]
            hosted.used = tuple(sorted(kinds.difference(course)))
            endless = self._endless(fallen)
            if len(endless) > 1 and hosted.used:
                self._give_up(hosted.used, endless)
                continue
            try:
                less = AGAIN - hosting.SECONDS if endless else 0.0
                raced = _read(hosted, hosted.ask("race", {**spec, "course": course}, seconds=min(less, 0.0)))
            except Trouble as trouble:
                if trouble.reading or not hosted.used:
                    raise
                part = self._blamed(hosted, trouble, {**spec, "course": course})
                self._fallen.note(trouble, PAGE_OF.get(part, "optimizers"), part, hosted.used)
                continue
            return msgspec.structs.replace(raced, parts=self._fallen.told(fallen.told(raced.parts)))

    def _endless(self, fallen: Fallen) -> list[str]:
        """Return the optimizers that did not come to an end, of the run and of races."""
        known = {**fallen.parts, **self._fallen.parts}
        return sorted(part for part, fell in known.items() if fell.kind == "timeout" and PAGE_OF[part] == "optimizers")

    def _give_up(self, used: tuple[str, ...], endless: list[str]) -> None:
        """Wait for none of these: where two do not end, what all share is why, most often."""
        text = _("it was not tried, as {first} and {second} do not come to an end", first=endless[0], second=endless[1])
        self._fallen.note(Trouble("optimizers", "", "unawaited", text), "optimizers", "", used)

    def _blamed(self, hosted: Hosted, trouble: Trouble, spec: dict[str, Any]) -> str:
        """Return the optimizer at fault: each alone is asked where that is not known; "" where none ends alone."""
        used = hosted.used
        if trouble.part in used:
            return trouble.part
        for part in sorted(used, key=lambda part: part != trouble.ran):
            alone = {name: lr for name, lr in spec["lr"].items() if OPTIMIZERS[name][0] == part}
            hosted.used = (part,)
            try:
                _read(hosted, hosted.ask("race", {**spec, "lr": alone}))
            except Trouble:
                return part
            finally:
                hosted.used = used
        return ""

    def forgive(self, kind: str) -> None:
        """Let optimizers that failed in this way race again as the student's."""
        if self._fallen.forgive(kind):
            self.close()

    def read_again(self) -> None:
        """Take the sources as they are now: every optimizer races as the student's again."""
        self.close()
        self._fallen = Fallen()

    def close(self) -> None:
        """End its worker; the next race begins another."""
        if self.hosted is not None:
            self.hosted.close()
            self.hosted = None


def _read(hosted: Hosted, found: Any) -> m.Raced:
    """Return an answer as a race; the worker that gave another ends."""
    try:
        return msgspec.convert(found, m.Raced)
    except (msgspec.ValidationError, RecursionError):
        raise hosted.unreadable() from None
