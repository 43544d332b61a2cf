"""Grades into an nbgrader course: ``autograded/`` and ``gradebook.db`` brought up to them, folder by folder."""

from __future__ import annotations

import contextlib
import hashlib
import json
import logging
import os
import shutil
import sys
import tempfile
import warnings
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath
from typing import Any

from nbgrader.api import Gradebook, MissingEntry
from nbgrader.converters import GenerateAssignment, NbGraderException
from nbgrader.coursedir import CourseDirectory
from sqlalchemy.exc import SAWarning
from traitlets import TraitError

from ..errors import GradebookError
from ..intake.files import UNREADABLE, Entry, disk_entry
from ..intake.source import MAX_SOURCE, decoded, is_notebook
from ..model import Grade, Syllabus
from .autograde import Key, PutResults, SandboxAutograde, stamp
from .book import course_gradebook
from .find import HandedIn, NbCourse, timestamp
from .staging import Notebook, noted, staged, substitute

STAMP = "timestamp.txt"  #: nbgrader's name for it
MAX_BESIDE = 200  #: further files of a student's that travel along
#: endings by which a browser shows a file as a text or a picture, or saves it; a file of any other gets one more
SHOWN_AS_TEXT = frozenset({
    ".txt", ".py", ".csv", ".tsv", ".json", ".md", ".rst", ".toml", ".yaml", ".yml", ".log", ".png", ".jpg",
    ".jpeg", ".gif", ".npy", ".npz", ".pt", ".pth", ".pkl", ".zip",
})  # fmt: skip


@dataclass
class Written:
    """What was done: notebooks written, those that were in step already, and what a teacher should know."""

    notebooks: int = 0
    kept: int = 0
    notes: list[str] = field(default_factory=list)


def write_back(
    course: NbCourse,
    grades: list[Grade],
    syllabus: Syllabus,
    chosen: Mapping[tuple[str, str], tuple[Entry, ...]] | None = None,
    step: Callable[[str, int], None] = lambda name, total: None,
) -> Written:
    """Bring ``autograded/`` and ``gradebook.db`` of a course up to these grades.

    Args:
        chosen: by student and exercise the files that were graded; by default those that would be.
        step: called with each student and the number of folders, as they are written.

    Raises:
        GradebookError: nbgrader's database cannot be written.
    """
    done = Written()
    by_name = {(g.student, g.exercise): g for g in grades}
    if chosen is None:
        chosen = course.read(syllabus).chosen
    folders = [_with_words(*_graded(one, by_name, chosen), syllabus) for one in course.handed_in()]
    with logged() as log, tempfile.TemporaryDirectory() as staging:
        todo = [(one, found) for one, found in folders if found and not _in_step(course, one, found)]
        done.kept = sum(len(found) for one, found in folders) - sum(len(found) for one, found in todo)
        for assignment in sorted({one.assignment for one, _ in todo}):
            part = [(one, found) for one, found in todo if one.assignment == assignment]
            try:
                _make_known(course, assignment)
                _write(course, assignment, part, Path(staging), syllabus, done, log, step, len(todo))
            except (NbGraderException, TraitError) as error:
                done.notes.append(f"{assignment}: nbgrader says: {error}")
            except Exception as error:
                if type(error).__module__.startswith("sqlalchemy"):
                    why = f"{str(error).splitlines()[0]}; `nbgrader db upgrade` may help"
                    raise GradebookError(f"{course.coursedir().db_url}: {why}") from None
                raise
    return done


def _graded(
    one: HandedIn,
    grades: dict[tuple[str, str], Grade],
    chosen: Mapping[tuple[str, str], tuple[Entry, ...]],
) -> tuple[HandedIn, dict[str, Grade]]:
    """One folder with the files that are graded there, and the grades, by notebook."""
    files, found = {}, {}
    for (student, address), entries in chosen.items():
        if student != one.student:
            continue
        notebook, grade = address.partition("/")[2], grades.get((student, address))
        entry = next((e for e in entries if grade is not None and e.path.name == grade.filename), entries[0])
        if not entry.shown.startswith(f"{one.student}/{one.assignment}/"):
            continue
        files[notebook] = entry
        if grade is not None and grade.status != "internal":
            found[notebook] = grade
    return replace(one, files=files), found


