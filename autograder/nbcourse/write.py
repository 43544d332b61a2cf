"""Writing grades into an nbgrader course with nbgrader's own autograder, its kernel replaced by what we found out.

nbgrader sanitizes, restores locked cells, keeps manual scores and extra credit, assigns penalties, writes timestamps
and ``autograded/``. Only its step ``Execute`` is another: the outputs of the check cells come from the sandbox.
"""

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
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Any

import nbformat
from nbconvert.exporters.exporter import ResourcesDict
from nbconvert.preprocessors import Preprocessor
from nbformat.v4.rwbase import rejoin_lines
from nbgrader.api import Gradebook, MissingEntry
from nbgrader.converters import Autograde, GenerateAssignment, NbGraderException
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import AssignLatePenalties, LimitOutput, OverwriteCells, SaveAutoGrades
from sqlalchemy.exc import SAWarning
from traitlets import TraitError

from ..documents import encode
from ..errors import GradebookError
from ..intake.files import UNREADABLE, Entry
from ..intake.source import MAX_SOURCE, decoded, is_notebook
from ..model import CheckResult, Grade, Syllabus, round_points
from ..report.card import card
from ..text import told
from .book import course_gradebook
from .find import HandedIn, NbCourse
from .staging import Notebook, noted, staged, substitute

STAMP = "timestamp.txt"  #: nbgrader's name for it
MAX_BESIDE = 200  #: further files of a student's that travel along

Key = tuple[str, str, str]  # student, assignment, notebook


@dataclass
class Written:
    """What was done: notebooks written, those that were in step already, and what a teacher should know."""

    notebooks: int = 0
    kept: int = 0
    notes: list[str] = field(default_factory=list)


class PutResults(Preprocessor):
    """In place of executing a notebook: the outputs of its check cells, as the sandbox made them.

    Args:
        grades: by student, assignment and notebook.
        outputs: what the student's own cells showed, by cell.
        titles: of the exercises, by address.
    """

    def __init__(self, grades: dict[Key, Grade], outputs: dict[Key, dict[str, list[Any]]], titles: dict[str, str]):
        super().__init__(enabled=True)  # type: ignore[no-untyped-call]
        self.grades, self.outputs, self.titles = grades, outputs, titles

    def preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        """Fill in the outputs, and say in the notebook's metadata where they come from."""
        grader = resources["nbgrader"]
        key = grader["student"], grader["assignment"], grader["notebook"]
        grade = self.grades[key]
        checks = {check.name: check for check in grade.checks}
        for cell in nb.cells:
            if cell.cell_type != "code":
                continue
            of = cell.metadata.get("nbgrader", {})
            result = checks.get(of.get("grade_id", "")) if of.get("grade") and not of.get("solution") else None
            if result is not None:
                made = result_outputs(grade, result, self.titles[grade.exercise], float(of.get("points", 0)))
                cell.outputs = [nbformat.from_dict(o) for o in made]
            else:
                cell.outputs = [nbformat.from_dict(o) for o in self.outputs.get(key, {}).get(cell.get("id", ""), [])]
        nb.metadata["gradus"] = stamp(grade)
        return nb, resources


def stamp(grade: Grade) -> dict[str, Any]:
    """Where a notebook's results come from, without what draws the inputs: students may see it."""
    said = encode([grade.checks, grade.notes, grade.submitted])
    results = hashlib.sha256(said.encode()).hexdigest()
    return {"exercise": grade.exercise, "key": grade.key, "isolation": grade.isolation, "results": results}


def result_outputs(grade: Grade, check: CheckResult, title: str, worth: float) -> list[dict[str, Any]]:
    """A check's outcome as the outputs of its cell: nbgrader reads its points from them.

    An error gives none, a number gives itself, anything else gives all.

    Args:
        worth: the points of the cell, which a teacher may have changed.
    """
    alone = replace(
        grade, checks=(check,), points=check.points, max_points=check.max_points, status=check.status, notes=()
    )
    words = "\n".join(
        [f"{check.title}: {check.status}, {check.points:g} of {check.max_points:g}", told(check.failure)]
    ).strip()
    data = {"text/html": card(alone, title), "text/plain": words}
    shown: dict[str, Any] = {"output_type": "display_data", "data": data, "metadata": {}}
    if check.status == "passed":
        return [shown]
    if check.points > 0:
        number = {"text/plain": repr(round_points(check.points * worth / check.max_points))}
        return [shown, {"output_type": "execute_result", "data": number, "metadata": {}, "execution_count": 1}]
    what = f"no points of {check.max_points:g} ({check.status})"
    return [shown, {"output_type": "error", "ename": "CheckFailed", "evalue": what, "traceback": [what]}]


class KeepScores(SaveAutoGrades):
    """nbgrader's own, but for cells that we have no result of: these wait for the teacher."""

    def __init__(self, grades: dict[Key, Grade], **options: Any):
        super().__init__(**options)
        self._grades = grades

    def _add_score(self, cell: Any, resources: Any) -> None:
        name = cell.metadata["nbgrader"]["grade_id"]
        checks = self._grades[self.student_id, self.assignment_id, self.notebook_id].checks
        known = {check.name for check in checks if check.status != "skipped"}
        if cell.cell_type != "code" or name in known:
            super()._add_score(cell, resources)
            return
        grade = self.gradebook.find_grade(name, self.notebook_id, self.assignment_id, self.student_id)
        if grade.auto_score is None:
            grade.needs_manual_grade = True


