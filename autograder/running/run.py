"""A grading run from end to end: what was handed in, the gradebook, the judges, the files written."""

from __future__ import annotations

import contextlib
import json
import platform
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ..course.trees import Trees
from ..errors import GradebookError
from ..export.files import read_run, write_csv, write_json, write_whole
from ..gradebook import seeds
from ..gradebook.class_totals import ClassTotals, counting, of_book, of_grades, with_all
from ..gradebook.codes import secret_of
from ..gradebook.database import stored
from ..gradebook.kept_code import Code, KeptCode
from ..gradebook.keys import course_key, engine, grade_key, installed, libraries, page_keys
from ..gradebook.regrade import Preview
from ..gradebook.store import Gradebook
from ..judging.ties import graded_part
from ..model import Grade, Settings, Submission, Syllabus
from ..report import written
from ..report.faults import fault_lines
from ..report.page import class_parts, graded, made_of, page_name, restated, standing, student_page

UNFINISHED = "unfinished seed"  #: of a run that has begun to grade and not ended
DATA = "data of the pages"  #: which of its data sets each page was graded with last, as JSON by address
RUN = "run"  #: the facts of the last run that graded something, as JSON


@dataclass(frozen=True)
class Outcome:
    """What a run made: the grades, how many of them were known before, and the facts of the run."""

    grades: list[Grade]
    reused: int
    run: dict[str, Any]
    sources: dict[tuple[str, str], Submission] = field(default_factory=dict)  #: by student and exercise
    totals: ClassTotals | None = None  #: where everybody stands, as far as the grades alone tell where nothing is said

    @property
    def told(self) -> dict[str, Any]:
        """The facts of the run with the grader's own faults in these grades: for teachers, as they name the seed."""
        faults = fault_lines(self.grades)
        plain = {name: value for name, value in self.run.items() if name != "faults"}
        return {**plain, "faults": faults} if faults else plain


def facts(settings: Settings, course: str) -> dict[str, Any]:
    """Return what a reader needs to repeat a run, teachers only: it holds the seed.

    Args:
        course: the hash of :func:`~autograder.gradebook.keys.course_key`.
    """
    return {
        "seed": settings.seed,
        "started": datetime.now(UTC).isoformat(timespec="seconds"),
        "gradus": installed("gradus-course"),
        "torch": installed("torch"),
        "python": platform.python_version(),
        "libraries": libraries(),
        "engine": engine()[:12],
        "course": course[:12],
        "isolation": settings.isolation,
        "data": settings.data,
    }


def run_seed(book: Gradebook, given: int | None) -> int:
    """Return the seed of a run: the given one, that of a run that was stopped, else one that nobody ever had."""
    kept = book.setting(UNFINISHED)
    return given if given is not None else int(kept) if kept is not None and kept.isdecimal() else seeds.fresh()


def graded_with(book: Gradebook | Preview) -> dict[str, str]:
    """Return which data set each page was graded with last, of those that were graded since this is kept."""
    try:
        found = json.loads(book.setting(DATA) or "{}")
    except ValueError:
        return {}
    return {str(page): str(name) for page, name in found.items()} if isinstance(found, dict) else {}


def note_data(book: Gradebook | Preview, data: Mapping[str, str]) -> None:
    """Keep which data set these pages were graded with, for who grades them again."""
    before = graded_with(book)
    if {**before, **data} != before:
        book.keep_setting(DATA, json.dumps({**before, **data}, sort_keys=True))


