"""Is this folder an nbgrader course, and who handed in what there?"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cache
from importlib.util import find_spec
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from ..errors import SubmissionError
from ..intake.files import NOTHING, Entry
from ..intake.folders import walk
from ..intake.layout import Sorted
from ..intake.submissions import ClassFolder, collect
from .quick import quick_imports

if TYPE_CHECKING:
    from nbgrader.coursedir import CourseDirectory

    from ..model import Syllabus

CONFIG = "nbgrader_config.py"


@dataclass(frozen=True)
class HandedIn:
    """What one student handed in for one assignment: the folder, its sources' names, the graded files by notebook."""

    student: str
    assignment: str
    folder: Path
    names: tuple[str, ...]
    files: dict[str, Entry] = field(default_factory=dict)


@dataclass(frozen=True)
class NbCourse:
    """An nbgrader course directory with its configuration."""

    root: Path
    config: Any  # traitlets' Config

    def coursedir(self, **changes: Any) -> CourseDirectory:
        """Return nbgrader's own description of the course, with some things said otherwise."""
        course: CourseDirectory = _course_directory()(config=self.config, root=str(self.root), **changes)
        return course

    def read(self, syllabus: Syllabus, exercises: tuple[str, ...] = ()) -> ClassFolder:
        """Every submission of the course, wherever its configuration says that submissions are.

        Args:
            exercises: the addresses to grade; by default those of which anybody handed in anything.

        Raises:
            SubmissionError: there is nothing that fits an exercise.
        """
        files, where = Sorted(), self.coursedir()
        for one in self.handed_in():
            place = PurePosixPath(one.student, one.assignment)
            stamp = timestamp(where, one.folder)
            for entry in walk(one.folder):
                if entry.path.name == NOTHING:
                    files.bare.setdefault(one.student)
                    continue
                inside = replace(entry, path=one.assignment / entry.path, origin=str(place / entry.path))
                if stamp is not None:  # nbgrader's own word, where a copied file's time is that of the copying
                    inside = replace(inside, when=stamp.replace(tzinfo=UTC).timestamp())
                if entry.path.name.startswith("."):
                    files.ignored.append((inside.shown, entry.problem))
                else:
                    files.students.setdefault(one.student, []).append(inside)
        return collect(files, syllabus, exercises, self.root)

    def handed_in(self) -> list[HandedIn]:
        """Every student's folder of every assignment, sorted."""
        course = self.coursedir()
        pattern = course.format_path(course.submitted_directory, "*", "*")
        named = course.format_path(course.submitted_directory, "(?P<student>.+)", "(?P<assignment>.+)", escape=True)
        found = []
        for folder in sorted(Path("/").glob(str(Path(pattern).relative_to("/")))):
            match = re.fullmatch(named, str(folder))
            if match is None or not folder.is_dir() or folder.is_symlink():
                continue
            names = [p.stem for p in sorted(folder.iterdir()) if p.suffix in (".py", ".ipynb")]
            found.append(HandedIn(match["student"], match["assignment"], folder, tuple(dict.fromkeys(names))))
        return found


def timestamp(where: CourseDirectory, folder: Path) -> datetime | None:
    """Return when a folder was handed in, in UTC; None when it does not say so, or says something else."""
    try:
        found: datetime | None = where.get_existing_timestamp(str(folder))
    except Exception:  # whatever a file of that name holds
        return None
    return found


@cache
def _course_directory() -> type[CourseDirectory]:
    """Return nbgrader's class, but a step that is an absolute path lies there, whatever the course's own structure."""
    with quick_imports():
        from nbgrader.coursedir import CourseDirectory

    class Elsewhere(CourseDirectory):
        def format_path(self, nbgrader_step: str, student_id: str, assignment_id: str, escape: bool = False) -> str:
            if not os.path.isabs(nbgrader_step):
                return str(super().format_path(nbgrader_step, student_id, assignment_id, escape))
            step = re.escape(nbgrader_step) if escape else nbgrader_step
            return os.sep.join([step, student_id, assignment_id])

    return Elsewhere


def find(path: Path) -> NbCourse | None:
    """Find the nbgrader course at `path`, None when it is none.

    Raises:
        SubmissionError: its configuration cannot be read, or there is no nbgrader to read the rest with.
    """
    used = (path / "gradebook.db").is_file() and (path / "submitted").is_dir()  # Gradus has a gradebook.db of its own
    if not used and not (path / CONFIG).is_file():
        return None
    if find_spec("nbgrader") is None:
        raise SubmissionError(
            f"{path}: an nbgrader course, and nbgrader is not installed here: pip install 'gradus-course[teach]'"
        )
    from traitlets.config import Config
    from traitlets.config.loader import PyFileConfigLoader

    config = Config()
    if (path / CONFIG).is_file():
        try:
            config = PyFileConfigLoader(CONFIG, path=str(path)).load_config()
        except Exception as error:
            raise SubmissionError(
                f"{path / CONFIG}: nbgrader could not read it either: {type(error).__name__}: {error}"
            ) from None
    return NbCourse(path.resolve(), config)
