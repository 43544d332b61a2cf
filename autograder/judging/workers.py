"""The processes of one submission: one that reads its source, and more where checks forbid operators.

Who fails is asked in a process without what the check forbids, and with all else. While all goes well there is no need
for that: passing without what any check of the page forbids is passing, so one process does for all of them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from ..model import Exercise, Submission
from ..sandbox.host.base import Limits, WorkerSource
from ..sandbox.host.problem import StudentProblem
from ..sandbox.host.student import Student
from ..sandbox.wire.names import names_used
from ..text import frame_line
from . import style, unloaded

if TYPE_CHECKING:
    from .check import Check

MAX_UNFINISHED = 3  #: statements that do not end or crash, each of which is tried once
MAX_TOLD = 20  #: statements of one source that were not carried out
LOAD_PATIENCE = 2.0  #: times as long on the clock
LOAD_SECONDS = 10.0  #: at least, for the source: it may import a library that nobody foresaw

Operators = tuple[str, ...]


class SubmissionWorkers:
    """The workers in which the source of one submission is run.

    Args:
        template: forks the workers.
        worker: gives a worker in place of a new one. The source is the course's own then.
    """

    def __init__(
        self,
        exercise: Exercise,
        submission: Submission,
        template: WorkerSource,
        worker: Callable[[WorkerSource, Limits], Student] | None,
        beside: dict[str, bytes],
    ):
        self.exercise, self.submission, self.template = exercise, submission, template
        self.has_style_rules = True  #: will a check come that forbids names? Else nobody asks which ones are used
        #: operators that some check forbids: while all goes well, every check is run without them, in one process
        self.strict: Operators = ()
        self._is_loose = False  # that was too strict for this source
        self.cancelled = False  #: does nobody wait for it any more?
        self.student: Student | None = None  #: the process that was asked last
        self.names: dict[str, list[str]] | None = None  #: that the source uses, once somebody wanted to know
        self.cells = unloaded.sources(submission)
        self._worker = worker
        self.beside = beside  #: the page's files, which the source may open
        self._fenced: Operators = ()  # operators that this process has not
        self._aside: dict[Operators, Student | None] = {}  # other processes, by what they have not
        self._stuck: StudentProblem | None = None
        self._unfinished: dict[tuple[int, int], unloaded.Unloaded] = {}  # left out, by (cell, line)
        self._unloaded: dict[Operators, list[unloaded.Unloaded]] = {}  # by what the process has not

    @property
    def limits(self) -> Limits:
        """Return what each of them may use."""
        return Limits(memory_mb=self.exercise.memory_mb, threads=self.exercise.threads)

    @property
    def ours(self) -> bool:
        """Tell whether the source is the course's own."""
        return self._worker is not None

    @property
    def source(self) -> WorkerSource:
        """Return what starts its processes: without the operators that they must not have, where it can do that."""
        return (self.template.fenced(self._fenced) if self._fenced else None) or self.template

    def for_check(self, check: Check) -> Student:
        """Return a process that has read the source, without the operators that the check forbids.

        Raises:
            StudentProblem: the submission cannot be run.
        """
        if self.submission.problem is not None:
            raise StudentProblem(*self.submission.problem)
        if self._stuck is not None:
            raise self._stuck
        if check.marks.forbids and self.names is None:
            if self.ours:  # nothing in a source of ours to be wary of
                self.names = names_used(self.submission.cells)
            else:
                self.has_style_rules = True
                self.close()
        if self.ours:
            # it needs no process of its own either: nothing in it takes down what is put up for one check
            return self._living()
        self._fence_in(self.strict or check.marks.operators)
        student = self._living()
        if self.strict and self._unloaded.get(self.strict) and self._felt_the_fence:
            self.loosen()
            self._fence_in(check.marks.operators)
            student = self._living()
        return student

    def without(self, check: Check) -> Operators:
        """Return what the process lacks in which this check is asked, as far as that is settled."""
        return check.marks.operators if self.ours else self.strict or check.marks.operators

    def to_take_out(self, check: Check) -> Operators:
        """Return what is taken out of the process for the time of this check: it was not fenced in for good."""
        return () if self._fenced else check.marks.operators

    def were_too_strict(self, check: Check) -> bool:
        """Tell whether the check ran, and was refused something, without more than it forbids."""
        return not self.ours and self.strict not in ((), check.marks.operators) and self._felt_the_fence

    @property
    def _felt_the_fence(self) -> bool:
        """Tell whether the process was refused anything, as far as it says.

        No point is won by a lie: a check that failed stays failed, or is run once more.
        """
        if self.student is None or not self.student.alive:
            return True
        try:
            return bool(self.student.service("touched"))
        except (Exception, StudentProblem):
            return True

    def do_without(self, operators: Operators) -> None:
        """Run the checks that come without what any of them forbids, and those that come once more as before."""
        if not self._is_loose and not {*operators} <= {*self.strict}:
            self.strict = operators

    def loosen(self) -> None:
        """From now on run every check without what it forbids itself, and no more."""
        self.strict, self._is_loose = (), True

    def _fence_in(self, operators: Operators) -> None:
        """Go on in a process that never had these operators since before it read the source; the other one waits."""
        if operators == self._fenced:
            return
        self._aside[self._fenced] = self.student
        self._fenced = operators
        self.student = self._aside.pop(operators, None)

    def _living(self) -> Student:
        if self.student is None or not self.student.alive:
            self.student = self._loaded()
        return self.student

    def _loaded(self) -> Student:
        """Load the source; a statement that does not end, or ends the process, is left out the next time."""
        while True:
            self._end()
            try:
                return self.load()
            except StudentProblem as problem:
                if problem.status not in ("timeout", "crashed") or self.cancelled:
                    raise
                found = unloaded.unfinished(self.submission, problem)
                if found is None or found[0] in self._unfinished or len(self._unfinished) >= MAX_UNFINISHED:
                    if problem.status == "timeout":
                        self._stuck = problem  # it would be so for every check
                    raise
                self._unfinished[found[0]] = found[1]

    def load(self) -> Student:
        """Fork a process and let it read the source.

        Raises:
            StudentProblem: it did not come to the end of it.
        """
        source = self.source
        student = (self._worker or Student)(source, self.limits)
        student.allow_seconds(max(self.exercise.seconds, LOAD_SECONDS), LOAD_PATIENCE)
        self.student = student
        sub = self.submission
        if self._fenced and source is self.template:
            student.service("fence", self._fenced)
        if self.has_style_rules and not self.ours and self.names is None:  # before any of the student's code
            self.names = style.uses(student, sub)
        left_out, files = tuple(self._unfinished), dict(sub.files)
        failures = student.load_source(self.exercise.name, list(sub.cells), sub.filename, files, left_out, self.beside)
        try:
            meant = [failure for failure in failures if not unloaded.asks_at_home(sub, failure[1])]
            told = [unloaded.raised(sub, *failure) for failure in meant[:MAX_TOLD]]
            self._unloaded[self._fenced] = [*self._unfinished.values(), *told]
        except (TypeError, ValueError, AttributeError, IndexError):
            raise StudentProblem("malformed", "the answer to loading the source is not readable") from None
        return student

    @property
    def is_stuck(self) -> bool:
        """Tell whether the source never came to its end."""
        return self._stuck is not None

    @property
    def unloaded(self) -> list[unloaded.Unloaded]:
        """Return the statements that were not carried out in the process that was asked last."""
        return self._unloaded.get(self._fenced, [])

    @property
    def load_problems(self) -> list[str]:
        """Return what is said of the statements that were not carried out when the source was loaded."""
        plain = self._unloaded.get((), next(iter(self._unloaded.values()), []))
        said = [problem.failure for problem in plain]
        return ["\n".join([failure.reason, *map(frame_line, failure.frames)]) for failure in said]

    @property
    def plain(self) -> Student | None:
        """Return the process that runs most checks, if it lives; what is asked of it is none of a check's."""
        if not self.ours:
            self._fence_in(self.strict)
        if self.student is None or not self.student.alive:
            return None
        self.student.speak_through(None)
        return self.student

    def release(self) -> Student | None:
        """Return that process, which lives on, or None."""
        student, self.student = self.plain, None
        return student

    def close(self) -> None:
        """End them all."""
        self._end()
        while self._aside:
            self._fenced, self.student = self._aside.popitem()
            self._end()

    def _end(self) -> None:
        if self.student is not None:
            self.student.close()
            self.student = None
