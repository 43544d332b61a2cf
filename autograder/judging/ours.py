"""What the course's own sources do in the checks: solution and misconceptions, each found out once, when asked for."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Protocol

from ..course import catalogue
from ..course.page_files import contents
from ..course.trees import Trees
from ..model import ENDS, CheckResult, Exercise, Submission
from ..sandbox.host.base import Limits, WorkerSource
from ..sandbox.host.problem import StudentProblem
from ..sandbox.host.record import Call
from ..sandbox.host.student import Student
from ..sandbox.wire.problems import RemoteError
from . import diagnosis, evidence
from .callers import heard_through
from .calls import Traces, checks_of, replayable
from .check import Check, worker_seed
from .exam import Exam
from .suspects import CourseWorker, LazyTraces

if TYPE_CHECKING:
    from ..course.catalogue import Rewrite

MAX_ANSWERS = 5000  #: of one page's solution to other calls than those of the checks that are kept


@dataclass
class References:
    """What solution and misconceptions did in the checks of one exercise, once per run."""

    solution: str
    oracle: Traces
    suspects: dict[str, diagnosis.Suspect]
    results: dict[str, CheckResult]  #: of the solution, in the checks that it was asked about
    answers: dict[bytes, Any] = field(default_factory=dict)  #: to other calls than those of the checks
    #: what known mistakes answer to calls that their checks do not make, by mistake and call
    replays: dict[tuple[str, bytes], Call] = field(default_factory=dict)
    _through: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def through(self, of: str) -> tuple[str, ...]:
        """Return the functions whose calls tell a mistake of this one."""
        if of not in self._through:
            called = {call.root for trace in self.oracle.values() for call in trace.calls}
            self._through[of] = heard_through(of, self.solution, called)
        return self._through[of]

    def checks_of(self, of: str) -> list[str]:
        """Return the checks in which a mistake of this function can be told."""
        asked = {name for function in self.through(of) for name in checks_of(function, self.oracle)}
        return [name for name in self.oracle if name in asked]


class RunChecks(Protocol):
    """Runs the named checks (all when None) of an exam, until `stop` says so; the pytest plugin does it."""

    def __call__(self, exam: Exam, names: list[str] | None, stop: Callable[[CheckResult], bool] | None = None) -> None:
        """Run them."""


def _never(result: CheckResult) -> bool:
    return False


def _lasting(result: CheckResult) -> bool:
    """Tell whether the solution would end like this again."""
    return ENDS[result.status].certain or result.status == "skipped"


class CourseSources:
    """Asks the course's own sources, in one worker after another.

    Args:
        checks: the collected checks of each exercise.
        exam: makes an exam whose worker is taken from the given one.
        run: runs the checks of an exam.
        template: the warm template for a tuple of needs.
    """

    def __init__(
        self,
        trees: Trees,
        checks: dict[str, list[Check]],
        exam: Callable[[Submission, CourseWorker], Exam],
        run: RunChecks,
        template: Callable[[tuple[str, ...]], WorkerSource],
    ):
        self._trees, self._checks = trees, checks
        self._exam, self._run, self._template = exam, run, template
        self._references: dict[str, References] = {}
        self._worker = CourseWorker()
        self._open: Exam | None = None  #: of a suspect of whom more may be asked
        self.asked: set[str] = set()  #: the functions whose mistakes somebody looked for
        #: what a mistake does in the checks as far as that is known from before
        self.recall: Callable[[Exercise, Rewrite], Traces] = lambda exercise, rewrite: {}

    def references(self, exercise: Exercise) -> References:
        """Return the oracle's traces, run once."""
        if exercise.address not in self._references:
            submission = catalogue.solution_submission(self._trees, exercise)
            exam = self._replayed(submission)
            own = {result.name: result for result in exam.results}
            found = References(submission.cells[0], exam.traces, {}, own)
            if not all(map(_lasting, exam.results)):  # the machine's doing, as a template that ended: not to be kept
                return found
            self._references[exercise.address] = found
        return self._references[exercise.address]

    def traces(self, submission: Submission, names: list[str] | None = None) -> Traces:
        """Return what a submission does in the replayable checks (the named ones)."""
        return self._replayed(submission, names).traces

    def _replayed(self, submission: Submission, names: list[str] | None = None) -> Exam:
        replayable = {c.name for c in self._checks[submission.exercise] if c.marks.replayable}
        wanted = [n for n in (names if names is not None else replayable) if n in replayable]
        exam = self._asked_first(submission)
        self._run(exam, wanted, stop=_never)
        return exam

    def _asked_first(self, submission: Submission) -> Exam:
        """Open an exam of a source of ours, which stays open until another is asked."""
        self._dismiss()
        self._open = self._exam(submission, self._worker)
        return self._open

    def own_results(self, exercise: Exercise, names: set[str]) -> dict[str, CheckResult]:
        """Return how the solution ends in these checks, and in others; each is run once."""
        known = self.references(exercise)
        rest = [check.name for check in self._checks[exercise.address] if check.name in names - {*known.results}]
        if rest:
            exam = self._asked_first(catalogue.solution_submission(self._trees, exercise))
            self._run(exam, rest, stop=_never)
            known.results |= {result.name: result for result in exam.results if _lasting(result)}
            return known.results | {result.name: result for result in exam.results}
        return known.results

    def solver(self, exercise: Exercise, known: References) -> evidence.Solve:
        """Return what calls the solution, each call once for all submissions, many of them in one question."""

        def solve(function: str, wanted: list[dict[str, Any]]) -> list[Any]:
            keys = [evidence.key_of(function, given) for given in wanted]
            new = {key: given for key, given in zip(keys, wanted, strict=True) if key not in known.answers}
            if len(known.answers) + len(new) > MAX_ANSWERS:
                known.answers.clear()
                new = dict(zip(keys, wanted, strict=True))
            if new:
                made = self._answers(exercise, known.solution, function, list(new.values()))
                known.answers.update(zip(new, made, strict=True))
            return [known.answers[key] for key in keys]

        return solve

    def _answers(self, exercise: Exercise, solution: str, function: str, wanted: list[dict[str, Any]]) -> list[Any]:
        """Ask a function of the solution; None where it raises, or the worker did not live to tell."""
        template, limits = self._template(exercise.needs), Limits(memory_mb=exercise.memory_mb)
        student = self._worker.take(template, limits)
        try:
            self._load(student, exercise, [solution, evidence.ANSWERS])
            student.begin(worker_seed(exercise.address, ""), exercise.seconds)
            found = student.answers_of(function, wanted)
        except (StudentProblem, RemoteError):
            found = []
        self._worker.give_back(student, template, limits)
        return found if len(found) == len(wanted) else [None] * len(wanted)

    def _load(self, student: Student, exercise: Exercise, cells: list[str]) -> None:
        student.load_source(exercise.name, cells, beside=contents(self._trees, exercise.address))

    def replayer(self, exercise: Exercise) -> diagnosis.Replay:
        """Return what makes a recorded call again with a misconception in place of the solution."""
        known = self.references(exercise)

        def replay(rewrite: Rewrite, call: Call) -> Call | None:
            if not replayable(call):
                return None
            key = rewrite.key, evidence.key_of(call.root, {"": call.args, **call.kwargs})
            if key not in known.replays:
                made = self.calls_afresh(exercise, rewrite.submission(exercise, known.solution), [call])[0]
                if made is None:  # the worker died
                    return None
                if len(known.replays) >= MAX_ANSWERS:
                    known.replays.clear()
                known.replays[key] = made
            return known.replays[key]

        return replay

    @contextlib.contextmanager
    def answering(self, exercise: Exercise) -> Iterator[Student]:
        """Give the solution's module, to be asked for answers."""
        template, limits = self._template(exercise.needs), Limits(memory_mb=exercise.memory_mb)
        self._dismiss()
        student = self._worker.take(template, limits)
        try:
            self._load(student, exercise, [self.references(exercise).solution])
            yield student
        finally:
            self._worker.give_back(student, template, limits)

    def calls_afresh(self, exercise: Exercise, submission: Submission, calls: list[Call]) -> list[Call | None]:
        """Make recorded calls of plain functions of ours again; None where the worker died."""
        records: list[Call | None] = []
        student: Student | None = None
        template, limits = self._template(exercise.needs), Limits(memory_mb=exercise.memory_mb)
        for call in calls:
            try:
                if student is None or not student.alive:
                    student = self._worker.take(template, limits)
                    self._load(student, exercise, list(submission.cells))
                student.begin(worker_seed(exercise.address, ""), exercise.seconds)
                with contextlib.suppress(RemoteError):  # the record holds how it ended
                    getattr(student, call.root)(*call.args, **call.kwargs)
                records.append(student.calls[0] if student.calls else None)
            except StudentProblem:
                records.append(None)
        self._worker.give_back(student, template, limits)
        return records

    def suspects(self, exercise: Exercise, functions: set[str]) -> list[diagnosis.Suspect]:
        """Return the misconceptions of these functions, or that their answers tell."""
        known = self.references(exercise)
        self.asked |= functions
        return [
            replace(self.suspect(exercise, rewrite.key), through=function)
            for rewrite in catalogue.misconceptions(self._trees, exercise)
            for function in known.through(rewrite.of)
            if function in functions
        ]

    def suspect(self, exercise: Exercise, key: str) -> diagnosis.Suspect:
        """Return the misconception of this key; what it does in a check is found out when it is asked for."""
        known = self.references(exercise)
        if key not in known.suspects:
            rewrite = next(m for m in catalogue.misconceptions(self._trees, exercise) if m.key == key)
            submission = rewrite.submission(exercise, known.solution)
            names = known.checks_of(rewrite.of)
            begun = False

            def ask(check: str) -> Traces:
                nonlocal begun
                exam = self._open
                if exam is None or exam.submission is not submission or not exam.workers.template.alive:
                    exam, again, begun = self._asked_first(submission), begun, True
                else:
                    again = False
                upto = names if again else names[: names.index(check) + 1]  # asked again it answers everything
                self._run(exam, [name for name in upto if name not in exam.traces], stop=_never)
                return exam.traces

            traces = LazyTraces(names, ask, self.recall(exercise, rewrite))
            known.suspects[key] = diagnosis.Suspect(rewrite, traces, known.through(rewrite.of)[0])
        return known.suspects[key]

    def found_out(self, exercise: Exercise) -> dict[str, Traces]:
        """Return what was run of each known mistake, beside what was recalled."""
        known = self._references.get(exercise.address)
        suspects = {} if known is None else known.suspects
        return {key: one.traces.run for key, one in suspects.items() if isinstance(one.traces, LazyTraces)}

    def left(self, exercise: Exercise, traces: Traces, suspects: list[diagnosis.Suspect]) -> list[diagnosis.Suspect]:
        """Return the suspects that could still be named, as far as these traces go."""
        oracle = self.references(exercise).oracle
        replay = self.replayer(exercise)

        def open_to(suspect: diagnosis.Suspect) -> bool:
            names = [n for n in checks_of(suspect.function, oracle) if n in traces]
            return diagnosis.contradicts_nothing(traces, oracle, suspect, names, replay)

        return [suspect for suspect in suspects if open_to(suspect)]

    @contextlib.contextmanager
    def of_ours(self, submission: Submission) -> Iterator[Exam]:
        """Open an exam of a source of ours, whose worker takes the next one afterwards."""
        self._dismiss()
        exam = self._exam(submission, self._worker)
        try:
            yield exam
        finally:
            self._worker.give_back(exam.workers.release(), exam.workers.template, exam.workers.limits)

    def _dismiss(self) -> None:
        """Whoever of ours was asked last is asked no more; the worker waits for another."""
        if self._open is not None:
            self._worker.give_back(self._open.workers.release(), self._open.workers.template, self._open.workers.limits)
            self._open = None

    def rest(self) -> None:
        """Nothing will be asked for a while: no worker waits."""
        self._dismiss()
        self._worker.end()
