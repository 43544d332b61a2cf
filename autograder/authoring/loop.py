"""An author's evening: a page is proved on every save, and each known mistake shows what a student would read."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from ..course import syllabus
from ..course.catalogue import Rewrite
from ..course.trees import Trees, installed
from ..errors import CourseError
from ..language import speaking
from ..model import CheckResult, Exercise, Grade, Settings
from ..sandbox.host.base import WorkerSource
from ..text import told
from . import build
from .breakers.room import failed
from .verify import Extent, run
from .verify.plan import Plan
from .verify.report import Report
from .verify.tasks import Seen
from .verify.verdicts import must_pass

PAUSE = 0.05  #: seconds between two looks at the files


@dataclass(frozen=True)
class Mistake:
    """A known mistake: the check that it dies by, "" where it lives, and what a student reads then."""

    name: str
    dies_by: str
    message: str


@dataclass(frozen=True)
class Own:
    """The solution or the stub: does it end as it should, and the sentences that say where it does not."""

    name: str
    right: bool
    message: str = ""


#: what is told of each source as soon as it is known, and how many known mistakes are still to come
Saw = Callable[[Mistake | Own, int], None]


class _Saved(Exception):
    """A file was saved while the page was looked at."""


@dataclass
class Look:
    """What one save made of a page.

    Args:
        mistakes: those that ran anew come first.
    """

    report: Report
    mistakes: list[Mistake] = field(default_factory=list)
    seconds: float = 0.0


def files(trees: Trees, address: str) -> list[Path]:
    """Return all that an author writes of a page."""
    return [
        trees.course / "course.toml", trees.lesson(address), trees.solution(address), trees.check(address),
        trees.misconception(address), trees.variant(address), trees.waiver(address), trees.drafts(address),
        trees.course / f"{address}_picture.py",
    ]  # fmt: skip


def saved(paths: list[Path]) -> tuple[tuple[int, int], ...]:
    """Return what tells that one of some files was saved."""
    found = []
    for path in paths:
        try:
            state = path.stat()
            found.append((state.st_mtime_ns, state.st_size))
        except OSError:
            found.append((0, 0))
    return tuple(found)


def looks(
    trees: Trees, address: str, template: WorkerSource, jobs: int, saw: Saw = lambda one, to_come: None
) -> Iterator[Look]:
    """Yield a look at a page now and after every save; breakers, mutants and first drafts are left to `gradus verify`.

    A save ends the look that is under way, and the next one begins.

    Args:
        saw: called with solution, stub and each known mistake that is run anew, as soon as it is known how they end.
    """
    before: tuple[tuple[int, int], ...] = ()
    while True:
        now = saved(files(trees, address))
        if now == before:
            time.sleep(PAUSE)
            continue
        before = now

        def waits(done: int, total: int, then: object = now) -> None:
            if saved(files(trees, address)) != then:
                raise _Saved

        with contextlib.suppress(_Saved):
            yield look(trees, address, template, jobs, saw=saw, progress=waits)


def look(
    trees: Trees,
    address: str,
    template: WorkerSource,
    jobs: int,
    *,
    breakers: bool = False,
    saw: Saw = lambda one, to_come: None,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Look:
    """Prove a page as it is saved now: its generated files are brought into step first.

    Args:
        breakers: its promises and first drafts, too, which takes some seconds.
        saw: see :func:`looks`.
        progress: called with (tasks done, tasks in all); what it raises ends the look.
    """
    started = time.perf_counter()
    plans: list[Plan] = []
    language = ""

    def ran(plan: Plan, name: str, answer: Seen | Grade, to_come: int) -> None:
        if isinstance(answer, Grade):
            saw(_own(plan.exercise, answer), to_come)
            return
        rewrite = next(one for one in plan.wrong if one.key == name)
        saw(_mistake(rewrite, answer.results, (language, trees.root)), to_come)

    try:
        course = syllabus.load(trees)
        if address not in course.exercises:
            raise CourseError(f"{trees.course / 'course.toml'}: {address} is not listed any more")
        if not installed(trees):
            build.write(trees, course.exercises[address])
        language = course.exercises[address].language
        extent = Extent(
            mutants=False, breakers=breakers, drafts=breakers, survivors=True, seeds=1, variant_seeds=1,
            by_check=True,
        )  # fmt: skip
        (report,) = run.verify(
            [address], course, trees, Settings(0, "plain"), extent, jobs=jobs, template=template,
            finished=plans.append, saw=ran, progress=progress,
        )  # fmt: skip
    except CourseError as error:
        report = Report(address, [str(error)], level="")
    except SyntaxError as error:
        report = Report(address, [f"{trees.solution(address)}, line {error.lineno}: {error.msg}"], level="")
    known = [(plan, rewrite) for plan in plans for rewrite in plan.wrong if rewrite.key in plan.grades]
    known.sort(key=lambda one: one[1].key not in one[0].changed)
    spoken = language, trees.root
    found = [_mistake(rewrite, plan.grades[rewrite.key].checks, spoken) for plan, rewrite in known]
    return Look(report, found, time.perf_counter() - started)


def _own(exercise: Exercise, grade: Grade) -> Own:
    """Return how the solution or the stub ended, in English as all that authors read."""
    name, passed = f"the {grade.student}", [check.name for check in grade.checks if check.status == "passed"]
    if grade.student == "stub" and not exercise.ships_solved:
        return Own(name, not passed, f"{name} passes {', '.join(passed)}" if passed else "")
    faults = must_pass({name: grade})
    return Own(name, not faults, "\n".join(faults))


def _mistake(rewrite: Rewrite, results: tuple[CheckResult, ...], spoken: tuple[str, Path]) -> Mistake:
    """Return what becomes of a known mistake, with what a student reads of it, in their language."""
    dead = [check for check in results if failed(check)]
    first = next((check for check in dead if check.name == rewrite.dies_by), dead[0] if dead else None)
    with speaking(*spoken):
        return Mistake(rewrite.key, first.name if first else "", told(first.failure) if first else "")
