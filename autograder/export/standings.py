"""Where everybody stands, as other programs read it: plain CSV and JSON. All exports begin with these rows."""

from __future__ import annotations

import csv
import io
from typing import Any

from ..gradebook.policy import Standing
from ..model import Syllabus
from .files import number, safe_cell

COLUMNS = (
    "student",
    "exercise",
    "status",
    "automatic",
    "penalty",
    "manual",
    "total",
    "max_points",
    "submitted",
    "comment",
)


def record(row: Standing) -> dict[str, Any]:
    """One row as JSON has it."""
    return {
        "student": row.student, "exercise": row.exercise, "status": _status(row),
        "automatic": None if row.pending else row.automatic, "penalty": row.penalty, "manual": row.manual,
        "total": None if row.pending else row.total,
        "max_points": row.max_points, "submitted": row.grade.submitted if row.grade else "", "comment": row.comment,
    }  # fmt: skip


def _status(row: Standing) -> str:
    """Return a status for others to read: what the grader could not grade is nothing that the student missed."""
    return "internal" if row.pending else row.grade.status if row.grade else "missing"


def as_csv(rows: list[Standing]) -> str:
    """Every row in a line, safe to open in a spreadsheet."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for row in rows:
        fields = record(row)
        values = [fields[name] for name in COLUMNS]  # a number below zero is no formula
        writer.writerow([
            "" if value is None else safe_cell(value) if isinstance(value, str) else number(value) for value in values
        ])  # fmt: skip
    return text.getvalue()


def totals(rows: list[Standing], exercises: tuple[str, ...], syllabus: Syllabus) -> dict[str, float]:
    """Sum up each student's points in some exercises by their weights; only who has a row in one, and none pending."""
    found: dict[str, float] = {}
    waiting = {row.student for row in rows if row.pending and row.exercise in exercises}
    for row in rows:
        if row.exercise in exercises and row.student not in waiting:
            found[row.student] = round(found.get(row.student, 0.0) + syllabus.weight(row.exercise) * row.total, 4)
    return found


def comments(rows: list[Standing], syllabus: Syllabus) -> dict[str, str]:
    """Write some words for each student: what a person wrote, and of each exercise its points and known mistakes."""
    found: dict[str, list[str]] = {}
    for row in rows:
        title = syllabus.exercises[row.exercise].title
        names = ", ".join(row.grade.diagnoses) if row.grade is not None else ""
        late = f", {100 * row.penalty:g} % off for lateness" if row.penalty else ""
        line = f"{title}: {number(row.total)}/{number(row.max_points)}{late}" + (f" ({names})" if names else "")
        found.setdefault(row.student, []).append(f"{line}. {row.comment}" if row.comment else line)
    return {student: "; ".join(lines) for student, lines in found.items()}
