"""Does the course keep its word? Solutions, stubs, misconceptions, variants, mutants, generated files.

Everything is graded by the same judge as students are; this module decides what must come out.
"""

from __future__ import annotations

import ast
import math
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..course import catalogue
from ..course.catalogue import Rewrite
from ..course.syllabus import read_text, split_lesson
from ..course.trees import Trees
from ..errors import CourseError
from ..judging import diagnosis
from ..judging.exam import Exam
from ..judging.judge import Judge
from ..model import CheckResult, Exercise, Grade, Settings, Submission, Syllabus
from ..running.pool import Task, Work, run_tasks
from ..sandbox.host.record import Call
from ..sandbox.host.student import Student
from ..text import told
from . import build
from .breakers import cache, waivers
from .breakers.audit import unproved
from .breakers.page import Page
from .breakers.room import Room
from .breakers.target import targets_of
from .fuzz import variations
from .mutate import Mutant, mutants
from .reach import by_cost, reached, users

MIN_MISCONCEPTIONS, MIN_VARIANTS, MIN_HINTS = 4, 2, 2
MIN_KILLED = 0.95
FUZZ = 6
PATIENCE = 1.0  #: seconds that a mutant gets for a check that does not train: many a mutant is an endless loop


@dataclass
class Report:
    """What verify found out about one exercise; it is in order when `faults` is empty."""

    address: str
    faults: list[str] = field(default_factory=list)
    checks: int = 0
    misconceptions: int = 0
    variants: int = 0
    killed: int = 0
    equivalent: int = 0
    survivors: list[str] = field(default_factory=list)
    unmutated: list[str] = field(default_factory=list)
    breakers: Page | None = None
    unproved: list[str] = field(default_factory=list)

    @property
    def mutants(self) -> int:
        """Mutants that differ from the solution."""
        return self.killed + len(self.survivors)


@dataclass(frozen=True)
class Altered:
    """A mutant as a task: its submission, and the definitions whose answers the change can reach."""

    submission: Submission
    reach: tuple[str, ...]

    @property
    def exercise(self) -> str:
        """The address."""
        return self.submission.exercise

    @property
    def student(self) -> str:
        """The mutant's name."""
        return self.submission.student


@dataclass(frozen=True)
class Fate:
    """What became of one mutant."""

    killed_by: str = ""
    differs: bool = True
    false_accusations: tuple[str, ...] = ()


