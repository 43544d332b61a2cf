"""The judge: grades one job after another with checks that were collected once.

A job is one submission of one exercise. Whatever happens to it, the answer is a Grade.
"""

from __future__ import annotations

import contextlib
import math
from collections import OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from typing import Any

import torch

from ..course.page_files import contents
from ..course.trees import Trees
from ..errors import GradusError, SandboxError
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
from ..sandbox.host.base import WorkerSource
from ..sandbox.host.problem import StudentProblem
from ..sandbox.host.start import start_template
from . import diagnosis, evidence, grades, ties
from .by_traces import ByTraces
from .calls import Traces, functions_in
from .check import Check, Memory
from .exam import Exam
from .ours import CourseSources, RunChecks
from .pairs import named_in_pairs
from .slice_cache import SliceCache
from .suspects import CourseWorker
from .unraveller import Unraveller

MAX_TEMPLATES = 3
MAX_DIAGNOSED = 200  #: exams whose diagnoses are kept


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
        self._diagnosed: ByTraces[dict[str, list[Any]]] = ByTraces(MAX_DIAGNOSED)
        self._relations: ByTraces[dict[str, tuple[Relation, ...]]] = ByTraces(MAX_DIAGNOSED)
        self._twins: dict[int, Judge] = {}
        self.ours = CourseSources(
            trees, checks, lambda submission, worker: self.exam(submission, worker=worker), run, self.template
        )
        self.relates = True  #: is it looked for what wrong answers have in common?
        self.unravels = True  #: are failed checks run again, to see what follows from another function's slip?
        self.memory: Memory | None = AnswerCache()  #: None to run every check every time
        self.alike: SliceCache | None = SliceCache()  #: None to ask every submission everything
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

    def exam(self, submission: Submission, keep_output: bool = False, worker: CourseWorker | None = None) -> Exam:
        """Make a new exam; the caller closes it.

        Args:
            worker: takes the source, which is the course's own.
        """
        exercise = self.syllabus.exercises[submission.exercise]
        template = self.template(exercise.needs)
        return Exam(
            exercise, submission, template, self.settings.seed, keep_output=keep_output, memory=self.memory,
            alike=self.alike if self.memory is not None else None,
            worker=worker.take if worker is not None else None, beside=contents(self.trees, exercise.address),
        )  # fmt: skip

    def grade(self, submission: Submission) -> Grade:
        """Run every check and name what is known of the failures. What the reference fails counts for nobody.

        Of files that tie all are run, and the best one counts.
        """
        return ties.best(submission, [self._grade(one) for one in ties.parts(submission)])

    def _grade(self, submission: Submission) -> Grade:
        with self.opened(submission) as exam:
            self.run(exam)
            return self.graded(exam, fair=submission.problem is None)

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
        if self.settings.diagnose and not self.trees.without_solutions():
            cheap = {check.name for check in self.checks[exam.exercise.address] if check.marks.replayable}
            failed = {result.name for result in results if result.status in ("failed", "error")}
            asked = {result.name for result in results} if fair else failed & cheap
            if asked:
                own = self.ours.own_results(exam.exercise, asked)
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
            results = self._unravelled(exam, results) if self.unravels else results
        return grades.make_grade(
            exam.submission, results, exam.seconds, self.settings, tuple(exam.workers.load_problems)
        )

    def _related(self, exam: Exam, results: tuple[CheckResult, ...]) -> tuple[CheckResult, ...]:
        """Tell with the results what is seen in all wrong answers of a function."""
        try:
            known = self.ours.references(exam.exercise)
            solve = self.ours.solver(exam.exercise, known)
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

    def _unravelled(self, exam: Exam, results: tuple[CheckResult, ...]) -> tuple[CheckResult, ...]:
        """Tell with the results what follows from another function's slip, and what a check did not come to see."""
        if not exam.workers.template.alive:  # a notebook's kernel has gone on
            return results
        try:
            quick = {check.name for check in self.checks[exam.exercise.address] if not check.marks.training}
            return Unraveller(exam, self.ours, self._run, quick, self.diagnose).told(results)
        except (SandboxError, StudentProblem):  # a template ended, a busy machine: words are missing, and no point
            return results
        except GradusError:
            raise
        except Exception as error:  # what cannot be told apart changes no grade
            return tuple(grades.unnamed(result, error) for result in results)

    def rest(self) -> None:
        """Nothing will be asked for a while: no worker waits."""
        for judge in (self, *self._twins.values()):
            judge.ours.rest()

    def diagnose(self, exercise: Exercise, traces: Traces, function: str = "") -> dict[str, list[Any]]:
        """Diagnose the failed checks of one exam; the same traces, recalled, have the same diagnoses.

        Args:
            function: by the mistakes of this one alone.
        """
        oracle = self.ours.references(exercise).oracle
        kept = {name: trace for name, trace in traces.items() if name in oracle}
        failing = {f for trace in kept.values() if not trace.passed for f in functions_in(trace)}
        functions = {function} if function else failing
        self.ours.asked |= functions

        def found() -> dict[str, list[Any]]:
            suspects = self.ours.suspects(exercise, functions)
            replay = self.ours.replayer(exercise)
            told = diagnosis.diagnose(kept, oracle, suspects, replay)
            return told | named_in_pairs(told, kept, oracle, suspects, replay)

        return self._diagnosed.find(f"{exercise.address} {function}", kept, found)

    def reseeded(self, seed: int) -> Judge:
        """Return the same judge, templates included, with another seed; it is kept, with what it finds out."""
        if seed == self.settings.seed:
            return self
        if seed in self._twins:
            return self._twins[seed]
        twin = self._twins[seed] = Judge(
            self.syllabus, self.trees, replace(self.settings, seed=seed), self.checks, self._run
        )
        twin.templates, twin.relates, twin.unravels = self.templates, self.relates, self.unravels
        twin.ours.asked = self.ours.asked
        return twin

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
