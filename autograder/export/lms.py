"""Filling in what a learning platform exported: Canvas's gradebook and Moodle's grading worksheet. Pure functions.

Both platforms know their rows by what stands in the file, so nothing of it is changed but the cells that are filled in.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass

from ..errors import GradebookError
from ..roster import Roster, delimiter
from .files import safe_cell

CANVAS_KEYS = ("SIS Login ID", "SIS User ID", "ID", "Integration ID", "Student")
MOODLE_KEYS = ("ID number", "Email address", "Username", "Full name", "Identifier")


@dataclass(frozen=True)
class Filled:
    """The file to import, and whom it does not speak of: rows without points, students without a row."""

    text: str
    rows_without: tuple[str, ...]
    students_without: tuple[str, ...]


def _table(text: str, name: str) -> tuple[list[list[str]], str, str]:
    text = text.removeprefix("\ufeff")
    between = delimiter(text)
    rows = [row for row in csv.reader(io.StringIO(text, newline=""), delimiter=between) if row]
    if len(rows) < 2:
        raise GradebookError(f"{name}: holds no students; export it again from the platform")
    return rows, between, "\r\n" if "\r\n" in text else "\n"


def _written(rows: list[list[str]], between: str, end: str) -> str:
    out = io.StringIO()
    csv.writer(out, delimiter=between, lineterminator=end).writerows(rows)
    return out.getvalue()


def canvas(text: str, column: str, points: dict[str, float], roster: Roster, name: str = "the export") -> Filled:
    """Fill one assignment's column of an exported Canvas gradebook.

    Args:
        column: the head of the column, or a part of it that no other has; a head that Canvas did not write would
            make a new assignment, so none is added.
        points: by student.

    Raises:
        GradebookError: no such column, or several.
    """
    rows, between, end = _table(text, name)
    head = rows[0]
    found = [n for n, title in enumerate(head) if title == column] or [
        n for n, title in enumerate(head) if column.casefold() in title.casefold() and n > 0
    ]
    if len(found) != 1:
        some = ", ".join(head[n] for n in found) if found else ", ".join(h for h in head if "(" in h) or "none"
        raise GradebookError(f"{name}: {'several columns' if found else 'no column'} named {column}; there are {some}")
    place = found[0]
    without, seen = [], set()
    for row in rows[1:]:
        first = row[0].strip()
        if first in ("Points Possible", "Student, Test") or first.startswith("Manual Posting") or len(row) <= place:
            continue
        if set(map(str.strip, row[1:])) <= {"", "Manual Posting"}:
            continue
        named = dict(zip(head, row, strict=False))
        student = roster.find(*(named.get(key, "") for key in CANVAS_KEYS))
        if student in points:
            assert student is not None
            seen.add(student)
            if row[place].strip().upper() != "EX":  # excused stays excused
                row[place] = f"{points[student]:g}"
        else:
            without.append(first)
    return Filled(_written(rows, between, end), tuple(without), tuple(sorted(points.keys() - seen)))


def moodle(
    text: str, points: dict[str, float], comments: dict[str, str], roster: Roster, name: str = "the worksheet"
) -> Filled:
    """Fill grades and feedback into a downloaded Moodle grading worksheet.

    Raises:
        GradebookError: a column that every worksheet has is missing.
    """
    rows, between, end = _table(text, name)
    head = rows[0]
    if "Identifier" not in head or "Grade" not in head:
        raise GradebookError(f"{name}: has no columns Identifier and Grade; download the grading worksheet in English")
    grade, feedback = head.index("Grade"), head.index("Feedback comments") if "Feedback comments" in head else None
    without, seen = [], set()
    for row in rows[1:]:
        named = dict(zip(head, row, strict=False))
        student = roster.find(*(named.get(key, "") for key in MOODLE_KEYS))
        if student in points and len(row) > grade:
            assert student is not None
            seen.add(student)
            row[grade] = f"{points[student]:g}"
            if feedback is not None and len(row) > feedback and comments.get(student):
                row[feedback] = safe_cell(comments[student])
        else:
            without.append(row[head.index("Full name")] if "Full name" in head else row[0])
    return Filled(_written(rows, between, end), tuple(without), tuple(sorted(points.keys() - seen)))