class VerifyWork(Work):
    """What verify asks of a judge process beyond grading."""

    def __init__(self, judge: Judge):
        super().__init__(judge)
        self._answers: dict[str, tuple[list[Call], list[Call | None]]] = {}

    def grade(self, submission: Submission) -> Grade:
        """Grade one submission; the solution is among what is verified, so no check is left out because it fails."""
        return self.judge.graded(self.judge.examined(submission))

    def collected(self, address: str) -> list[tuple[str, float, bool]]:
        """(name, points, replayable) of the checks of an exercise."""
        return [(c.name, c.marks.points, c.marks.replayable) for c in self.judge.checks[address]]

    def called(self, address: str) -> list[str]:
        """The definitions that the replayable checks call."""
        exercise = self.judge.syllabus.exercises[address]
        oracle = self.judge.references(exercise).oracle
        return sorted({f for trace in oracle.values() for f in diagnosis.functions_in(trace)})

    def wrong(self, address: str) -> list[Grade]:
        """The grades of all misconceptions of an exercise, each run once: what it did also makes it a suspect.

        A check that trains is run for those that should die by it; where none should, until one does.
        """
        exercise = self.judge.syllabus.exercises[address]
        known = self.judge.references(exercise)
        *cheap, dear = by_cost(self.judge.checks[address])
        reachable = [name for names in cheap for name in names]
        using = users(known.solution)
        exams = []
        for rewrite in catalogue.misconceptions(self.judge.trees, exercise):
            submission = rewrite.submission(exercise, known.solution)
            names = diagnosis.checks_of(rewrite.of, known.oracle)
            touched = self._reached(exercise, reachable, using.get(rewrite.of, {*using}))
            exam = self.judge.examined(submission, [*touched, *names, rewrite.dies_by], stop=lambda result: False)
            known.suspects[rewrite.name] = diagnosis.Suspect(rewrite, {n: exam.traces[n] for n in names})
            exams.append(exam)
        for name in dear:
            for exam in exams:
                if name not in {result.name for result in exam.results}:
                    exam.results += self.judge.examined(exam.submission, [name], stop=lambda result: False).results
                if any(result.name == name and _failed(result) for result in exam.results):
                    break
        return [self.judge.graded(exam) for exam in exams]

    def _reached(self, exercise: Exercise, names: list[str], reach: set[str]) -> list[str]:
        known = self.judge.references(exercise)
        return reached(known.solution, known.oracle, names, reach)

    def mutant(self, subject: Altered) -> Fate:
        """Is a mutant noticed? If so, is it blamed truly; if not, does it differ at all?"""
        submission = subject.submission
        exercise = self.judge.syllabus.exercises[submission.exercise]
        reach, seen = set(subject.reach), []
        with self.judge.opened(submission, PATIENCE) as exam:
            phases = [
                self._reached(exercise, names, reach) for names in by_cost(self.judge.checks[submission.exercise])
            ]
            for names in phases:  # training: only for those that survive the rest
                seen += names
                self.judge.run(exam, names, _failed)
                killer = next((result.name for result in exam.results if _failed(result)), "")
                if killer:  # a student's grade has every check; here at least all of the cheap ones speak
                    known = list(dict.fromkeys([*seen, *phases[0], *phases[1]]))
                    return Fate(killer, True, tuple(self._accusations(exercise, exam, known, reach)))
            return Fate("", self._differs(exercise, exam, seen))

    def breakers(self, address: str) -> Page:
        """The fates of the breakers of an exercise."""
        return Room(self.judge).page(address)

    def _accusations(self, exercise: Exercise, exam: Exam, names: list[str], reach: set[str]) -> list[str]:
        """The false diagnoses of a mutant that failed a check.

        Whoever is to be named must agree with it in every check of a function that the change reaches: the checks
        so far rule out most; the rest are run until they have ruled out all.
        """
        suspects = self.judge.left(exercise, exam.traces, self.judge.suspects(exercise, reach))

        def settled(result: CheckResult) -> bool:
            nonlocal suspects
            suspects = self.judge.left(exercise, {result.name: exam.traces[result.name]}, suspects)
            return not suspects or result.status == "timeout"

        if suspects:
            exam.patience = math.inf
            rest = [name for name in names if name not in exam.traces]  # what the change cannot reach tells nothing
            self.judge.run(exam, rest, settled)
        return self._false(exercise, exam.submission, self.judge.graded(exam)) if suspects else []

    def _false(self, exercise: Exercise, submission: Submission, grade: Grade) -> list[str]:
        """Diagnoses that the mutant's behaviour under another seed contradicts."""
        if not grade.diagnoses:
            return []
        twin = self.judge.reseeded(self.judge.settings.seed + 1)
        oracle = twin.references(exercise).oracle
        found = []
        for name in grade.diagnoses:
            suspect = twin.suspect(exercise, name)
            names = [n for n in diagnosis.checks_of(suspect.rewrite.of, oracle) if n in suspect.traces]
            traces = twin.traces(submission, names)
            if not diagnosis.contradicts_nothing(traces, oracle, suspect, names, lambda rewrite, call: None):
                found.append(name)
        return found

    def _differs(self, exercise: Exercise, exam: Exam, names: list[str]) -> bool:
        twin = self.judge.reseeded(self.judge.settings.seed + 1)
        for judge in (self.judge, twin):
            oracle = judge.references(exercise).oracle
            other = exam.traces if judge is self.judge else judge.traces(exam.submission, names)
            for name in (name for name in names if name in oracle):
                trace, calls = oracle[name], other[name].calls
                if len(calls) != len(trace.calls) or not all(map(diagnosis.same_answer, trace.calls, calls)):
                    return True
        calls, right = self._fuzzed(exercise)
        for expected, got in zip(right, self.judge.calls_afresh(exercise, exam.submission, calls), strict=True):
            if expected is None or got is None or expected.outcome[0] == got.outcome[0] == "error":
                continue
            if not diagnosis.same_answer(expected, got):
                return True
        return False

    def _fuzzed(self, exercise: Exercise) -> tuple[list[Call], list[Call | None]]:
        """Random calls like those of the checks, and what the solution answers; made once."""
        if exercise.address not in self._answers:
            oracle = self.judge.references(exercise).oracle
            recorded = [call for trace in oracle.values() for call in trace.calls]
            calls = [call for call in recorded if (call.args or call.kwargs) and diagnosis.replayable(call)]
            made: list[Call] = []
            for number, call in enumerate(calls[:40]):
                made += variations(call, [c for c in calls if c.root == call.root], FUZZ, number)
            solution = catalogue.solution_submission(self.judge.trees, exercise)
            self._answers[exercise.address] = made, self.judge.calls_afresh(exercise, solution, made)
        return self._answers[exercise.address]


