"""Lateness and points by hand, written into nbgrader's gradebook so that it comes to the total of this one.

Lateness becomes nbgrader's late penalty of the notebook; what persons gave here becomes extra credit of one of its
cells. What was written is kept row by row, so that it is told from what nbgrader and its markers put there.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from ..gradebook.class_totals import ClassTotals
from ..gradebook.database import Log, stored
from ..gradebook.entries import DATES, questions_of
from ..gradebook.policy import due
from ..gradebook.totals import Standing
from ..model import Syllabus, round_points

_SCHEMA = "CREATE TABLE IF NOT EXISTS elsewhere (id TEXT PRIMARY KEY, student TEXT NOT NULL, points REAL NOT NULL)"
#: keys of the rubric items as which nbgrader's own marks come here: its changed points and extra credit, its penalty
MARKS, LATE = "nbgrader", "nbgrader-late"
MADE = "made:"


class Given(Log):
    """What of the points in nbgrader's gradebook was written by us, by the id of nbgrader's row."""

    def __init__(self, path: Path):
        super().__init__(path, _SCHEMA, "elsewhere")
        self.points: dict[str, float] = dict(self.read("SELECT id, points FROM elsewhere"))
        self._whose: dict[str, str] = {}

    def note(self, row: Any, student: str, points: float) -> None:
        """Note what was written into a row of a student's; :meth:`keep` keeps it."""
        self.mark(row.id, student, points)

    def mark(self, id: str, student: str, points: float = 0.0) -> None:
        """Note the same of what has an id."""
        self.points[id], self._whose[id] = points, student

    def keep(self) -> None:
        """Keep what was noted, once nbgrader has it."""
        values = [(id, stored(student), self.points[id]) for id, student in self._whose.items()]
        if values:
            self.write(lambda db: db.executemany("INSERT OR REPLACE INTO elsewhere VALUES (?, ?, ?)", values))


def made(notebook: Any) -> str:
    """Return the mark of a notebook whose row was made here, since its student handed in nothing there."""
    return f"{MADE}{notebook.id}"


def ruled(row: Standing, totals: ClassTotals) -> bool:
    """Tell whether lateness is ruled here: a date is known, or a person moved one; else nbgrader's own counts."""
    dated = due(totals.policy, totals.syllabus, row.student, row.exercise) is not None
    return dated or any(one.kind in DATES for one in row.entries)


def penalty_there(notebook: Any, given: Given) -> float:
    """Return the penalty that nbgrader itself took for a notebook: not one that was written from here."""
    there = float(notebook.late_submission_penalty or 0.0)
    return 0.0 if there == given.points.get(notebook.id, 0.0) else there


def extra_there(row: Any, given: Given) -> float:
    """Return the extra credit that a marker gave in nbgrader: less what was written from here."""
    return float(row.extra_credit or 0.0) - given.points.get(row.id, 0.0)


def write_totals(notebooks: Iterable[Sequence[Any]], totals: ClassTotals, given: Given) -> tuple[int, list[str]]:
    """Write lateness and points by hand into nbgrader's rows.

    Args:
        notebooks: the rows of nbgrader's table of grades, by notebook.
        totals: where everybody stands here.

    Returns:
        How many notebooks were changed, and a line for each whose total could not be written.
    """
    count, notes = 0, []
    there: set[tuple[str, str]] = set()
    for rows in notebooks:
        notebook = rows[0].notebook
        student, page = str(rows[0].student.id), f"{rows[0].assignment.name}/{notebook.name}"
        there.add((student, page))
        standing = totals.places.get((student, page))
        if standing is None or standing.pending:
            continue
        before = _seen(rows)
        if ruled(standing, totals) or penalty_there(notebook, given) != float(notebook.late_submission_penalty or 0.0):
            lost = round_points(standing.grade.points - standing.automatic) if standing.grade is not None else 0.0
            lost = lost if ruled(standing, totals) else 0.0
            notebook.late_submission_penalty = lost or None
            given.note(notebook, student, lost)
        carrier = _carrier(rows, given)
        ours = _ours(rows, standing, given, totals.syllabus)
        if carrier is None:
            if ours:
                notes.append(f"{student}, {page}: nbgrader has no score that {ours:+g} points could be added to")
            continue
        if ours != given.points.get(carrier.id, 0.0):
            carrier.extra_credit = round_points(extra_there(carrier, given) + ours)
            given.note(carrier, student, ours)
        count += before != _seen(rows)
    known = {page for _, page in there}
    for place, standing in totals.places.items():
        if standing.exercise in known and place not in there and standing.manual and not standing.pending:
            what = f"nbgrader has no submission that {standing.manual:+g} points by hand could be added to"
            notes.append(f"{standing.student}, {standing.exercise}: {what}")
    return count, notes


def _seen(rows: Sequence[Any]) -> tuple[float, ...]:
    """Return a notebook's penalty and extra credit as nbgrader has them."""
    return float(rows[0].notebook.late_submission_penalty or 0.0), *(float(row.extra_credit or 0.0) for row in rows)


def _carrier(rows: Sequence[Any], given: Given) -> Any:
    """Return the row whose extra credit holds our points: the one that has some, else the first that has a score."""
    scored = sorted(
        (row for row in rows if _score(row) is not None), key=lambda row: (row.auto_score is None, row.name)
    )
    return next((row for row in scored if given.points.get(row.id)), scored[0] if scored else None)


def _score(row: Any) -> float | None:
    """Return a cell's score without extra credit; None where there is none yet: nbgrader adds no credit to that."""
    return row.manual_score if row.manual_score is not None else row.auto_score  # type: ignore[no-any-return]


def _ours(rows: Sequence[Any], standing: Standing, given: Given, syllabus: Syllabus) -> float:
    """Return the points that are missing in nbgrader to come to the total of a page.

    Where the checks have other points in nbgrader than here only what persons gave is added.
    """
    asked = questions_of(syllabus.pages[standing.exercise])
    worth = sum(float(row.cell.max_score or 0.0) for row in rows if row.cell.name not in asked)
    nothing = standing.grade is None and made(rows[0].notebook) in given.points
    if nothing or (standing.grade is not None and worth == standing.grade.max_points):
        there = sum((_score(row) or 0.0) + extra_there(row, given) for row in rows if _score(row) is not None)
        there -= float(rows[0].notebook.late_submission_penalty or 0.0)
        return round_points(standing.total - there)
    last = {one.key: one.value for one in standing.held if one.kind == "item" and one.key in (MARKS, LATE)}
    return round_points(standing.manual - sum(last.values()))
