"""A grading run from end to end: what was handed in, the gradebook, the judges, the files written."""

from __future__ import annotations

import contextlib
import hashlib
import json
import platform
import secrets
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from ..course.trees import Trees
from ..errors import GradebookError
from ..export.files import write_csv, write_json, write_whole
from ..gradebook.regrade import Preview
from ..gradebook.store import Gradebook, checks_key, grade_key
from ..model import CheckResult, Grade, Settings, Submission, Syllabus
from ..report.page import class_parts, page_name, student_page


@dataclass(frozen=True)
class Outcome:
    """What a run made: the grades, how many of them were known before, and the facts of the run."""

    grades: list[Grade]
    reused: int
    run: dict[str, Any]
    sources: dict[tuple[str, str], Submission] = field(default_factory=dict)  #: by student and exercise


def installed(name: str) -> str:
    """The version of a distribution, "?" when it is not installed as one."""
    try:
        return version(name)
    except PackageNotFoundError:
        return "?"


def facts(settings: Settings) -> dict[str, Any]:
    """What a reader needs to repeat a run."""
    return {
        "seed": settings.seed,
        "started": datetime.now(UTC).isoformat(timespec="seconds"),
        "gradus": installed("gradus-course"),
        "torch": installed("torch"),
        "python": platform.python_version(),
        "isolation": settings.isolation,
        "data": settings.data,
    }


def assignment_seed(book: Gradebook, given: int | None) -> int:
    """The seed of the assignment: the given one, else the one kept with the gradebook, else a fresh one."""
    kept = book.setting("seed")
    seed = given if given is not None else int(kept) if kept is not None else secrets.randbelow(1 << 31)
    if kept is None:
        book.keep_setting("seed", str(seed))
    return seed


@contextlib.contextmanager
def alone_in(out: Path) -> Iterator[None]:
    """The one run that writes into this folder.

    Raises:
        GradebookError: another one is at work there.
    """
    from filelock import FileLock, Timeout

    out.mkdir(parents=True, exist_ok=True)
    lock = FileLock(out / ".lock")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise GradebookError(f"{out}: another run is at work here; wait for it, or name another --out") from None
    try:
        yield
    finally:
        lock.release()


class _Shared:
    """What grades have in common, kept once: over ten thousand grades of a page most checks are told alike."""

    def __init__(self) -> None:
        self._known: dict[bytes, CheckResult] = {}

    def grade(self, grade: Grade) -> Grade:
        """An equal grade, whose parts are those of earlier ones where they are equal."""
        exercise, status, isolation = map(sys.intern, (grade.exercise, grade.status, grade.isolation))
        checks = tuple(map(self._check, grade.checks))
        return replace(grade, exercise=exercise, status=status, isolation=isolation, checks=checks)

    def _check(self, check: CheckResult) -> CheckResult:
        if check.plot is not None or check.output:
            return check  # large, and hardly ever equal to another
        text = repr(check)  # tells 1 from 1.0, which are equal
        key = hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()
        return self._known.setdefault(key, check)


