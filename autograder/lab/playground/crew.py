"""The workers of one run: the one that it runs in, the race's, one that finds out whose fault something was."""

from __future__ import annotations

import contextlib
import dataclasses
import time
from collections.abc import Iterator

from ...errors import GradusError
from ...language import _
from ...sandbox.host.base import WorkerSource
from ..lookout import Asked
from .hosted import Hosted
from .parts import Sources
from .racing import Racing
from .room import Room


class Crew:
    """Holds the workers, and what forks them.

    Attributes:
        hosted: the run's worker, None before it is asked for anything.
        racing: the race, in a worker of its own.
    """

    def __init__(self, room: Room):
        self._room = room
        self._source: WorkerSource | None = None
        self.hosted: Hosted | None = None
        self.racing = Racing(self.template, room.course)
        self._tried: Hosted | None = None
        self._since = 0.0  # since when it is looked for whose fault something was, 0 for not

    def template(self) -> WorkerSource:
        """Return what forks workers, another where code has ended it."""
        if self._source is None or not self._source.alive:
            self._close_source()
            self._source = self._room.start()
        return self._source

    def _close_source(self) -> None:
        if self._source is not None:
            with contextlib.suppress(GradusError):  # code may end what forks its workers
                self._source.close()

    @contextlib.contextmanager
    def another(self, own: Sources) -> Iterator[Hosted]:
        """Give a worker that finds out whose fault something was."""
        self._tried = Hosted(self.template, own, self._room.course)
        try:
            yield self._tried
        finally:
            self._tried = None

    @contextlib.contextmanager
    def searching(self) -> Iterator[None]:
        """Let all that is asked meanwhile be told as one search."""
        self._since = time.monotonic()
        try:
            yield
        finally:
            self._since = 0.0

    def abort(self) -> None:
        """Let what is waited for end now; any thread may call this."""
        for one in self._all():
            one.abort()

    def skip(self) -> bool:
        """Wait no longer for the student's code; tell whether it was waited for. Any thread may call this."""
        return any(one.skip() for one in self._all())

    def _all(self) -> list[Hosted]:
        return [one for one in (self._tried, self.racing.hosted, self.hosted) if one is not None]

    def pending(self) -> Asked | None:
        """Return what is not answered yet; any thread may ask."""
        since = self._since
        found = next((asked for one in self._all() if (asked := one.pending())), None)
        if not since or found is None:
            return found
        about = _("It is looked for which of your parts it was: each is tried alone, for so long.")
        return dataclasses.replace(found, since=since, about=about)

    def said(self) -> str:
        """Return the last of what the student's code printed; any thread may ask."""
        return self.hosted.said() if self.hosted is not None else ""

    def dismiss(self) -> None:
        """End the run's worker; it begins anew with the next question."""
        if self.hosted is not None:
            self.hosted.close()
            self.hosted = None

    def close(self) -> None:
        """End the workers, and what forked them."""
        self.racing.close()
        self.dismiss()
        self._close_source()
