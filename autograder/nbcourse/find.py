"""Is this folder an nbgrader course, and who handed in what there?"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import SubmissionError

if TYPE_CHECKING:
    from nbgrader.coursedir import CourseDirectory

CONFIG = "nbgrader_config.py"


@dataclass(frozen=True)
class HandedIn:
    """What one student handed in for one assignment: the folder, and its files by notebook id."""

    student: str
    assignment: str
    folder: Path
    files: dict[str, Path]


@dataclass(frozen=True)
class NbCourse:
    """An nbgrader course directory with its configuration."""

    root: Path
    config: Any  # traitlets' Config

    def coursedir(self, **changes: Any) -> CourseDirectory:
        """nbgrader's own description of the course, with some things said otherwise."""
        from nbgrader.coursedir import CourseDirectory

        course: CourseDirectory = CourseDirectory(config=self.config, root=str(self.root), **changes)
        return course

    @property
    def submitted(self) -> Path:
        """Where submissions are."""
        course = self.coursedir()
        return self.root / str(course.submitted_directory)

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
            files: dict[str, Path] = {}
            for path in sorted(folder.iterdir(), key=lambda p: p.suffix == ".py"):  # of two forms the .py is graded
                if path.suffix in (".py", ".ipynb"):
                    files[path.stem] = path
            found.append(HandedIn(match["student"], match["assignment"], folder, files))
        return found


def find(path: Path) -> NbCourse | None:
    """The nbgrader course at `path`, None when it is none.

    Raises:
        SubmissionError: its configuration cannot be read.
    """
    if not path.is_dir() or not any((path / name).is_file() for name in (CONFIG, "gradebook.db")):
        return None
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