def _failed(result: CheckResult) -> bool:
    return result.status not in ("passed", "skipped")


@dataclass
class _Plan:
    """The tasks of one exercise and the answers as they come."""

    exercise: Exercise
    report: Report
    solution: str
    wrong: tuple[Rewrite, ...]
    right: tuple[Rewrite, ...]
    mutants: list[Mutant]
    grades: dict[str, Grade] = field(default_factory=dict)
    fates: dict[str, Fate] = field(default_factory=dict)
    checks: list[tuple[str, float, bool]] = field(default_factory=list)
    called: list[str] = field(default_factory=list)

    def submission(self, name: str, text: str) -> Submission:
        return Submission(name, self.exercise.address, f"{self.exercise.name}.py", (text,))

    def tasks(self) -> list[Task]:
        address = self.exercise.address
        tasks: list[Task] = [("collected", address), ("called", address)]
        tasks.append(("grade", self.submission("solution", self.solution)))
        stub = build.stub_text(self.solution, self.exercise)
        tasks.append(("grade", self.submission("stub", stub)))
        tasks.append(("wrong", address))
        tasks += [("grade", r.submission(self.exercise, self.solution)) for r in self.right]
        using = users(self.solution)
        for mutant in self.mutants:
            reach = tuple(sorted(using.get(mutant.owner, {*using})))
            tasks.append(("mutant", Altered(self.submission(mutant.name, mutant.source), reach)))
        return tasks


