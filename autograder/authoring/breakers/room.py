"""Does every breaker of a page die? The reference is watched once, then each breaker is asked until it dies."""

from __future__ import annotations

import contextlib
from collections import Counter
from typing import Any

from ...errors import CourseError
from ...judging.judge import Judge
from ...judging.ours import References
from ...model import CheckResult, Exercise, Submission
from ...sandbox.host.problem import StudentProblem
from ...text import told
from ..reach import by_cost, reached, users
from .page import Fate, Page
from .registry import proposals
from .target import Breaker, Target, targets_of
from .worker_source import worker_text

PATIENCE = 1.0  #: seconds that a breaker gets for a check that does not train
SILENT = "the docstring does not say"


class Room:
    """Asks the breakers of one page.

    Checks that train in earnest are not asked: each breaker would be trained.

    Args:
        judge: of the page's course.
    """

    def __init__(self, judge: Judge):
        self.judge = judge

    def page(self, address: str) -> Page:
        """Return the fates of all breakers of a page, before its waivers are read."""
        judge = self.judge
        exercise = judge.syllabus.exercises[address]
        known = judge.ours.references(exercise)
        targets = self.watched(exercise, known)
        called = [target for target in targets if target.facts.get("calls")]
        uncalled = tuple(t.name for t in targets if not t.facts.get("calls"))
        kills: Counter[tuple[str, str]] = Counter()
        fates = [
            self.fate(exercise, known, target, breaker, kills) for target in called for breaker in proposals(target)
        ]
        return Page(address, tuple(fates), uncalled, {target.name: target.doc for target in targets})

    # -- what the reference shows ----------------------------------------------------------------

    def watched(self, exercise: Exercise, known: References) -> list[Target]:
        """Return the targets of a page with the facts of all calls that its checks make."""
        targets = targets_of(known.solution)
        names = [target.name for target in targets]
        recorder = worker_text("tools", "derive", "notes", "recorder")
        recorder += f"\n\nrecorded_facts = watch(globals(), {names!r})\n"
        checks = self.cheap(exercise.address)
        facts, ended = self._asked(exercise, (known.solution, recorder), checks, "recorded_facts")
        if ended:  # being watched took too long there, and what was known by then went with the worker
            rest = [name for name in checks if name not in ended]
            facts, _ = self._asked(exercise, (known.solution, recorder), rest, "recorded_facts")
        if checks and targets and not facts:  # else a page of which nothing was seen would have no hole
            raise CourseError(f"{exercise.address}: what the solution shows in its checks could not be recorded")
        for target in targets:
            outer, inner = facts.get(target.name, ({}, {}))
            target.inner = not outer.get("calls")
            target.facts = inner if target.inner else outer
        return targets

    def cheap(self, address: str) -> list[str]:
        """Return the checks that do not train in earnest, those first that say most about behaviour."""
        *phases, _ = by_cost(self.judge.checks[address])
        return [name for names in phases for name in names]

    def _asked(
        self, exercise: Exercise, cells: tuple[str, ...], names: list[str], what: str, enough: bool = False
    ) -> tuple[dict[str, Any], list[str]]:
        """Run checks on a source of ours; what a name of it holds then, and the checks that ended its worker.

        Args:
            enough: stop as soon as it holds something.
        """
        submission = Submission("watched", exercise.address, f"{exercise.name}.py", cells)
        found: dict[str, Any] = {}
        with self.judge.ours.of_ours(submission) as exam:
            for batch in [[name] for name in names] if enough else [names]:
                self.judge.run(exam, batch, lambda result: False)
                if exam.workers.load_problems:
                    raise CourseError(f"{exercise.address}: {exam.workers.load_problems[0]}")
                with contextlib.suppress(StudentProblem):
                    found = getattr(exam.workers.plain, what) if exam.workers.plain is not None else {}
                if enough and found:
                    break
        ended = [result.name for result in exam.results if result.status in ("timeout", "crashed", "memory")]
        return found if isinstance(found, dict) else {}, ended

    # -- what becomes of a breaker ---------------------------------------------------------------

    def fate(
        self, exercise: Exercise, known: References, target: Target, breaker: Breaker, kills: Counter[tuple[str, str]]
    ) -> Fate:
        """Ask one breaker until it dies; whoever survives must differ from the reference.

        Args:
            kills: how often a check rejected breakers of a target, which grows.
        """

        def made(fate: str, **more: str) -> Fate:
            return Fate(target.name, breaker.family, breaker.what, fate, **more)

        using = users(known.solution)
        names = reached(known.solution, known.oracle, self.cheap(exercise.address), using.get(target.root, {*using}))
        submission = Submission(breaker.name, exercise.address, f"{exercise.name}.py", (known.solution, breaker.source))

        def calls_it(name: str) -> bool:
            return any(call.root == target.root for call in known.oracle[name].calls) if name in known.oracle else False

        names.sort(key=lambda name: (-kills[target.name, name], not calls_it(name)))
        killer = self.killer(submission, names)
        if killer is not None:
            kills[target.name, killer.name] += 1
            return made("dies", by=killer.name, why=" ".join(told(killer.failure).split())[:300])
        shown = self.difference(exercise, known, target, breaker, names)
        if breaker.needs_proof and not shown:
            return made("does not apply")
        said = " | ".join(target.sentences(breaker.word)[:4]) if breaker.word else ""
        return made("survives", said=said or SILENT, shown=shown or "every call")

    def killer(self, submission: Submission, names: list[str]) -> CheckResult | None:
        """Return the result of the first of these checks that rejects a breaker, None where all accept it."""
        with self.judge.ours.of_ours(submission) as exam:
            exam.patience = PATIENCE
            for name in names:
                self.judge.run(exam, [name])
                if exam.workers.load_problems:
                    raise CourseError(f"{submission.exercise}: {submission.student}: {exam.workers.load_problems[0]}")
                result = exam.results[-1]
                if result.status == "timeout":  # perhaps the machine was busy: again, with the time that students have
                    result = self.judge.examined(submission, [name]).results[-1]
                if failed(result):
                    return result
        return None

    def difference(
        self, exercise: Exercise, known: References, target: Target, breaker: Breaker, names: list[str]
    ) -> str:
        """Return a call that tells a breaker from the reference: of the checks, or one derived from theirs; else ""."""
        keep = f"_reference = {target.name}\n"
        compare = worker_text("tools", "derive", "notes", "compare")
        compare += f"\n\nfound = compare_with(globals(), {target.name!r}, _reference, {list(breaker.conditions)!r})\n"
        cells = (known.solution, keep, breaker.source, compare)
        if breaker.source.splitlines()[-1].partition(" = ")[0] != target.name:  # a class is broken as a whole
            return ""
        found, _ = self._asked(exercise, cells, names, "found", enough=True)
        return str(found.get("recorded") or next(iter(found.values()), ""))


def failed(result: CheckResult) -> bool:
    """Tell whether the check rejected it."""
    return result.status not in ("passed", "skipped")
