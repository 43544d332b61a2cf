"""The book on this machine: where it is, and which file of it is meant."""

from __future__ import annotations

from pathlib import Path

from ..course.trees import Trees
from ..errors import GradusError, SubmissionError
from ..model import Syllabus
from ..text import similar_name


def built(trees: Trees) -> Path:
    """Return where `gradus site` puts the book of a course."""
    return trees.root / "out" / "site"


def book(trees: Trees) -> Path:
    """Return the folder of the book of a course: built, come with the installation, or that of the course below it.

    Raises:
        GradusError: there is none yet; says what makes it.
    """
    course: Trees | None = trees
    while course is not None:
        for folder in (built(course), course.root / "site"):
            if (folder / "index.html").is_file():
                return folder
        course = course.base
    how = "`make site` builds it" if (trees.root / "Makefile").is_file() else "`gradus site` builds it"
    raise GradusError(f"the book is not built yet: {how} (needs pip install 'gradus-course[site]')")


def page(folder: Path, course: Syllabus, name: str) -> Path:
    """Return the file of a page: an exercise by address or short name, a guide by its name; without a name the first.

    Raises:
        SubmissionError: there is no such page, or several.
    """
    if not name:
        return folder / "index.html"
    name, _, _ = name.strip("/").removesuffix(".html").removesuffix(".md").removesuffix(".py").partition("#")
    files = [path for path in folder.rglob("*.html") if not path.name.startswith("search")]
    ends = f"/{name.lower()}.html"
    found = [path for path in files if f"/{path.relative_to(folder).as_posix().lower()}".endswith(ends)]
    if len(found) > 1:
        named = " or ".join(sorted(path.relative_to(folder).with_suffix("").as_posix() for path in found))
        raise SubmissionError(f"{name} is ambiguous: say {named}")
    if found:
        return found[0]
    near = similar_name(name, [*course.exercises, *(path.stem for path in files)])
    hint = f"did you mean {near}?" if near else "`gradus read` opens the first page."
    raise SubmissionError(f"the book has no page {name}; {hint}")