@contextlib.contextmanager
def alone_in(out: Path) -> Iterator[None]:
    """Hold off every other run that would write into this folder.

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


@contextlib.contextmanager
def unless_at_work(out: Path) -> Iterator[bool]:
    """Hold off every other run, and yield True; False where one is at work there."""
    try:
        lock = alone_in(out)
        lock.__enter__()
    except GradebookError:
        yield False
        return
    try:
        yield True
    finally:
        lock.__exit__(None, None, None)


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
    exact: bool = False,
    again: bool = False,
    same_seeds: bool = False,
    same_data: bool = False,
) -> Outcome:
    """Grade a class; what the gradebook knows is not run again.

    What is run draws its inputs from the seed of the settings, but never from one that an earlier, different attempt
    of the same student was graded with.

    Args:
        on_grade: called with each grade and whether it was known.
        executor: where to grade, as ``dask://host:port``; here by default.
        exact: grades of another seed are not known: a run is repeated.
        again: nothing is known.
        same_seeds: a submission that was graded before is graded with the seed that it had.
        same_data: a page that was graded before is graded with the data set that it had.
    """
    checks = page_keys(trees, syllabus.exercises.values())
    data = dict.fromkeys((one.exercise for one in submissions), settings.data)
    data |= {page: name for page, name in graded_with(book).items() if page in data} if same_data else {}

    def key_of(one: Submission | Grade) -> str:
        return grade_key(one.digest, checks[one.exercise], settings.isolation, data[one.exercise])

    grades: list[Grade] = []
    todo: list[Submission] = []
    last = book.last_attempts()
    for submission in submissions:
        place, key = (submission.student, submission.exercise), key_of(submission)
        known = None if again else book.known(*place, key, settings.seed if exact else None)
        if known is None:
            todo.append(submission)
            continue
        if last.get((stored(place[0]), place[1])) != (known.digest, known.seed):
            book.renew(known)
        grades.append(known)
        on_grade(known, True)
    reused = len(grades)

    def keep(grade: Grade) -> Grade:
        grade = book.share(replace(grade, key=key_of(grade)))
        book.add(grade)
        grades.append(grade)
        on_grade(grade, False)
        return grade  # for whoever else keeps it: the one that shares its parts

    kept_seed = book.setting("seed")
    note_data(book, data)
    if todo:
        book.keep_setting(UNFINISHED, str(settings.seed))
    for name in dict.fromkeys(data[one.exercise] for one in todo):
        mine = [one for one in todo if data[one.exercise] == name]
        for seed, part in by_seed(mine, settings.seed, book, same_seeds).items():
            _grade(part, syllabus, trees, replace(settings, seed=seed, data=name), jobs, keep, executor, checks)
    if todo:
        book.keep_setting("seed", str(settings.seed))
        book.forget_setting(UNFINISHED)
    elif kept_seed is not None and kept_seed.isdecimal():
        settings = replace(settings, seed=int(kept_seed))  # that of the last run that graded something
    sources = {(s.student, s.exercise): s for s in submissions}
    run = facts(settings, course_key(checks, syllabus))
    if todo:
        book.keep_setting(RUN, json.dumps(run))
    return Outcome(in_order(grades, syllabus), reused, run, sources)


def by_seed(
    todo: list[Submission], seed: int, book: Gradebook | Preview, same_seeds: bool = False
) -> dict[int, list[Submission]]:
    """Sort what is to be graded by the seed that it is graded with: nearly always one."""
    found: dict[int, list[Submission]] = {}
    for submission in todo:
        attempts = book.attempts(submission.student, submission.exercise)
        mine = [used for digest, used in attempts if digest == submission.digest]
        others = {used for digest, used in attempts if digest != submission.digest}
        chosen = mine[-1] if same_seeds and mine else seeds.unused(seed, others)
        found.setdefault(chosen, []).append(submission)
    return found


def _grade(
    todo: list[Submission], syllabus: Syllabus, trees: Trees, settings: Settings, jobs: int,
    keep: Callable[[Grade], Grade], executor: str, checks: dict[str, str],
) -> None:  # fmt: skip
    """Grade with one seed, here or on a cluster."""
    if executor:
        from .dask import grade_over
        from .pool import internal

        asked = {address: checks[address] for address in {s.exercise for s in todo}}
        grade_over(executor, todo, settings, asked, keep, lambda s, why: internal(s, syllabus, settings, why))
        return
    from ..sandbox.host.start import start_template
    from ..sandbox.worker.fork_server import MANY

    needs = Counter(syllabus.exercises[s.exercise].needs for s in todo).most_common(1)[0][0]
    # it warms up while torch is imported here
    template = start_template(settings.isolation, needs, many=len(todo) > MANY)
    try:
        from .pool import grade_many  # imports torch: not needed when all is known

        grade_many(todo, syllabus, trees, settings, jobs=jobs, on_grade=keep, template=template)
    finally:
        template.close()


def whole_class(outcome: Outcome, book: Gradebook, syllabus: Syllabus) -> Outcome:
    """Return the outcome with all that the gradebook knows beside it: looking at a part takes nobody out."""
    mine = {(grade.student, grade.exercise) for grade in outcome.grades}
    return replace(outcome, grades=in_order([*outcome.grades, *book.latest(but=mine)], syllabus))


def keep_code(outcome: Outcome, book: Gradebook) -> None:
    """Keep the code of what was handed in beside its grades: the attempt that counts may be an earlier one.

    Raises:
        GradebookError: the gradebook cannot be written.
    """
    with KeptCode(book.path) as kept:
        known = kept.known()

        def new() -> Iterator[Code]:
            for grade in outcome.grades:
                source = outcome.sources.get((grade.student, grade.exercise))
                there = (stored(grade.student), grade.exercise, grade.digest) in known
                if source is not None and not there and source.digest == grade.digest:
                    part = graded_part(source, grade)
                    if part.cells:
                        yield Code(grade.student, grade.exercise, grade.digest, part.filename, part.cells)

        kept.note(new())


def _write_students(outcome: Outcome, totals: ClassTotals, syllabus: Syllabus, out: Path) -> dict[str, str]:
    """Write a page for each student, with their code where that is at hand; pages of students who are gone go.

    What is shown is the attempt that counts; what a student's group handed in is theirs. Return where each page is.
    """
    students: dict[str, dict[str, Grade]] = {student: {} for student in totals.students}
    for grade in outcome.grades:
        students.setdefault(grade.student, {})[grade.exercise] = grade
    for row in totals.rows:
        if row.grade is not None and not row.pending:
            students[row.student][row.exercise] = row.grade
    names = {student: page_name(student) for student in students}
    folder = out / "students"
    folder.mkdir(exist_ok=True)
    ours = set(names.values())
    for page in folder.glob("*.html"):
        if page.name not in ours:
            page.unlink()
    with contextlib.ExitStack() as stack:
        book = out / "gradebook.db"
        kept = stack.enter_context(KeptCode(book)) if book.is_file() else None
        for student, grades in students.items():
            sources = _sources(outcome, grades.values(), kept)
            place = folder / names[student]
            mine = [grades[address] for address in syllabus.exercises if address in grades]
            before = place.read_text(encoding="utf-8", errors="backslashreplace") if place.is_file() else ""
            stale = graded(mine) not in before  # another attempt counts than the page shows, of the group's for one
            if stale and kept is not None:
                sources = {**_kept_sources(mine, kept), **sources}
            made = made_of(mine, sources, syllabus) if sources or stale else ""
            if made not in before or stale:
                write_whole(place, student_page(mine, sources, syllabus, outcome.run, totals, student, made))
                continue
            # as it was, but for where they stand; whose code is not at hand keeps what was written with it
            after = restated(before, standing(student, totals))
            if after != before:
                write_whole(place, after)
    return {student: f"students/{name}" for student, name in names.items()}


def _sources(outcome: Outcome, grades: Iterable[Grade], kept: KeptCode | None) -> dict[str, Submission]:
    """Return the code of grades by exercise, of those whose submission a run had at hand: of earlier attempts, too."""
    found: dict[str, Submission] = {}
    for grade in grades:
        source = outcome.sources.get((grade.student, grade.exercise))
        if source is None:
            continue
        if source.digest == grade.digest:
            found[grade.exercise] = graded_part(source, grade)
        elif kept is not None:
            found |= _kept_sources([grade], kept)
    return found


def _kept_sources(grades: Iterable[Grade], kept: KeptCode) -> dict[str, Submission]:
    """Return the code of grades by exercise, as the gradebook has it."""
    found = {}
    for grade in grades:
        if (code := kept.of(grade.student, grade.exercise, grade.digest)) is not None:
            found[grade.exercise] = Submission(grade.student, grade.exercise, code.filename, code.cells)
    return found


def rewrite_results(book: Gradebook, syllabus: Syllabus, out: Path) -> list[Path]:
    """Write the files of a run as the gradebook has it now, its facts as they were; return them."""
    try:
        run = read_run(out / "grades.json")
    except (OSError, ValueError):  # it is gone, and comes again
        run = json.loads(book.setting(RUN) or "{}")
    secret_of(book)  # for the codes on students' pages
    totals = of_book(book, syllabus)
    last = {(grade.student, grade.exercise): grade for grade in totals.attempts} | book.pending()
    outcome = Outcome(in_order(list(last.values()), syllabus), len(last), run, totals=totals)
    return write_results(outcome, syllabus, out)


def follow_gradebook(book: Gradebook, syllabus: Syllabus, out: Path) -> bool:
    """Bring the files of the last run up to date; return whether they are.

    A run that is at work writes them itself when it ends, and where there are none there is nothing to do.
    """
    if not (out / "grades.json").is_file():
        return False
    with unless_at_work(out) as free:
        if free:
            rewrite_results(book, syllabus, out)
        return free


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
    totals = outcome.totals or of_grades(outcome.grades, syllabus)
    try:
        out.mkdir(parents=True, exist_ok=True)
        everything = with_all(counting(outcome.grades, totals), totals)
        made = written.made_of(outcome.told, everything, outcome.sources, totals)
        if written.stands(out, made):
            return files
        written.forget(out)
        write_json(files[0], outcome.told, everything, totals)
        write_csv(files[1], everything, totals)
        pages = _write_students(outcome, totals, syllabus, out)
        write_whole(files[2], class_parts(outcome.grades, syllabus, outcome.told, pages, totals))
        written.note(out, made)
    except OSError as error:
        what = "what was graded is kept; run the same command once that is mended"
        place = error.filename2 or error.filename or out  # of a replacement: what was to be replaced
        raise GradebookError(f"{place}: the results cannot be written ({error.strerror}); {what}") from None
    return files