def verify(
    addresses: list[str],
    syllabus: Syllabus,
    trees: Trees,
    settings: Settings,
    *,
    jobs: int,
    with_mutants: bool = True,
    with_breakers: bool = False,
    strict_breakers: bool = False,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> list[Report]:
    """Verify some exercises.

    Args:
        with_breakers: break the solutions' promises too; what did not change since the last time is not run again.
        strict_breakers: a breaker that survives without a waiver is a fault.
        progress: called with (tasks done, tasks in all).
    """
    plans: dict[str, _Plan] = {}
    reports: list[Report] = []
    for address in addresses:
        exercise = syllabus.exercises[address]
        report = Report(address)
        reports.append(report)
        try:
            plans[address] = _plan(exercise, trees, report, with_mutants)
            report.faults += statics(exercise, trees, plans[address].wrong, plans[address].right)
        except CourseError as error:
            report.faults.append(str(error))
            plans.pop(address, None)  # what cannot be built cannot be graded
        except SyntaxError as error:
            report.faults.append(f"{trees.solution(address)}, line {error.lineno}: {error.msg}")
            plans.pop(address, None)
    tasks = [task for plan in plans.values() for task in plan.tasks()]
    keys: dict[str, str] = {}
    for address, plan in plans.items():
        if with_breakers and not plan.exercise.ships_solved:
            keys[address] = cache.page_key(trees, plan.exercise, settings)
            plan.report.breakers = cache.recall(trees, address, keys[address])
            if plan.report.breakers is None:
                tasks.append(("breakers", address))
    count = 0

    def done(task: Task, answer: Any) -> None:
        nonlocal count
        count += 1
        progress(count, len(tasks))
        kind, subject = task
        plan = plans[subject if isinstance(subject, str) else subject.exercise]
        if isinstance(answer, str):
            plan.report.faults.append(f"{kind} {getattr(subject, 'student', '')}: {answer}")
        elif kind == "grade":
            plan.grades[subject.student] = answer
        elif kind == "wrong":
            plan.grades.update({grade.student: grade for grade in answer})
        elif kind == "breakers":
            plan.report.breakers = answer
            cache.keep(trees, answer, keys[answer.address])
        elif kind == "mutant":
            plan.fates[subject.student] = answer
        else:
            setattr(plan, "checks" if kind == "collected" else "called", answer)

    run_tasks(tasks, list(plans), syllabus, trees, settings, jobs=jobs, done=done, work=VerifyWork)
    for plan in plans.values():
        judge_plan(plan)
        _judge_breakers(plan.report, trees, strict_breakers)
    return reports


def _judge_breakers(report: Report, trees: Trees, strict: bool) -> None:
    """Read the waivers of a page, and say what survives without one."""
    if report.breakers is None:
        return
    try:
        report.breakers = page = waivers.judged(report.breakers, trees.waiver(report.address))
    except CourseError as error:
        report.faults.append(str(error))
        return
    report.faults += page.faults
    report.unproved = unproved(targets_of(read_text(trees.solution(report.address), "the solution is missing")), page)
    if strict:
        report.faults += [f"nothing rejects the breaker {fate.name!r}: {fate.shown}" for fate in page.of("survives")]


def _plan(exercise: Exercise, trees: Trees, report: Report, with_mutants: bool) -> _Plan:
    if not trees.check(exercise.address).is_file():
        raise CourseError(f"{trees.check(exercise.address)}: the checks are missing; `gradus new` makes them")
    solution = catalogue.solution_text(trees, exercise)
    wrong, right = catalogue.misconceptions(trees, exercise), catalogue.variants(trees, exercise)
    made = mutants(solution) if with_mutants and exercise.mutants and not exercise.ships_solved else []
    return _Plan(exercise, report, solution, wrong, right, made)


def statics(exercise: Exercise, trees: Trees, wrong: tuple[Rewrite, ...], right: tuple[Rewrite, ...]) -> list[str]:
    """Faults that show without running anything: counts, signatures, drifted files."""
    faults = []
    if len(wrong) < MIN_MISCONCEPTIONS:
        faults.append(f"{len(wrong)} misconceptions; the standard asks for {MIN_MISCONCEPTIONS} or more")
    if len({r.name for r in right}) < MIN_VARIANTS:
        faults.append(f"{len(right)} correct variants; the standard asks for {MIN_VARIANTS} or more")
    if len(exercise.hints) < MIN_HINTS:
        faults.append(f"{len(exercise.hints)} hints; the standard asks for {MIN_HINTS} or more")
    faults += swallowing(trees.check(exercise.address))
    _, lesson = split_lesson(trees.lesson(exercise.address))
    if "![" not in lesson:
        faults.append("the lesson has no picture")
    solution = signatures(catalogue.solution_text(trees, exercise))
    taken = sorted(name for name in solution if hasattr(Student, name) or name in ("calls", "peer", "process"))
    if taken:
        faults.append(f"checks cannot reach {', '.join(taken)}: the student fixture has attributes of these names")
    for rewrite in (*wrong, *right):
        for name, signature in signatures(rewrite.source).items():
            if name in solution and not _compatible(signature, solution[name]):
                faults.append(
                    f"{rewrite.name!r}: the signature of {name} is not the solution's ({', '.join(solution[name])})"
                )
    faults += [f"{path} is not what `gradus build` would write; run it" for path in build.drifted(trees, exercise)]
    return faults


def swallowing(path: Path) -> list[str]:
    """Where a check catches what is not its to catch: the end of the student's side."""
    caught = {"BaseException", "StudentProblem"}
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ExceptHandler):
            names = {n.id for n in ast.walk(node.type) if isinstance(n, ast.Name)} if node.type is not None else caught
            if names & caught:
                found.append(f"{path}, line {node.lineno}: a check must not catch how the student's side ends")
    return found


def signatures(text: str) -> dict[str, list[str]]:
    """The parameters, with their defaults, of every function and method of a source."""
    found: dict[str, list[str]] = {}

    def visit(body: list[ast.stmt], prefix: str) -> None:
        for node in body:
            if isinstance(node, ast.ClassDef):
                visit(node.body, f"{prefix}{node.name}.")
            elif isinstance(node, ast.FunctionDef):
                plain = node.args.posonlyargs + node.args.args
                defaults = [""] * (len(plain) - len(node.args.defaults)) + [
                    f"={ast.unparse(d)}" for d in node.args.defaults
                ]
                found[prefix + node.name] = [a.arg + d for a, d in zip(plain, defaults, strict=True)]
                for a, d in zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True):
                    found[prefix + node.name].append(f"*, {a.arg}" + (f"={ast.unparse(d)}" if d else ""))

    visit(ast.parse(text).body, "")
    return found


