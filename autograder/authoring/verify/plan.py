"""What is asked about one page, and the answers as they come."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from ...course import catalogue
from ...course.catalogue import Rewrite
from ...course.drafts import Draft, drafts
from ...course.trees import Trees
from ...errors import CourseError
from ...model import Exercise, Grade, Submission
from ...running.pool import Task
from .. import build
from ..breakers.page import Page
from ..mutate import Mutant, mutants, mutants_of_variant, sample
from ..reach import users
from .report import Report
from .tasks import Again, Altered, Collected, Draws, Ends, Fate, Mistaken, Naming, Rest, Seen

CHUNK = 50  #: seeds of one task
TRAINING = 50  #: where a check that trains is run at one seed, the others are run at this many
BREAKERS = 10  #: where breakers are asked at one seed more, everybody else is graded at this many more


@dataclass(frozen=True)
class Extent:
    """How much is proved.

    Args:
        level: how far every page is proved; None for as far as its own front matter says.
        mutants: of the solutions and of the variants.
        of_variants: how many of a page's variants, chosen by content; None for all.
        breakers: break the solutions' promises.
        drafts: grade the first drafts.
        strict_breakers: a breaker that survives without a waiver is a fault, and a promise that nothing proves.
        survivors: a breaker that survives without a waiver is a fault of a proven page, too.
        alibis: ask which breakers are called by the name of a known mistake.
        strict_drafts: first drafts that are too few, or too little understood, are a fault.
        by_check: what a check that is as it was is known to have said holds, though others changed.
        seeds: at how many the solution is graded, before checks that do not train.
        variant_seeds, wrong_seeds, breaker_seeds: the same of variants, of misconceptions and of breakers.
    """

    level: str | None = None
    mutants: bool = True
    of_variants: int | None = 8
    breakers: bool = True
    drafts: bool = True
    strict_breakers: bool = False
    survivors: bool = False
    alibis: bool = False
    strict_drafts: bool = False
    by_check: bool = False
    seeds: int = 5
    variant_seeds: int = 2
    wrong_seeds: int = 1
    breaker_seeds: int = 1

    @classmethod
    def at_seeds(cls, seeds: int, reference_seeds: int = 0) -> Extent:
        """Return the extent in which everybody meets so many seeds, breakers a tenth of them, the solution more."""
        solution, further = max(seeds, reference_seeds), seeds // BREAKERS
        return cls(seeds=solution, variant_seeds=seeds, wrong_seeds=seeds, breaker_seeds=1 + further)


@dataclass
class Plan:
    """The tasks of one page and the answers as they come.

    Args:
        written: where each source is written, by its name.
        seen: what each misconception did, by its key; `changed` are those of whom that was not known before.
        drafted: the grades of the first drafts, by title.
        again: the breakers' fates at further seeds.
        ends: how the checks ended at further seeds, by the source's name.
    """

    exercise: Exercise
    report: Report
    extent: Extent
    solution: str
    wrong: tuple[Rewrite, ...] = ()
    right: tuple[Rewrite, ...] = ()
    mutants: list[Mutant] = field(default_factory=list)
    written: dict[str, str] = field(default_factory=dict)
    grades: dict[str, Grade] = field(default_factory=dict)
    seen: dict[str, Seen] = field(default_factory=dict)
    changed: list[str] = field(default_factory=list)
    drafted: dict[str, Grade] = field(default_factory=dict)
    fates: dict[str, Fate] = field(default_factory=dict)
    checks: list[Collected] = field(default_factory=list)
    called: list[str] = field(default_factory=list)
    again: list[tuple[int, Page]] = field(default_factory=list)
    ends: dict[str, dict[str, Ends]] = field(default_factory=dict)
    drafts: tuple[Draft, ...] = ()

    def submission(self, name: str, text: str) -> Submission:
        """Return a source of ours as a submission."""
        return Submission(name, self.exercise.address, f"{self.exercise.name}.py", (text,))

    def tasks(self) -> list[Task]:
        """List everything that is asked about the page, beside what :meth:`next` asks."""
        address, extent = self.exercise.address, self.extent
        solution = self.submission("solution", self.solution)
        right = [r.submission(self.exercise, self.solution) for r in self.right]
        wrong = [r.submission(self.exercise, self.solution) for r in self.wrong]
        stub = build.stub_text(self.solution, self.exercise)
        tasks: list[Task] = [("grade", solution), ("grade", self.submission("stub", stub))]
        tasks += [
            ("seen", Mistaken(submission, rewrite.of, rewrite.dies_by))
            for rewrite, submission in zip(self.wrong, wrong, strict=True)
        ]
        tasks += [("collected", address), ("called", address)]
        tasks += [("draft", draft.submission(self.exercise, stub)) for draft in self.drafts]
        tasks += [("grade", submission) for submission in right]
        using = users(self.solution)
        for mutant in self.mutants:
            reach = tuple(sorted(using.get(mutant.owner, {*using})))
            tasks.append(("mutant", Altered(self.submission(mutant.name, mutant.source), reach)))
        if extent.breakers and self.report.level != "draft" and not self.exercise.ships_solved:
            tasks.append(("breakers", address))
            tasks += [("alibis", address)] if extent.alibis else []
            tasks += [("again", Again(address, seed)) for seed in range(1, extent.breaker_seeds)]
        tasks += self._draws(solution, extent.seeds)
        for submission in right:
            tasks += self._draws(submission, extent.variant_seeds)
        for submission in wrong:
            tasks += self._draws(submission, extent.wrong_seeds)
        return tasks

    def next(self) -> list[Task]:
        """List what can be asked once it is known what every misconception did: how each is named."""
        if not self.wrong or any(one.key not in self.seen for one in self.wrong):
            return []
        return [("wrong", Naming(self.exercise.address, self.seen))]

    @staticmethod
    def _draws(submission: Submission, seeds: int) -> list[Task]:
        """List the tasks of one source at further seeds than the first, at which it is graded anyway."""
        return [
            ("draws", Draws(submission, first, min(first + CHUNK, end), trains))
            for trains, end in ((False, seeds), (True, 1 + seeds // TRAINING))
            for first in range(1, end, CHUNK)
        ]

    def take(self, task: Task, answer: object) -> None:
        """Take in the answer to a task, a text where there is none."""
        kind, subject = task
        if isinstance(answer, str):
            what = subject.kind if isinstance(subject, Rest) else kind
            self.report.faults.append(f"{what} {getattr(subject, 'student', '')}: {answer}")
        elif isinstance(answer, Grade) and kind == "draft":
            self.drafted[answer.student] = answer
        elif isinstance(answer, Grade):
            self.grades[answer.student] = answer
        elif isinstance(answer, Seen):
            self.seen[subject.student] = answer
        elif isinstance(answer, Fate):
            self.fates[subject.student] = answer
        elif isinstance(answer, Page) and isinstance(subject, Again):
            self.again.append((subject.seed, answer))
        elif isinstance(answer, Page):
            self.report.breakers = answer
        elif isinstance(answer, list) and kind == "wrong":
            self.grades.update({grade.student: grade for grade in answer})
        elif isinstance(answer, list) and kind == "alibis":
            self.report.named = answer
        elif isinstance(answer, list) and kind == "draws":
            known = self.ends.setdefault(subject.student, {})
            for end in answer:
                known[end.check] = known[end.check].and_then(end) if end.check in known else end
        else:
            setattr(self, "checks" if kind == "collected" else "called", answer)


def planned(exercise: Exercise, trees: Trees, report: Report, extent: Extent) -> Plan:
    """Read the files of a page.

    Raises:
        CourseError: one is missing or cannot be read.
        SyntaxError: the solution is no Python.
    """
    if not trees.check(exercise.address).is_file():
        raise CourseError(f"{trees.check(exercise.address)}: the checks are missing; `gradus new` makes them")
    solution = catalogue.solution_text(trees, exercise)
    wrong, right = catalogue.misconceptions(trees, exercise), catalogue.variants(trees, exercise)
    made = []
    if extent.mutants and report.level == "proven" and exercise.mutants and not exercise.ships_solved:
        made = mutants(solution) + _of_variants(solution, right, exercise, extent.of_variants)
    written = {"solution": _place(trees, trees.solution(exercise.address))}
    for path, rewrites in ((trees.misconception, wrong), (trees.variant, right)):
        place = _place(trees, path(exercise.address))
        written |= {r.key: f"{place}, line {r.line}" for r in rewrites}
    first = drafts(trees, exercise) if extent.drafts else ()
    return Plan(exercise, report, extent, solution, wrong, right, made, written, drafts=first)


def _place(trees: Trees, path: object) -> str:
    return str(path).removeprefix(f"{trees.root}/")


def _of_variants(solution: str, right: tuple[Rewrite, ...], exercise: Exercise, count: int | None) -> list[Mutant]:
    """Make mutants of the variants, each a whole source."""
    made = [
        replace(m, variant=r.name, source=replace(r, source=m.source).submission(exercise, solution).cells[0])
        for r in right for m in mutants_of_variant(r, users(solution))
    ]  # fmt: skip
    return made if count is None else sample(made, count)
