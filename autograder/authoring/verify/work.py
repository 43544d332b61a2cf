"""What verify asks of a judge process: one method a kind of task."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import wraps
from typing import Any, TypeVar

from ...course import catalogue
from ...course.catalogue import Rewrite
from ...judging import diagnosis
from ...judging.calls import Traces, functions_in
from ...judging.exam import Exam
from ...judging.judge import Judge
from ...judging.kept_traces import packed, unpacked
from ...model import CheckResult, Exercise, Grade, Submission
from ...running.pool import Work
from ..breakers.alibis import Named, named
from ..breakers.page import Page
from ..breakers.room import Room, failed
from ..reach import by_cost, reached, users
from . import chance
from .mutation import Trials
from .tasks import Again, Altered, Collected, Draws, Ends, Fate, Mistaken, Naming, Rest, Seen, Told

#: what known mistakes did, by the page's address and their key
AllSeen = Mapping[str, Mapping[str, Seen]]
Known = TypeVar("Known")


def _noting(method: Callable[[Any, Any], Any]) -> Callable[[VerifyWork, Any], Told]:
    """Return with an answer of which definitions mistakes were looked for: others cannot have changed it."""

    @wraps(method)
    def noted(work: VerifyWork, subject: Any) -> Told:
        work.judge.ours.asked.clear()
        answer = method(work, subject)
        address = subject if isinstance(subject, str) else subject.exercise
        return Told(answer, work.definitions(address, work.judge.ours.asked))

    return noted


def _of_these(names: set[str], known: Mapping[str, Known]) -> dict[str, Known]:
    return {name: one for name, one in known.items() if name in names}


class VerifyWork(Work):
    """Answers verify's tasks beyond grading."""

    def __init__(self, judge: Judge, seen: AllSeen | None = None):
        super().__init__(judge)
        self._seen = dict(seen or {})
        judge.ours.recall = self._recalled
        judge.relates = judge.unravels = False  # nobody reads it here
        self._trials = Trials(judge)

    def _recalled(self, exercise: Exercise, rewrite: Rewrite) -> Traces:
        seen = self._seen.get(exercise.address, {}).get(rewrite.key)
        if seen is None or seen.traces is None:
            return {}
        return {name: unpacked(raw) for name, raw in seen.traces.items()}

    def definitions(self, address: str, functions: set[str]) -> tuple[str, ...]:
        """Return the definitions of a page's solution whose mistakes these functions tell."""
        if not functions:
            return ()
        known = self.judge.ours.references(self.judge.syllabus.exercises[address])
        return tuple(sorted(of for of in {*users(known.solution)} if functions & {*known.through(of)}))

    @_noting
    def grade(self, submission: Submission) -> Grade:  # type: ignore[override]  # verify's answers say what they rest on
        """Grade one submission; the solution is among what is verified, so no check is left out because it fails."""
        return self.judge.graded(self.judge.examined(submission))

    @_noting
    def draft(self, submission: Submission) -> Grade:
        """Grade a first draft as a student's, with all that the student reads."""
        self.judge.relates = self.judge.unravels = True
        try:
            with self.judge.opened(submission) as exam:
                self.judge.run(exam)
                return self.judge.graded(exam)
        finally:
            self.judge.relates = self.judge.unravels = False

    def collected(self, address: str) -> list[Collected]:
        """List the checks of a page."""
        checks = self.judge.checks[address]
        return [Collected(c.name, c.marks.points, c.marks.replayable, c.marks.training) for c in checks]

    def called(self, address: str) -> list[str]:
        """List the definitions that the replayable checks call."""
        exercise = self.judge.syllabus.exercises[address]
        oracle = self.judge.ours.references(exercise).oracle
        return sorted({f for trace in oracle.values() for f in functions_in(trace)})

    def seen(self, mistake: Mistaken, rest: Rest | None = None) -> Seen:
        """Run the checks that can notice a known mistake, but none that trains unless it should die by it.

        Args:
            rest: those of which it is known are not run.
        """
        exercise = self.judge.syllabus.exercises[mistake.exercise]
        known = self.judge.ours.references(exercise)
        *cheap, _ = by_cost(self.judge.checks[mistake.exercise])
        reachable = [name for names in cheap for name in names]
        using = users(known.solution)
        names = known.checks_of(mistake.of)
        touched = reached(known.solution, known.oracle, reachable, using.get(mistake.of, {*using}))
        wanted = {*touched, *names, mistake.dies_by}
        before = _of_these(wanted, rest.results) if rest is not None else {}
        with self.judge.ours.of_ours(mistake.submission) as exam:
            self.judge.run(exam, [*(wanted - {*before})], lambda result: False)
        traces = {name: packed(trace) for name, trace in exam.traces.items() if name in known.oracle}
        traces |= _of_these({*before}, rest.traces) if rest is not None else {}
        kept = {name: raw for name, raw in traces.items() if raw is not None}
        results = self._in_order(mistake.exercise, [*exam.results, *before.values()])
        notes = rest.notes if rest is not None else tuple(exam.workers.load_problems)
        return Seen(results, exam.seconds, notes, kept if len(kept) == len(traces) else None)

    def _in_order(self, address: str, results: list[CheckResult]) -> tuple[CheckResult, ...]:
        order = [check.name for check in self.judge.checks[address]]
        return tuple(sorted(results, key=lambda one: order.index(one.name)))

    @_noting
    def _graded_on(self, rest: Rest) -> Grade:
        """Grade a source that passed some checks; all of it again where it does not pass the others."""
        names = [check.name for check in self.judge.checks[rest.exercise] if check.name not in rest.results]
        exam = self.judge.examined(rest.subject, names)
        if any(result.status != "passed" for result in exam.results):
            return self.judge.graded(self.judge.examined(rest.subject))
        there = {check.name for check in self.judge.checks[rest.exercise]}
        before = _of_these(there, rest.results)
        exam.results = [*self._in_order(rest.exercise, [*exam.results, *before.values()])]
        return replace(self.judge.graded(exam), notes=rest.notes)

    def rest(self, rest: Rest) -> Seen | Told:
        """Ask of a source what is not known of it."""
        return self.seen(rest.subject, rest) if rest.kind == "seen" else self._graded_on(rest)

    def wrong(self, naming: Naming) -> Told:
        """Name all misconceptions of a page by what each of them did, which makes it a suspect, too.

        A check that trains, by which none should die, is run until one does.
        """
        exercise = self.judge.syllabus.exercises[naming.exercise]
        known = self.judge.ours.references(exercise)
        self._seen[naming.exercise] = naming.seen
        exams = []
        for rewrite in catalogue.misconceptions(self.judge.trees, exercise):
            seen, names = naming.seen[rewrite.key], known.checks_of(rewrite.of)
            exam = self._again(rewrite.submission(exercise, known.solution), seen)
            traces = {name: exam.traces[name] for name in names}
            known.suspects[rewrite.key] = diagnosis.Suspect(rewrite, traces, known.through(rewrite.of)[0])
            exams.append((exam, seen))
        for name in by_cost(self.judge.checks[naming.exercise])[-1]:
            for exam, _ in exams:
                if name not in {result.name for result in exam.results}:
                    exam.results += self.judge.examined(exam.submission, [name], stop=lambda result: False).results
                if any(result.name == name and failed(result) for result in exam.results):
                    break
        named = [replace(self.judge.graded(exam), seconds=seen.seconds, notes=seen.notes) for exam, seen in exams]
        return Told(named, tuple(users(known.solution)))

    def _again(self, submission: Submission, seen: Seen) -> Exam:
        """Return the exam of a mistake as it ended; it is run again where its traces could not be kept."""
        if seen.traces is None:
            return self.judge.examined(submission, [one.name for one in seen.results], stop=lambda result: False)
        exam = self.judge.exam(submission)
        exam.results, exam.traces = [*seen.results], {name: unpacked(raw) for name, raw in seen.traces.items()}
        return exam

    @_noting
    def mutant(self, subject: Altered) -> Fate:
        """Ask one mutant."""
        return self._trials.fate(subject)

    def breakers(self, address: str) -> Page:
        """Ask the breakers of a page."""
        return Room(self.judge).page(address)

    def alibis(self, address: str) -> list[Named]:
        """Ask which breakers of a page are called by a name."""
        return named(self.judge, address)

    def again(self, subject: Again) -> Page:
        """Ask the breakers of a page at another seed."""
        return Room(self.judge.reseeded(subject.seed)).page(subject.exercise)

    def draws(self, subject: Draws) -> list[Ends]:
        """Run one source at many seeds."""
        return chance.drawn(self.judge, subject)