class SandboxAutograde(Autograde):
    """nbgrader's autograder in one pass: the notebooks come clean, and executing them has another in its place.

    Args:
        one: the folder that was handed in.
        notebooks: those to write, by name; of its others what is known stays.
    """

    def __init__(self, put: PutResults, one: HandedIn, notebooks: dict[str, Notebook], **options: Any):
        super().__init__(**options)
        self._student, self._staged, self._kept = one.student, notebooks, {*one.names, *one.files} - notebooks.keys()
        self._steps = [
            OverwriteCells(parent=self),
            put,
            LimitOutput(parent=self),
            KeepScores(put.grades, parent=self),
            AssignLatePenalties(parent=self),
        ]

    def init_notebooks(self) -> None:
        """The folder and its notebooks, which are known: nbgrader would take a name for a pattern."""
        folder = self._format_source(self.coursedir.assignment_id, self._student)
        self.notebooks: list[str] = []
        self.assignments = {folder: [os.path.join(folder, f"{name}.ipynb") for name in sorted(self._staged)]}

    def init_destination(self, assignment_id: str, student_id: str) -> bool:
        """Make room, but for the notebooks that were not graded."""
        folder = Path(self._format_dest(assignment_id, student_id))
        kept = {path: path.read_bytes() for name in self._kept if (path := folder / f"{name}.ipynb").is_file()}
        wanted = super().init_destination(assignment_id, student_id)
        for path, content in kept.items():
            folder.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        return bool(wanted)

    def convert_single_notebook(self, notebook_filename: str) -> None:
        """Every step once, on the notebook itself: nbconvert would copy and validate it before and after each."""
        resources: Any = ResourcesDict()
        resources.update(self.init_single_notebook_resources(notebook_filename), output_extension=".ipynb")
        notebook = rejoin_lines(nbformat.from_dict(self._staged[resources["unique_key"]]))
        for step in self._steps:
            notebook, resources = step.preprocess(notebook, resources)
        self.write_single_notebook(nbformat.writes(notebook, nbformat.NO_CONVERT) + "\n", resources)


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
    folders = [_graded(one, by_name, chosen) for one in course.handed_in()]
    with _log() as log, tempfile.TemporaryDirectory() as staging:
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


def _in_step(course: NbCourse, one: HandedIn, found: dict[str, Grade]) -> bool:
    """Is everything of this folder written already, from these very grades?"""
    where = course.coursedir()
    folder = Path(where.format_path(where.autograded_directory, one.student, one.assignment))
    if _timestamp(where, one.folder) != _timestamp(where, folder):
        return False
    for notebook, grade in found.items():
        try:
            metadata = json.loads((folder / f"{notebook}.ipynb").read_text(encoding="utf-8"))["metadata"]
        except (OSError, ValueError, KeyError):
            return False
        if metadata.get("gradus") != stamp(grade):
            return False
    return True


def _timestamp(where: CourseDirectory, folder: Path) -> datetime | None:
    """When a folder was handed in; None when it does not say so, or says something else."""
    try:
        found: datetime | None = where.get_existing_timestamp(str(folder))
    except Exception:  # whatever a file of that name holds
        return None
    return found


def _make_known(course: NbCourse, assignment: str) -> None:
    """An assignment that nbgrader does not know yet is generated first, by nbgrader itself; a release is left alone."""
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
    """The folders of one assignment, one after another."""
    where = course.coursedir()
    titles = {address: exercise.title for address, exercise in syllabus.exercises.items()}
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
    """The timestamp and the student's other files: ordinary ones, not too many, not too large."""
    beside = [p for p in sorted(one.folder.rglob("*")) if p.suffix != ".ipynb" and (p.is_symlink() or not p.is_dir())]
    stamp = one.folder / STAMP
    if stamp in beside:  # the first, however many there are
        beside.remove(stamp)
        if _timestamp(where, one.folder) is not None:
            beside.insert(0, stamp)
        elif not stamp.is_file() or stamp.stat().st_size:
            done.notes.append(f"{stamp}: no time that nbgrader could read; taken as handed in at no known time")
    for path in beside[:MAX_BESIDE]:
        if path.is_symlink() or not path.is_file() or path.stat().st_size > MAX_SOURCE:
            done.notes.append(f"{path}: not copied to autograded/, it is a link or too large")
            continue
        target = folder / path.relative_to(one.folder)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)
    if len(beside) > MAX_BESIDE:
        done.notes.append(f"{one.folder}: {len(beside) - MAX_BESIDE} of its files were not copied to autograded/")


def _released(course: NbCourse, assignment: str, notebook: str) -> Notebook | None:
    """The notebook as it was given out, None when it was not."""
    where = course.coursedir()
    path = Path(where.format_path(where.release_directory, ".", assignment)) / f"{notebook}.ipynb"
    try:
        found: Notebook = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return found


def _notebook(folder: Path, entry: Entry, released: Notebook, grade: Grade) -> tuple[Notebook, dict[str, list[Any]]]:
    """What nbgrader gets to see of one file of a folder, with what is to be said of how it was handed in."""
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
def _log() -> Iterator[Log]:
    """nbgrader's log to us, not to the terminal; and its ``alembic``, which it calls by name, on the path."""
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
