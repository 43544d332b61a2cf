"""What a student has reached: the best points of each page, the last answer, hints seen. One small JSON file."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path

from ..model import Exercise, Grade, Syllabus
from .workspace import Workspace, write_text


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
    """What is known of a workspace; a damaged file counts as none: a check tells all of it again."""
    path = workspace.hidden / "progress.json"
    try:
        found = json.loads(path.read_text(encoding="utf-8"))["pages"]
        known = set(Page.__dataclass_fields__)
        pages = {a: Page(**{k: v for k, v in page.items() if k in known}) for a, page in found.items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        pages = {}
    return Progress(path, pages)


def following(syllabus: Syllabus, progress: Progress) -> Exercise | None:
    """The next page: the first that is not passed and does not ship solved, None when all are."""
    open_pages = [e for a, e in syllabus.exercises.items() if a not in progress.pages or not progress.pages[a].passed]
    return next((e for e in open_pages if not e.ships_solved), open_pages[0] if open_pages else None)