def grade_class(
    submissions: list[Submission],
    syllabus: Syllabus,
    trees: Trees,
    settings: Settings,
    book: Gradebook | Preview,
    *,
    jobs: int,
    on_grade: Callable[[Grade, bool], None] = lambda grade, reused: None,
    executor: str = "",
) -> Outcome:
    """Grade a class; what the gradebook knows is not run again.

    Args:
        on_grade: called with each grade and whether it was known.
        executor: where to grade, as ``dask://host:port``; here by default.
    """
    environment = f"{installed('torch')} {platform.python_version()}"
    checks = {a: checks_key(trees, syllabus.exercises[a]) for a in {s.exercise for s in submissions}}

    def key_of(one: Submission | Grade) -> str:
        checked = checks[one.exercise]
        return grade_key(one.digest, checked, environment, settings.seed, settings.isolation, settings.data)

    grades: list[Grade] = []
    shared = _Shared()
    todo: list[Submission] = []
    for submission in submissions:
        known = book.known(submission.student, submission.exercise, key_of(submission))
        if known is None:
            todo.append(submission)
        else:
            grades.append(shared.grade(known))
            on_grade(known, True)
    reused = len(grades)

    def keep(grade: Grade) -> Grade:
        grade = shared.grade(replace(grade, key=key_of(grade)))
        book.add(grade)
        grades.append(grade)
        on_grade(grade, False)
        return grade  # for whoever else keeps it: the one that shares its parts

    if todo and executor:
        from .dask import grade_over
        from .pool import internal

        grade_over(executor, todo, settings, checks, keep, lambda s, why: internal(s, syllabus, settings, why))
    elif todo:
        from ..sandbox.host.launch import start_template
        from ..sandbox.worker.fork_server import MANY

        needs = Counter(syllabus.exercises[s.exercise].needs for s in todo).most_common(1)[0][0]
        # it warms up while torch is imported here
        template = start_template(settings.isolation, needs, many=len(todo) > MANY)
        try:
            from .pool import grade_many  # imports torch: not needed when all is known

            grade_many(todo, syllabus, trees, settings, jobs=jobs, on_grade=keep, template=template)
        finally:
            template.close()
    sources = {(s.student, s.exercise): s for s in submissions}
    return Outcome(in_order(grades, syllabus), reused, facts(settings), sources)


def _write_students(outcome: Outcome, syllabus: Syllabus, folder: Path) -> dict[str, str]:
    """A page for each student whose code is at hand; pages of students who are gone go. Where each page is."""
    students: dict[str, list[Grade]] = {}
    for grade in outcome.grades:
        students.setdefault(grade.student, []).append(grade)
    names = {student: page_name(student) for student in students}
    folder.mkdir(exist_ok=True)
    ours = set(names.values())
    for page in folder.glob("*.html"):
        if page.name not in ours:
            page.unlink()
    for student, grades in students.items():
        found = {g.exercise: outcome.sources.get((student, g.exercise)) for g in grades}
        sources = {address: source for address, source in found.items() if source is not None}
        if sources:
            write_whole(folder / names[student], student_page(grades, sources, syllabus, outcome.run))
    return {student: f"students/{name}" for student, name in names.items() if (folder / name).is_file()}


def rewrite_results(book: Gradebook, syllabus: Syllabus, out: Path) -> list[Path]:
    """The files of a run as the gradebook has it now, its facts as they were; the files."""
    try:
        run = json.loads((out / "grades.json").read_text(encoding="utf-8"))["run"]
    except (OSError, ValueError, KeyError, TypeError):
        run = {}
    grades = [history[-1] for history in book.histories().values()]
    return write_results(Outcome(in_order(grades, syllabus), len(grades), run), syllabus, out)


def in_order(grades: list[Grade], syllabus: Syllabus) -> list[Grade]:
    """By student, then as the course goes."""
    order = {address: number for number, address in enumerate(syllabus.exercises)}
    return sorted(grades, key=lambda grade: (grade.student, order.get(grade.exercise, -1)))


def write_results(outcome: Outcome, syllabus: Syllabus, out: Path) -> list[Path]:
    """Write ``grades.json``, ``grades.csv``, ``report.html`` and a page for each student; the first three files.

    Raises:
        GradebookError: they cannot be written, on a full disk for one; those that were there stay as they were.
    """
    files = [out / "grades.json", out / "grades.csv", out / "report.html"]
    try:
        out.mkdir(parents=True, exist_ok=True)
        write_json(files[0], outcome.run, outcome.grades)
        write_csv(files[1], outcome.grades)
        pages = _write_students(outcome, syllabus, out / "students")
        write_whole(files[2], class_parts(outcome.grades, syllabus, outcome.run, pages))
    except OSError as error:
        what = "what was graded is kept; run the same command once that is mended"
        place = error.filename2 or error.filename or out  # of a replacement: what was to be replaced
        raise GradebookError(f"{place}: the results cannot be written ({error.strerror}); {what}") from None
    return files