def _with_words(one: HandedIn, found: dict[str, Grade], syllabus: Syllabus) -> tuple[HandedIn, dict[str, Grade]]:
    """Add the notebooks that are answered in words: nothing of them is checked, and nbgrader has a person mark them."""
    for page in syllabus.question_pages.values():
        path = one.folder / f"{page.name}.ipynb"
        if page.section == one.assignment and path.is_file() and not path.is_symlink():
            inside = PurePosixPath(one.student, one.assignment, path.name)
            entry = disk_entry(path, inside)
            one = replace(one, files={**one.files, page.name: entry})
            digest = hashlib.sha256(b"" if entry.problem else entry.read()).hexdigest()
            found = {**found, page.name: Grade(one.student, page.address, "skipped", 0.0, 0.0, 0.0, key=digest)}
    return one, found


def _in_step(course: NbCourse, one: HandedIn, found: dict[str, Grade]) -> bool:
    """Tell whether everything of this folder is written already, from these very grades."""
    where = course.coursedir()
    folder = Path(where.format_path(where.autograded_directory, one.student, one.assignment))
    if timestamp(where, one.folder) != timestamp(where, folder):
        return False
    for notebook, grade in found.items():
        try:
            metadata = json.loads((folder / f"{notebook}.ipynb").read_text(encoding="utf-8"))["metadata"]
        except (OSError, ValueError, KeyError):
            return False
        if metadata.get("gradus") != stamp(grade):
            return False
    return True


def _make_known(course: NbCourse, assignment: str) -> None:
    """Generate an assignment that nbgrader does not know yet, by nbgrader itself; a release is left alone."""
    where = course.coursedir(assignment_id=assignment)
    with Gradebook(where.db_url, where.course_id) as book:
        with contextlib.suppress(MissingEntry):
            if book.find_assignment(assignment).notebooks:
                return
    with tempfile.TemporaryDirectory() as aside:
        if Path(where.format_path(where.release_directory, ".", assignment)).exists():
            where.release_directory = aside
        GenerateAssignment(coursedir=where, config=course.config, create_assignment=True).start()


def _write(
    course: NbCourse, assignment: str, part: list[tuple[HandedIn, dict[str, Grade]]], staging: Path,
    syllabus: Syllabus, done: Written, log: Log, step: Callable[[str, int], None], total: int,
) -> None:  # fmt: skip
    """Write the folders of one assignment, one after another."""
    where = course.coursedir()
    titles = {address: exercise.title for address, exercise in syllabus.pages.items()}
    with course_gradebook(where.db_url, where.course_id) as book:
        for one, found in part:
            log.last = ""
            notebooks, put = _stage(course, one, found, staging, titles, done)
            where = course.coursedir(assignment_id=assignment, student_id=one.student, submitted_directory=str(staging))
            try:
                if notebooks:
                    options = {"coursedir": where, "config": course.config, "force": True}
                    with book.folder():
                        SandboxAutograde(put, one, notebooks, **options).start()
                done.notebooks += len(notebooks)
            except NbGraderException as error:
                done.notes.append(f"{one.student}, {assignment}: nbgrader could not write it: {log.last or error}")
            step(one.student, total)


def _stage(
    course: NbCourse, one: HandedIn, found: dict[str, Grade], staging: Path, titles: dict[str, str], done: Written
) -> tuple[dict[str, Notebook], PutResults]:
    """(notebooks to write, their results): a folder as nbgrader may see it, what else was handed in beside them."""
    outputs: dict[Key, dict[str, list[Any]]] = {}
    results: dict[Key, Grade] = {}
    notebooks: dict[str, Notebook] = {}
    folder = Path(course.coursedir().format_path(str(staging), one.student, one.assignment))
    folder.mkdir(parents=True)
    _copy_beside(one, folder, done, course.coursedir())
    for notebook in {*one.names, *one.files}:  # nbgrader gives nothing for a notebook that is not there
        (folder / f"{notebook}.ipynb").touch()
    for notebook, grade in found.items():
        key = one.student, one.assignment, notebook
        released = _released(course, one.assignment, notebook)
        if released is None:
            done.notes.append(
                f"{one.files[notebook].shown}: {one.assignment} was released without {notebook}; not written"
            )
            continue
        notebooks[notebook], outputs[key] = _notebook(one.folder, one.files[notebook], released, grade)
        results[key] = grade
    return notebooks, PutResults(results, outputs, titles)


