"""The course's own sources before its checks: run as far as somebody asks, in one worker after another.

Solution and misconceptions are ours: nobody need be protected from them, so one worker takes many of their sources in
turn, and a misconception's checks run when somebody's failure must be told apart from it, not before.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator, Mapping

from ..errors import SandboxError
from ..sandbox.host.base import Limits, WorkerSource
from ..sandbox.host.student import Student
from .check import Trace

MAX_SOURCES = 100  #: that one worker takes: what it may compute and what it keeps is limited


class LazyTraces(Mapping[str, Trace]):
    """What happens in the checks of these names, run as far as somebody asks, always in one order.

    What a source keeps from one check for the next is then the same whoever asks for which check first.

    Args:
        names: of the checks.
        run: runs the checks up to this one, and more of them if it likes.
        before: what is known already.
    """

    def __init__(
        self, names: Iterable[str], run: Callable[[str], Mapping[str, Trace]], before: Mapping[str, Trace] | None = None
    ):
        self._names, self._run, self._before = tuple(names), run, before or {}
        self.run: dict[str, Trace] = {}  #: what happened in those that were run

    def __getitem__(self, name: str) -> Trace:
        if name not in self._names:
            raise KeyError(name)
        if name in self.run:
            return self.run[name]
        with contextlib.suppress(KeyError):
            return self._before[name]
        self.run = {**self._run(name), **self.run}
        return self.run[name]

    def __contains__(self, name: object) -> bool:
        return name in self._names

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


SECONDS = 10.0  #: of processor time that a source of ours has until somebody says otherwise


class CourseWorker:
    """The worker that waits for the next of our sources, if one does."""

    def __init__(self) -> None:
        self._waiting: tuple[Student, WorkerSource, Limits, int] | None = None
        self._sources = 0

    def take(self, template: WorkerSource, limits: Limits) -> Student:
        """Return a worker of this template that may use this much: the one that waits, or a new one."""
        if self._waiting is not None:
            student, *like, sources = self._waiting
            if like == [template, limits] and student.alive and sources < MAX_SOURCES:
                self._waiting, self._sources = None, sources + 1
                student.allow_seconds(SECONDS)  # from now: it was given some before it waited
                return student
            self.end()
        self._sources = 1
        return Student(template, limits)

    def give_back(self, student: Student | None, template: WorkerSource, limits: Limits) -> None:
        """Let a worker that lives, if there is one, wait for another source."""
        if student is not None and student.alive:
            self.end()
            self._waiting = student, template, limits, self._sources

    def end(self) -> None:
        """Nothing is waited for."""
        if self._waiting is not None:
            with contextlib.suppress(SandboxError):  # its template ended, and it with it
                self._waiting[0].close()
            self._waiting = None