def _compatible(mine: list[str], solution: list[str]) -> bool:
    """The same parameters in the same order; further ones with defaults may follow."""
    return mine[: len(solution)] == solution and all("=" in extra for extra in mine[len(solution) :])


def judge_plan(plan: _Plan) -> None:
    """Compare what came out with what must."""
    report, grades, exercise = plan.report, plan.grades, plan.exercise
    faults = report.faults
    names = [name for name, _, _ in plan.checks]
    replayable = {name for name, _, cheap in plan.checks if cheap}
    report.checks, report.misconceptions = len(names), len(plan.wrong)
    report.variants = len({r.name for r in plan.right})
    total = sum(points for _, points, _ in plan.checks)
    if plan.checks and abs(total - exercise.points) > 1e-9:
        faults.append(f"its checks are worth {total:g} points, the front matter says {exercise.points:g}")
    broken: set[str] = set()  # what the solution fails tells nothing of the misconceptions
    if "solution" in grades:
        faults += _must_pass("the solution", grades["solution"])
        broken = {c.name for c in grades["solution"].checks if _failed(c)}
    if "stub" in grades:
        passing = [c.name for c in grades["stub"].checks if c.status == "passed"]
        if exercise.ships_solved:
            faults += _must_pass("the stub, which ships solved,", grades["stub"])
        elif passing:
            faults.append(f"the stub passes {', '.join(passing)}")
    killed_by: set[str] = set()
    for rewrite in plan.wrong:
        grade = grades.get(rewrite.name)
        if grade is None:
            continue
        dead = [c.name for c in grade.checks if _failed(c)]
        killed_by |= set(dead)
        forbidden = any(c.name == rewrite.dies_by and c.status == "forbidden" for c in grade.checks)
        if rewrite.dies_by not in names:
            faults.append(f"{rewrite.name!r} names the check {rewrite.dies_by}, which does not exist")
        elif rewrite.dies_by not in dead:
            faults.append(f"{rewrite.name!r} is not rejected by {rewrite.dies_by} (but by {', '.join(dead) or 'none'})")
        elif not forbidden and rewrite.dies_by in replayable - broken:
            named = next(c.diagnosis for c in grade.checks if c.name == rewrite.dies_by)
            if named != (rewrite.name,):
                faults.append(
                    f"{rewrite.name!r} is diagnosed as {', '.join(map(repr, named)) or 'nothing'} by {rewrite.dies_by}"
                )
    faults += [f"{name} rejects no misconception" for name in names if name not in killed_by]
    for name in dict.fromkeys(r.name for r in plan.right):
        if name in grades:
            faults += _must_pass(f"the variant {name!r}", grades[name])
    _judge_mutants(plan)


def _must_pass(what: str, grade: Grade) -> list[str]:
    bad = [c for c in grade.checks if _failed(c)]
    return [f"{what} fails {c.name} ({c.status}): {' '.join(told(c.failure).split())[:400]}" for c in bad]


def _judge_mutants(plan: _Plan) -> None:
    report = plan.report
    for mutant in plan.mutants:
        fate = plan.fates.get(mutant.name)
        if fate is None:
            continue
        if mutant.owner and mutant.owner not in plan.called and fate.killed_by == "":
            report.unmutated.append(mutant.name)
        elif fate.killed_by:
            report.killed += 1
        elif fate.differs:
            report.survivors.append(mutant.name)
        else:
            report.equivalent += 1
        for name in fate.false_accusations:
            report.faults.append(f"the mutant {mutant.name!r} is falsely accused: {name!r}")
    if report.mutants and report.killed < MIN_KILLED * report.mutants:
        report.faults.append(
            f"{report.killed} of {report.mutants} differing mutants die, fewer than {MIN_KILLED:.0%}: "
            + "; ".join(report.survivors[:12])
        )
