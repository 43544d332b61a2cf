"""What verify asks of a judge process: one method a kind of task."""

from __future__ import annotations

from ...course import catalogue
from ...judging import diagnosis
from ...judging.judge import Judge
from ...model import Grade, Submission
from ...running.pool import Work
from ..breakers.alibis import Named, named
from ..breakers.page import Page
from ..breakers.room import Room, failed
from ..reach import by_cost, reached, users
from . import chance
from .mutation import Trials
from .tasks import Again, Altered, Collected, Draws, Ends, Fate


class VerifyWork(Work):
    """Answers verify's tasks beyond grading."""

    def __init__(self, judge: Judge):
        super().__init__(judge)
        judge.relates = judge.unravels = False  # nobody reads it here
        self._trials = Trials(judge)

    def grade(self, submission: Submission) -> Grade:
        """Grade one submission; the solution is among what is verified, so no check is left out because it fails."""
        return self.judge.graded(self.judge.examined(submission))

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
        return sorted({f for trace in oracle.values() for f in diagnosis.functions_in(trace)})

    def wrong(self, address: str) -> list[Grade]:
        """Grade all misconceptions of a page, each run once: what it did also makes it a suspect.

        A check that trains is run for those that should die by it; where none should, until one does.
        """
        exercise = self.judge.syllabus.exercises[address]
        known = self.judge.ours.references(exercise)
        *cheap, dear = by_cost(self.judge.checks[address])
        reachable = [name for names in cheap for name in names]
        using = users(known.solution)
        exams = []
        for rewrite in catalogue.misconceptions(self.judge.trees, exercise):
            submission = rewrite.submission(exercise, known.solution)
            names = known.checks_of(rewrite.of)
            touched = reached(known.solution, known.oracle, reachable, using.get(rewrite.of, {*using}))
            exam = self.judge.examined(submission, [*touched, *names, rewrite.dies_by], stop=lambda result: False)
            known.suspects[rewrite.key] = diagnosis.Suspect(
                rewrite, {n: exam.traces[n] for n in names}, known.through(rewrite.of)[0]
            )
            exams.append(exam)
        for name in dear:
            for exam in exams:
                if name not in {result.name for result in exam.results}:
                    exam.results += self.judge.examined(exam.submission, [name], stop=lambda result: False).results
                if any(result.name == name and failed(result) for result in exam.results):
                    break
        return [self.judge.graded(exam) for exam in exams]

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