def _copy_beside(one: HandedIn, folder: Path, done: Written, where: CourseDirectory) -> None:
    """Copy the timestamp and the student's other files: ordinary ones, not too many, not too large."""
    beside = [p for p in sorted(one.folder.rglob("*")) if p.suffix != ".ipynb" and (p.is_symlink() or not p.is_dir())]
    stamp = one.folder / STAMP
    if stamp in beside:  # the first, however many there are
        beside.remove(stamp)
        if timestamp(where, one.folder) is not None:
            beside.insert(0, stamp)
        elif not stamp.is_file() or stamp.stat().st_size:
            done.notes.append(f"{stamp}: no time that nbgrader could read; taken as handed in at no known time")
    for path in beside[:MAX_BESIDE]:
        if path.is_symlink() or not path.is_file() or path.stat().st_size > MAX_SOURCE:
            done.notes.append(f"{path}: not copied to autograded/, it is a link or too large")
            continue
        target = folder / path.relative_to(one.folder)
        if path.suffix.lower() not in SHOWN_AS_TEXT:  # a browser might run it, or read it and then run it
            while target.suffix != ".txt" or target.name == STAMP or target.exists():
                target = target.with_name(f"{target.name}.txt")
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)
    if len(beside) > MAX_BESIDE:
        done.notes.append(f"{one.folder}: {len(beside) - MAX_BESIDE} of its files were not copied to autograded/")


def _released(course: NbCourse, assignment: str, notebook: str) -> Notebook | None:
    """Read the notebook as it was given out, None when it was not."""
    where = course.coursedir()
    path = Path(where.format_path(where.release_directory, ".", assignment)) / f"{notebook}.ipynb"
    try:
        found: Notebook = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return found


def _notebook(folder: Path, entry: Entry, released: Notebook, grade: Grade) -> tuple[Notebook, dict[str, list[Any]]]:
    """Return what nbgrader gets to see of one file of a folder, with what is to be said of how it was handed in."""
    name, path = entry.path.name, folder.joinpath(*PurePosixPath(entry.shown).parts[2:])
    if entry.problem:
        return substitute(released, f"{name} is a link, or too large; it could not be read."), {}
    try:  # outputs are shown as far as they are small; a file inside a zip has none
        content = path.read_bytes() if path.is_file() and entry.size <= MAX_SOURCE else entry.read()
        if is_notebook(name) or content.lstrip()[:1] == b"{":
            notebook, outputs = staged(content, released)
            return (noted(notebook, " ".join(f"{note}." for note in grade.notes)) if grade.notes else notebook), outputs
    except UNREADABLE as error:
        return substitute(released, f"{name} could not be read: {error}."), {}
    code = decoded(content, name)[0] or content.decode("utf-8", "replace")
    return substitute(released, f"{name} was handed in in place of the notebook.", code), {}


class Log(logging.Handler):
    """The last error that nbgrader told its log, in a line."""

    last = ""

    def emit(self, record: logging.LogRecord) -> None:
        """Keep the last line of a traceback; the summaries that follow it say less."""
        text = record.getMessage().strip()
        if record.levelno >= logging.ERROR and "Traceback" in text:
            self.last = text.splitlines()[-1][:300]


@contextlib.contextmanager
def logged() -> Iterator[Log]:
    """Bring nbgrader's log to us, not to the terminal, and its ``alembic``, which it calls by name, onto the path."""
    logger, log = logging.getLogger("traitlets"), Log()
    before, path = (logger.handlers[:], logger.propagate), os.environ.get("PATH", "")
    os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), path])
    logger.handlers[:], logger.propagate = [log], False
    try:
        with warnings.catch_warnings():  # of its own first submissions, which are kept all the same
            warnings.simplefilter("ignore", SAWarning)
            yield log
    finally:
        os.environ["PATH"] = path
        logger.handlers[:], logger.propagate = before
