"""What a student has reached: the best points of each page, the last answer, hints seen. One small JSON file."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from ..model import Exercise, Grade, Syllabus
from .workspace import Workspace, set_aside, write_text


@dataclass
class Page:
    """One page: best and last points, their maximum, hints seen, known mistakes of the last answer, solution asked."""

    best: float = 0.0
    last: float = 0.0
    maximum: float = 0.0
    passed: bool = False
    hints: int = 0
    mistakes: list[str] = field(default_factory=list)
    message: str = ""
    solution_asked: int = 0


@dataclass
class Progress:
    """Every page that was worked on, by address."""

    path: Path
    pages: dict[str, Page] = field(default_factory=dict)
    warning: str = ""  #: what was wrong with the file

    def page(self, address: str) -> Page:
        """One page, fresh when nothing is known of it."""
        return self.pages.setdefault(address, Page())

    def note(self, grade: Grade) -> None:
        """Take in an answer."""
        page = self.page(grade.exercise)
        page.last, page.maximum = grade.points, grade.max_points
        page.best = max(page.best, grade.points)
        page.passed = page.passed or grade.status == "passed"
        failed = [check for check in grade.checks if check.status not in ("passed", "skipped")]
        page.mistakes = list(grade.diagnoses)
        page.message = failed[0].message if failed else ""

    def save(self) -> None:
        """Keep it."""
        pages = {address: asdict(page) for address, page in self.pages.items()}
        write_text(self.path, json.dumps({"pages": pages}, indent=1) + "\n")


def load(workspace: Workspace) -> Progress:
    """What is known of a workspace; a damaged file is kept aside, said in the warning, and begun anew."""
    path = workspace.hidden / "progress.json"
    try:
        found = json.loads(path.read_text(encoding="utf-8"))["pages"]
        return Progress(path, {address: _page(kept) for address, kept in found.items()})
    except FileNotFoundError:
        return Progress(path)
    except OSError as error:
        return Progress(path, warning=f"{path}: cannot be read: {error.strerror or error}")
    except (ValueError, KeyError, TypeError, AttributeError):
        return Progress(path, warning=f"{set_aside(path)}. Each check tells again what you have reached")


def _page(kept: dict[str, Any]) -> Page:
    """One page as it was kept; what a later version of Gradus knows besides is passed over.

    Raises:
        TypeError: a value is of the wrong kind.
    """
    page = Page(**{name: value for name, value in kept.items() if name in Page.__dataclass_fields__})
    for name, value in vars(Page()).items():
        if not isinstance(getattr(page, name), (int, float) if isinstance(value, float) else type(value)):
            raise TypeError(name)
    return page


def following(syllabus: Syllabus, progress: Progress) -> Exercise | None:
    """The next page: the first that is not passed and does not ship solved, None when all are."""
    open_pages = [e for a, e in syllabus.exercises.items() if a not in progress.pages or not progress.pages[a].passed]
    return next((e for e in open_pages if not e.ships_solved), open_pages[0] if open_pages else None)
