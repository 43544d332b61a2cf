"""What becomes of one mutant: who notices it, is it blamed truly, does it differ at all?"""

from __future__ import annotations

import math

from ...course import catalogue
from ...judging import diagnosis
from ...judging.answers import same_answer
from ...judging.calls import checks_of, replayable
from ...judging.exam import Exam
from ...judging.judge import Judge
from ...model import CheckResult, Exercise, Grade, Submission
from ...sandbox.host.record import Call
from ..breakers.room import failed
from ..fuzz import variations
from ..reach import by_cost, reached
from .tasks import Altered, Fate

FUZZ = 6  #: random calls made of each recorded one
RECORDED = 40  #: recorded calls of which they are made
PATIENCE = 1.0  #: seconds that a mutant gets for a check that does not train: many a mutant is an endless loop


class Trials:
    """Asks mutants, one after another.

    Args:
        judge: of the course.
    """

    def __init__(self, judge: Judge):
        self.judge = judge
        self._answers: dict[str, tuple[list[Call], list[Call | None]]] = {}

    def fate(self, subject: Altered) -> Fate:
        """Find out whether a mutant is noticed; if so, whether it is blamed truly, if not, whether it differs."""
        submission = subject.submission
        exercise = self.judge.syllabus.exercises[submission.exercise]
        reach, seen = set(subject.reach), []
        with self.judge.ours.of_ours(submission) as exam:
            exam.patience = PATIENCE
            known = self.judge.ours.references(exercise)
            checks = by_cost(self.judge.checks[submission.exercise])
            phases = [reached(known.solution, known.oracle, names, reach) for names in checks]
            for names in phases:  # training: only for those that survive the rest
                seen += names
                self.judge.run(exam, names, failed)
                killer = next((result.name for result in exam.results if failed(result)), "")
                if killer:  # a student's grade has every check; here at least all of the cheap ones speak
                    asked = list(dict.fromkeys([*seen, *phases[0], *phases[1]]))
                    return Fate(killer, True, tuple(self._accusations(exercise, exam, asked, reach)))
            return Fate("", self._differs(exercise, exam, seen))

    def _accusations(self, exercise: Exercise, exam: Exam, names: list[str], reach: set[str]) -> list[str]:
        """List the false diagnoses of a mutant that failed a check.

        Whoever is to be named must agree with it in every check of a function that the change reaches: the checks
        so far rule out most; the rest are run until they have ruled out all.
        """
        suspects = self.judge.ours.left(exercise, exam.traces, self.judge.ours.suspects(exercise, reach))

        def settled(result: CheckResult) -> bool:
            nonlocal suspects
            suspects = self.judge.ours.left(exercise, {result.name: exam.traces[result.name]}, suspects)
            return not suspects or result.status == "timeout"

        if suspects:
            exam.patience = math.inf
            rest = [name for name in names if name not in exam.traces]  # what the change cannot reach tells nothing
            self.judge.run(exam, rest, settled)
        return self._false(exercise, exam.submission, self.judge.graded(exam)) if suspects else []

    def _false(self, exercise: Exercise, submission: Submission, grade: Grade) -> list[str]:
        """List the diagnoses that the mutant's behaviour under another seed contradicts."""
        failures = [check.failure for check in grade.checks if check.failure is not None]
        exact = dict.fromkeys(one.name for failure in failures for one in failure.diagnosis if one.exact)
        if not exact:
            return []
        twin = self.judge.reseeded(self.judge.settings.seed + 1)
        oracle = twin.ours.references(exercise).oracle
        found = []
        wrong = catalogue.misconceptions(self.judge.trees, exercise)
        for name in exact:
            fits = False
            for rewrite in (one for one in wrong if one.name == name):
                suspect = twin.ours.suspect(exercise, rewrite.key)
                names = [n for n in checks_of(suspect.function, oracle) if n in suspect.traces]
                traces = twin.ours.traces(submission, names)
                fits |= diagnosis.contradicts_nothing(traces, oracle, suspect, names, lambda rewrite, call: None)
            if not fits:
                found.append(name)
        return found

    def _differs(self, exercise: Exercise, exam: Exam, names: list[str]) -> bool:
        """Tell whether a mutant ever answers otherwise than the solution: in the checks, or on random calls."""
        twin = self.judge.reseeded(self.judge.settings.seed + 1)
        for judge in (self.judge, twin):
            oracle = judge.ours.references(exercise).oracle
            other = exam.traces if judge is self.judge else judge.ours.traces(exam.submission, names)
            for name in (name for name in names if name in oracle):
                trace, calls = oracle[name], other[name].calls
                if len(calls) != len(trace.calls) or not all(map(same_answer, trace.calls, calls)):
                    return True
        calls, right = self._fuzzed(exercise)
        for expected, got in zip(right, self.judge.ours.calls_afresh(exercise, exam.submission, calls), strict=True):
            if expected is None or got is None or expected.outcome[0] == got.outcome[0] == "error":
                continue
            if not same_answer(expected, got):
                return True
        return False

    def _fuzzed(self, exercise: Exercise) -> tuple[list[Call], list[Call | None]]:
        """Make random calls like those of the checks, and what the solution answers to them, once a page."""
        if exercise.address not in self._answers:
            oracle = self.judge.ours.references(exercise).oracle
            recorded = [call for trace in oracle.values() for call in trace.calls]
            calls = [call for call in recorded if (call.args or call.kwargs) and replayable(call)]
            made: list[Call] = []
            for number, call in enumerate(calls[:RECORDED]):
                made += variations(call, [c for c in calls if c.root == call.root], FUZZ, number)
            solution = catalogue.solution_submission(self.judge.trees, exercise)
            self._answers[exercise.address] = made, self.judge.ours.calls_afresh(exercise, solution, made)
        return self._answers[exercise.address]
