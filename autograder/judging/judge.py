"""The judge: grades one job after another with checks that were collected once.

A job is one submission of one exercise. Whatever happens to it, the answer is a Grade.
"""

from __future__ import annotations

import contextlib
import math
from collections import OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol

import torch

from ..course import catalogue
from ..course.trees import Trees
from ..errors import GradusError
from ..model import (
    CheckResult,
    Exercise,
    Grade,
    Relation,
    Settings,
    Submission,
    Syllabus,
)  # fmt: skip
from ..sandbox.host.answer_cache import AnswerCache
from ..sandbox.host.base import Limits, WorkerSource
from ..sandbox.host.problem import StudentProblem
from ..sandbox.host.record import Call
from ..sandbox.host.start import start_template
from ..sandbox.host.student import Student
from ..sandbox.wire.problems import RemoteError
from . import diagnosis, evidence, grades, ties
from .by_traces import ByTraces
from .check import Check, Memory, worker_seed
from .exam import Exam
from .suspects import CourseWorker, LazyTraces

if TYPE_CHECKING:
    from ..course.catalogue import Rewrite

MAX_TEMPLATES = 3
MAX_ANSWERS = 5000  #: of one page's solution to other calls than those of the checks that are kept
MAX_DIAGNOSED = 200  #: exams whose diagnoses are kept


@dataclass
class References:
    """What solution and misconceptions did in the checks of one exercise, once per run."""

    solution: str
    oracle: diagnosis.Traces
    suspects: dict[str, diagnosis.Suspect]
    results: dict[str, CheckResult]  #: of the solution, in the checks that it was asked about
    answers: dict[bytes, Any] = field(default_factory=dict)  #: to other calls than those of the checks


class RunChecks(Protocol):
    """Runs the named checks (all when None) of an exam, until `stop` says so; the pytest plugin does it."""

    def __call__(self, exam: Exam, names: list[str] | None, stop: Callable[[CheckResult], bool] | None = None) -> None:
        """Run them."""


def _never(result: CheckResult) -> bool:
    return False


def _timed_out(result: CheckResult) -> bool:
    return result.status == "timeout"


