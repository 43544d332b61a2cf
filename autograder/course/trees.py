"""Where the trees of a course are: beside this package in a checkout, inside it in a wheel."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from ..errors import CourseError

_PACKAGE = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Trees:
    """The folders of one course, all with the same addresses below them."""

    root: Path
    course: Path
    solutions: Path
    exercises: Path
    notebooks: Path
    data: Path
    pages: Path

    def lesson(self, address: str) -> Path:
        """Return the lesson of an exercise."""
        return self.course / f"{address}.md"

    def solution(self, address: str) -> Path:
        """Return the reference solution, the source of stub and notebook."""
        return self.solutions / f"{address}.py"

    def stub(self, address: str) -> Path:
        """Return the generated stub."""
        return self.exercises / f"{address}.py"

    def notebook(self, address: str) -> Path:
        """Return the generated nbgrader source notebook."""
        return self.notebooks / "source" / f"{address}.ipynb"

    def check(self, address: str) -> Path:
        """Return the pytest file."""
        return self.pages / address / f"test_{address.rpartition('/')[2]}.py"

    def misconception(self, address: str) -> Path:
        """Return the file of the wrong ways."""
        return self.pages / address / "misconceptions.py"

    def variant(self, address: str) -> Path:
        """Return the file of the other right ways."""
        return self.pages / address / "variants.py"

    def drafts(self, address: str) -> Path:
        """Return the file of the first drafts."""
        return self.pages / address / "drafts.py"

    def waiver(self, address: str) -> Path:
        """Return the file that says what the docstrings leave open on purpose."""
        return self.pages / address / "waivers.toml"


def own_root() -> Path:
    """Return the folder of the course that this package belongs to, whichever is taught."""
    checkout = _PACKAGE.parent
    return checkout if (checkout / "course" / "course.toml").is_file() else _PACKAGE / "trees"


def trees(root: Path | None = None) -> Trees:
    """Find the trees below `root`; by default those of ``$GRADUS_COURSE``, else of the course that we belong to."""
    if root is None and os.environ.get("GRADUS_COURSE"):
        root = Path(os.environ["GRADUS_COURSE"]).resolve()
        if not (root / "course" / "course.toml").is_file():
            raise CourseError(f"GRADUS_COURSE={root}: there is no course/course.toml; name the folder of a course")
    root = root or own_root()
    engine = root / "autograder" if (root / "autograder" / "pages").is_dir() else _PACKAGE
    return Trees(
        root=root, course=root / "course", solutions=root / "solutions", exercises=root / "exercises",
        notebooks=root / "notebooks", data=root / "data", pages=engine / "pages",
    )  # fmt: skip
