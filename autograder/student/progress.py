"""What a student has reached: the best points of each page, the last answer, hints seen. One small JSON file.

Missions that were done in a playground stand in a file of their own too, which is handed in with the pages.
"""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..documents import encode, parse, plain, read
from ..errors import GradusError
from ..gradebook.older import failure_of
from ..gradebook.states import state
from ..intake.missions import MISSIONS, entries_of
from ..model import Exercise, Failure, Grade, Syllabus
from ..report.reasons import failing_first
from .workspace import Workspace, set_aside, write_text


@dataclass
class Page:
    """One page: best and last points, their maximum, hints seen, what failed last and in which state that left it."""

    best: float = 0.0
    last: float = 0.0
    maximum: float = 0.0
    passed: bool = False
    hints: int = 0
    mistakes: list[str] = field(default_factory=list)
    failure: Failure | None = None
    solution_asked: int = 0
    state: str = ""  #: a word of `gradebook.states`; "" of what an earlier version kept
    seen: list[str] = field(default_factory=list)  #: the hints themselves, as they were seen

    def shown(self, hints: Sequence[str]) -> list[str]:
        """Return those of the page's hints that were seen, in the order in which they were."""
        found = [hint for hint in self.seen if hint in hints]
        if not self.seen:  # an earlier version counted them alone
            found = list(hints[: self.hints])
        return found

    def next_hint(self, hints: Sequence[str]) -> str:
        """Return the first of these hints that was not seen, and note it; of those seen the last, "" of none.

        What helps most stands first: another function that fails has its own hint come next.
        """
        seen = self.shown(hints)
        seen += [hint for hint in hints if hint not in seen][:1]
        self.seen, self.hints = seen, len(seen)
        return seen[-1] if seen else ""


@dataclass
class Progress:
    """Every page that was worked on, by address; of each playground the missions that were done there."""

    path: Path
    pages: dict[str, Page] = field(default_factory=dict)
    warning: str = ""  #: what was wrong with the file
    missions: dict[str, list[str]] = field(default_factory=dict)

    def page(self, address: str) -> Page:
        """One page, fresh when nothing is known of it."""
        return self.pages.setdefault(address, Page())

    def note(self, grade: Grade) -> None:
        """Take in an answer."""
        page = self.page(grade.exercise)
        page.last, page.maximum = grade.points, grade.max_points
        page.best = max(page.best, grade.points)
        page.passed = page.passed or grade.status == "passed"
        failed = failing_first(grade)
        page.state = state(grade)
        page.mistakes = list(grade.diagnoses)
        page.failure = failed[0].failure if failed else None

    def save(self) -> None:
        """Keep it."""
        write_text(self.path, encode({"pages": self.pages, "missions": self.missions}, indent=1) + "\n")
        if self.missions:
            with contextlib.suppress(GradusError):  # the record above is the one that counts here
                write_text(self.path.parent.parent / MISSIONS, encode(self.missions, indent=1) + "\n")


def load(workspace: Workspace) -> Progress:
    """Load what is known of a workspace; a damaged file is kept aside, said in the warning, and begun anew.

    Where some entries alone are damaged, the others stand in the new one.
    """
    path = workspace.hidden / "progress.json"
    try:
        kept = parse(path.read_bytes())
        found = Progress(path)
        odd = _take_pages(found, kept["pages"])
        found.missions, lost = entries_of(kept.get("missions", {}))
        if odd or lost:
            found.warning = f"{set_aside(path)}. Each check tells again what you have reached"
            with contextlib.suppress(GradusError):  # a full disk: then it is begun anew
                found.save()
        return found
    except FileNotFoundError:
        return Progress(path)
    except OSError as error:
        return Progress(path, warning=f"{path}: cannot be read: {error.strerror or error}")
    except (ValueError, KeyError, TypeError, AttributeError):
        return Progress(path, warning=f"{set_aside(path)}. Each check tells again what you have reached")


def _take_pages(found: Progress, kept: dict[str, Any]) -> list[str]:
    """Take over what was kept of pages; return the addresses of those of which nothing can be read."""
    odd = []
    for address, page in kept.items():
        try:
            found.pages[address] = _page(page)
        except (ValueError, KeyError, TypeError, AttributeError):
            odd.append(address)
    return odd


def _page(kept: dict[str, Any]) -> Page:
    """One page as it was kept; what another version of Gradus knows besides is passed over.

    Raises:
        ValueError: a value is of the wrong kind.
    """
    known = {name: value for name, value in kept.items() if name in Page.__dataclass_fields__}
    if "message" in kept:  # an earlier version's
        known["failure"] = plain(failure_of(kept["message"]))
    return read(known, Page)


def following(syllabus: Syllabus, progress: Progress) -> Exercise | None:
    """Find the next page: the first that is not passed and does not ship solved, None when all are."""
    open_pages = [e for a, e in syllabus.exercises.items() if a not in progress.pages or not progress.pages[a].passed]
    return next((e for e in open_pages if not e.ships_solved), open_pages[0] if open_pages else None)