class Judge:
    """Grades submissions.

    Args:
        checks: the collected checks of each exercise.
        run: runs the checks of an exam; the pytest plugin gives it.
    """

    def __init__(
        self, syllabus: Syllabus, trees: Trees, settings: Settings, checks: dict[str, list[Check]], run: RunChecks
    ):
        self.syllabus, self.trees, self.settings, self.checks = syllabus, trees, settings, checks
        self._run = run
        self.templates: OrderedDict[tuple[str, ...], WorkerSource] = OrderedDict()  #: warm, the last used last
        self._references: dict[str, References] = {}
        self._diagnosed: ByTraces[dict[str, list[Any]]] = ByTraces(MAX_DIAGNOSED)
        self._relations: ByTraces[dict[str, tuple[Relation, ...]]] = ByTraces(MAX_DIAGNOSED)
        self._twins: dict[int, Judge] = {}
        self._ours = CourseWorker()
        self._open: Exam | None = None  #: of a suspect of whom more may be asked
        self.relates = True  #: is it looked for what wrong answers have in common?
        self.memory: Memory | None = AnswerCache()  #: None to run every check every time
        torch.set_num_threads(1)

    def template(self, needs: tuple[str, ...]) -> WorkerSource:
        """Return the warm template for a tuple of needs; the least used are ended."""
        if needs not in self.templates:
            while len(self.templates) >= MAX_TEMPLATES:
                self.templates.popitem(last=False)[1].close()
            self.templates[needs] = start_template(self.settings.isolation, needs)
        self.templates.move_to_end(needs)
        return self.templates[needs]

    def adopt(self, needs: tuple[str, ...], template: WorkerSource) -> None:
        """Use a template that was started elsewhere."""
        self.templates[needs] = template

    def exam(self, submission: Submission, keep_output: bool = False, ours: bool = False) -> Exam:
        """Make a new exam; the caller closes it.

        Args:
            ours: the source is the course's own.
        """
        exercise = self.syllabus.exercises[submission.exercise]
        template = self.template(exercise.needs)
        return Exam(
            exercise, submission, template, self.settings.seed, keep_output=keep_output, memory=self.memory,
            worker=self._ours.take if ours else None,
        )  # fmt: skip

    def grade(self, submission: Submission) -> Grade:
        """Run every check and name what is known of the failures. What the reference fails counts for nobody.

        Of files that tie all are run, and the best one counts.
        """
        parts = ties.parts(submission)
        return ties.best(submission, [self.graded(self.examined(one), fair=one.problem is None) for one in parts])

    def examined(
        self,
        submission: Submission,
        names: list[str] | None = None,
        stop: Callable[[CheckResult], bool] | None = None,
    ) -> Exam:
        """Run every check of a submission (the named ones), until `stop` says so; return the finished exam."""
        with self.opened(submission) as exam:
            self.run(exam, names, stop)
        return exam

    @contextlib.contextmanager
    def opened(self, submission: Submission, patience: float = math.inf) -> Iterator[Exam]:
        """Open an exam to run checks of bit by bit, with one worker.

        Args:
            patience: seconds that no check may exceed, unless it has a limit of its own.
        """
        exam = self.exam(submission, self.settings.keep_output)
        exam.patience = patience
        try:
            yield exam
        finally:
            exam.close()

    def run(
        self, exam: Exam, names: list[str] | None = None, stop: Callable[[CheckResult], bool] | None = None
    ) -> None:
        """Run every check (the named ones) of an open exam, until `stop` says so."""
        self._run(exam, names, stop or (_timed_out if self.settings.fail_fast else None))

    def graded(self, exam: Exam, *, fair: bool = False) -> Grade:
        """Return the grade of a finished exam.

        Args:
            fair: ask the reference about every check, those that were passed too, so that a check that it fails counts
                for nobody; by default about the failures that can be diagnosed.
        """
        results = tuple(exam.results)
        if self.settings.diagnose:
            cheap = {check.name for check in self.checks[exam.exercise.address] if check.marks.replayable}
            failed = {result.name for result in results if result.status in ("failed", "error")}
            asked = {result.name for result in results} if fair else failed & cheap
            if asked:
                own = self._own_results(exam.exercise, asked)
                results = tuple(grades.fair(result, own.get(result.name), self.settings.seed) for result in results)
            if any(result.status in ("failed", "error") for result in results):
                results = self._related(exam, results) if self.relates else results
                try:
                    found = self.diagnose(exam.exercise, exam.traces)
                    results = tuple(grades.named(result, found.get(result.name, [])) for result in results)
                except GradusError:
                    raise
                except Exception as error:  # a mistake that cannot be named changes no grade
                    results = tuple(grades.unnamed(result, error) for result in results)
        return grades.make_grade(exam.submission, results, exam.seconds, self.settings, tuple(exam.load_problems))

    def _related(self, exam: Exam, results: tuple[CheckResult, ...]) -> tuple[CheckResult, ...]:
        """Tell with the results what is seen in all wrong answers of a function."""
        try:
            known = self.references(exam.exercise)
            solve = self._solver(exam.exercise, known)
            asked = partial(evidence.related, results, exam.traces, known.oracle, known.solution, solve)
            found = self._relations.find(exam.exercise.address, exam.traces, asked)
        except GradusError:
            raise
        except Exception as error:  # a fact that cannot be found changes no grade
            return tuple(grades.unnamed(result, error) for result in results)
        return tuple(
            replace(r, failure=replace(r.failure, relations=found[r.name])) if r.name in found and r.failure else r
            for r in results
        )

    def _solver(self, exercise: Exercise, known: References) -> evidence.Solve:
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
        template, limits = self.template(exercise.needs), Limits(memory_mb=exercise.memory_mb)
        student = self._ours.take(template, limits)
        try:
            student.load_source(exercise.name, [solution, evidence.ANSWERS])
            student.begin(worker_seed(exercise.address, ""), exercise.seconds)
            found = student.answers_of(function, wanted)
        except (StudentProblem, RemoteError):
            found = []
        self._ours.give_back(student, template, limits)
        return found if len(found) == len(wanted) else [None] * len(wanted)

    def _own_results(self, exercise: Exercise, names: set[str]) -> dict[str, CheckResult]:
        """Return how the solution ends in these checks, and in others; each is run once."""
        known = self.references(exercise)
        rest = [check.name for check in self.checks[exercise.address] if check.name in names - {*known.results}]
        if rest:
            exam = self._asked_first(catalogue.solution_submission(self.trees, exercise))
            self.run(exam, rest, stop=_never)
            known.results |= {result.name: result for result in exam.results}
        return known.results

    # -- diagnosis -------------------------------------------------------------------------------

    def references(self, exercise: Exercise) -> References:
        """Return the oracle's traces, run once."""
        if exercise.address not in self._references:
            submission = catalogue.solution_submission(self.trees, exercise)
            exam = self._replayed(submission)
            own = {result.name: result for result in exam.results}
            self._references[exercise.address] = References(submission.cells[0], exam.traces, {}, own)
        return self._references[exercise.address]

    def traces(self, submission: Submission, names: list[str] | None = None) -> diagnosis.Traces:
        """Return what a submission does in the replayable checks (the named ones)."""
        return self._replayed(submission, names).traces

    def _replayed(self, submission: Submission, names: list[str] | None = None) -> Exam:
        replayable = {c.name for c in self.checks[submission.exercise] if c.marks.replayable}
        wanted = [n for n in (names if names is not None else replayable) if n in replayable]
        exam = self._asked_first(submission)
        self.run(exam, wanted, stop=_never)
        return exam

    def _asked_first(self, submission: Submission) -> Exam:
        """Open an exam of a source of ours, which stays open until another is asked."""
        self._dismiss()
        self._open = self.exam(submission, ours=True)
        return self._open

    @contextlib.contextmanager
    def of_ours(self, submission: Submission) -> Iterator[Exam]:
        """Open an exam of a source of ours, whose worker takes the next one afterwards."""
        self._dismiss()
        exam = self.exam(submission, ours=True)
        try:
            yield exam
        finally:
            self._ours.give_back(exam.release(), exam.template, exam.limits)

    def _dismiss(self) -> None:
        """Whoever of ours was asked last is asked no more; the worker waits for another."""
        if self._open is not None:
            self._ours.give_back(self._open.release(), self._open.template, self._open.limits)
            self._open = None

    def rest(self) -> None:
        """Nothing will be asked for a while: no worker waits."""
        for judge in (self, *self._twins.values()):
            judge._dismiss()
            judge._ours.end()

    def diagnose(self, exercise: Exercise, traces: diagnosis.Traces) -> dict[str, list[Any]]:
        """Diagnose the failed checks of one exam; the same traces, recalled, have the same diagnoses."""
        oracle = self.references(exercise).oracle
        kept = {name: trace for name, trace in traces.items() if name in oracle}

        def found() -> dict[str, list[Any]]:
            functions = {f for trace in kept.values() if not trace.passed for f in diagnosis.functions_in(trace)}
            return diagnosis.diagnose(kept, oracle, self.suspects(exercise, functions), self._replayer(exercise))

        return self._diagnosed.find(exercise.address, kept, found)

    def left(
        self, exercise: Exercise, traces: diagnosis.Traces, suspects: list[diagnosis.Suspect]
    ) -> list[diagnosis.Suspect]:
        """Return the suspects that could still be named, as far as these traces go."""
        oracle = self.references(exercise).oracle
        replay = self._replayer(exercise)

        def open_to(suspect: diagnosis.Suspect) -> bool:
            names = [n for n in diagnosis.checks_of(suspect.rewrite.of, oracle) if n in traces]
            return diagnosis.contradicts_nothing(traces, oracle, suspect, names, replay)

        return [suspect for suspect in suspects if open_to(suspect)]

    def _replayer(self, exercise: Exercise) -> diagnosis.Replay:
        solution = self.references(exercise).solution

        def replay(rewrite: Rewrite, call: Call) -> Call | None:
            if not diagnosis.replayable(call):
                return None
            return self.calls_afresh(exercise, rewrite.submission(exercise, solution), [call])[0]

        return replay

    def calls_afresh(self, exercise: Exercise, submission: Submission, calls: list[Call]) -> list[Call | None]:
        """Make recorded calls of plain functions of ours again; None where the worker died."""
        records: list[Call | None] = []
        student: Student | None = None
        template, limits = self.template(exercise.needs), Limits(memory_mb=exercise.memory_mb)
        for call in calls:
            try:
                if student is None or not student.alive:
                    student = self._ours.take(template, limits)
                    student.load_source(exercise.name, list(submission.cells))
                student.begin(worker_seed(exercise.address, ""), exercise.seconds)
                with contextlib.suppress(RemoteError):  # the record holds how it ended
                    getattr(student, call.root)(*call.args, **call.kwargs)
                records.append(student.calls[0] if student.calls else None)
            except StudentProblem:
                records.append(None)
        self._ours.give_back(student, template, limits)
        return records

    def reseeded(self, seed: int) -> Judge:
        """Return the same judge, templates included, with another seed; it is kept, with what it finds out."""
        if seed == self.settings.seed:
            return self
        if seed in self._twins:
            return self._twins[seed]
        twin = self._twins[seed] = Judge(
            self.syllabus, self.trees, replace(self.settings, seed=seed), self.checks, self._run
        )
        twin.templates, twin.relates = self.templates, self.relates
        return twin

    def suspects(self, exercise: Exercise, functions: set[str]) -> list[diagnosis.Suspect]:
        """Return the misconceptions of these functions."""
        wrong = catalogue.misconceptions(self.trees, exercise)
        return [self.suspect(exercise, rewrite.name) for rewrite in wrong if rewrite.of in functions]

    def suspect(self, exercise: Exercise, name: str) -> diagnosis.Suspect:
        """Return the misconception of this name; what it does in a check is found out when it is asked for."""
        known = self.references(exercise)
        if name not in known.suspects:
            rewrite = next(m for m in catalogue.misconceptions(self.trees, exercise) if m.name == name)
            submission = rewrite.submission(exercise, known.solution)
            names = diagnosis.checks_of(rewrite.of, known.oracle)
            begun = False

            def ask(check: str) -> diagnosis.Traces:
                nonlocal begun
                exam = self._open
                if exam is None or exam.submission is not submission or not exam.template.alive:
                    exam, again, begun = self._asked_first(submission), begun, True
                else:
                    again = False
                upto = names if again else names[: names.index(check) + 1]  # asked again it answers everything
                self.run(exam, [name for name in upto if name not in exam.traces], stop=_never)
                return exam.traces

            known.suspects[name] = diagnosis.Suspect(rewrite, LazyTraces(names, ask))
        return known.suspects[name]

    def lost_a_template(self) -> bool:
        """Forget templates that ended by themselves, and tell whether there was one: the next exam starts another."""
        dead = [needs for needs, template in self.templates.items() if not template.alive]
        for needs in dead:
            self.templates.pop(needs).close()
        return bool(dead)

    def close(self) -> None:
        """End every worker and every template."""
        self.rest()
        while self.templates:
            self.templates.popitem()[1].close()
