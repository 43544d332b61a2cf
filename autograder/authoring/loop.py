"""An author's evening: a page is proved on every save, and each known mistake shows what a student would read."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from ..course import syllabus
from ..course.catalogue import Rewrite
from ..course.trees import Trees, installed
from ..errors import CourseError
from ..language import speaking
from ..model import Grade, Settings
from ..sandbox.host.base import WorkerSource
from ..text import told
from . import build
from .breakers.room import failed
from .verify import Extent, run
from .verify.plan import Plan
from .verify.report import Report

PAUSE = 0.05  #: seconds between two looks at the files


@dataclass(frozen=True)
class Mistake:
    """A known mistake: the check that it dies by, "" where it lives, and what a student reads then."""

    name: str
    dies_by: str
    message: str


@dataclass
class Look:
    """What one save made of a page."""

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


def looks(trees: Trees, address: str, template: WorkerSource, jobs: int) -> Iterator[Look]:
    """Yield a look at a page now and after every save; breakers and mutants are left to `gradus verify`."""
    before: tuple[tuple[int, int], ...] = ()
    while True:
        now = saved(files(trees, address))
        if now == before:
            time.sleep(PAUSE)
            continue
        before = now
        yield look(trees, address, template, jobs)


def look(trees: Trees, address: str, template: WorkerSource, jobs: int, *, breakers: bool = False) -> Look:
    """Prove a page as it is saved now: its generated files are brought into step first.

    Args:
        breakers: its promises, too, which takes some seconds.
    """
    started = time.perf_counter()
    plans: list[Plan] = []
    try:
        course = syllabus.load(trees)
        if address not in course.exercises:
            raise CourseError(f"{trees.course / 'course.toml'}: {address} is not listed any more")
        if not installed(trees):
            build.write(trees, course.exercises[address])
        extent = Extent(mutants=False, breakers=breakers, survivors=True, seeds=1, variant_seeds=1)
        (report,) = run.verify(
            [address], course, trees, Settings(0, "plain"), extent, jobs=jobs, template=template, finished=plans.append
        )
    except CourseError as error:
        report = Report(address, [str(error)], level="")
    except SyntaxError as error:
        report = Report(address, [f"{trees.solution(address)}, line {error.lineno}: {error.msg}"], level="")
    spoken = course.exercises[address].language if plans else "", trees.root
    known = [(plan, rewrite) for plan in plans for rewrite in plan.wrong if rewrite.key in plan.grades]
    found = [_mistake(plan, rewrite, spoken) for plan, rewrite in known]
    return Look(report, found, time.perf_counter() - started)


def _mistake(plan: Plan, rewrite: Rewrite, spoken: tuple[str, Path]) -> Mistake:
    """Return what becomes of a known mistake, with what a student reads of it, in their language."""
    grade: Grade = plan.grades[rewrite.key]
    dead = [check for check in grade.checks if failed(check)]
    first = next((check for check in dead if check.name == rewrite.dies_by), dead[0] if dead else None)
    with speaking(*spoken):
        return Mistake(rewrite.key, first.name if first else "", told(first.failure) if first else "")
