"""Where everybody stands, as other programs read it: plain CSV and JSON. All exports begin with these rows."""

from __future__ import annotations

import csv
import io
from typing import Any

from ..documents import plain
from ..gradebook.class_totals import ClassTotals
from ..gradebook.completion import Done
from ..gradebook.entries import DATES, said
from ..gradebook.states import NOT_HANDED_IN, reason
from ..gradebook.totals import Standing, StudentTotal, cut_words
from ..model import Syllabus
from .files import number, safe_cell, student_record

COLUMNS = (
    "student", "exercise", "state", "status", "automatic", "penalty", "written", "manual", "total", "max_points",
    "submitted", "reason", "comment", "by_hand", "unmarked", "handed_in_by", "cut",
)  # fmt: skip
#: beside each row, of its student
SUMS = ("student_total", "student_maximum")


def record(row: Standing) -> dict[str, Any]:
    """One row as JSON has it."""
    return {
        "student": row.student, "exercise": row.exercise, "state": row.state, "status": _status(row),
        "automatic": None if row.pending else row.automatic, "penalty": row.penalty, "written": row.written,
        "manual": row.manual, "total": None if row.pending else row.total,
        "max_points": row.max_points, "submitted": row.grade.submitted if row.grade else "",
        "reason": reason(row.grade), "comment": row.comment, "by_hand": by_hand(row),
        "unmarked": row.unmarked, "handed_in_by": handed_in_by(row), "cut": row.cut,
    }  # fmt: skip


def handed_in_by(row: Standing) -> str:
    """Return who handed in what counts: the student, one of their group, or "" for nobody."""
    return row.grade.student if row.grade is not None and row.state != NOT_HANDED_IN else ""


def by_hand(row: Standing) -> str:
    """Say who gave what and when: one part an entry that holds, without the words that are for markers."""
    return "; ".join(f"{one.by or '?'} {one.at}: {said(one, why=False)}" for one in row.held)


def sums(total: StudentTotal) -> dict[str, Any]:
    """One student's sum as JSON has it."""
    made: dict[str, Any] = plain(student_record(total))
    return made


def document(totals: ClassTotals) -> dict[str, Any]:
    """Return every row and every sum, and of which pages something is kept that the course has no longer."""
    return {
        "standings": [record(row) for row in totals.rows],
        "students": [sums(one) for one in totals.students.values()],
        "gone": [{"student": student, "exercise": page} for student, page in totals.gone],
    }


def _status(row: Standing) -> str:
    """Return a status for others to read: what the grader could not grade is nothing that the student missed."""
    return "internal" if row.pending else row.grade.status if row.grade else "missing"


def as_csv(totals: ClassTotals) -> str:
    """Every row in a line, safe to open in a spreadsheet."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow((*COLUMNS, *SUMS))
    for row in totals.rows:
        fields, whole = record(row), totals.students[row.student]
        values = [*(fields[name] for name in COLUMNS), whole.points, whole.maximum]  # a number below zero is no formula
        writer.writerow([
            "" if value is None else safe_cell(value) if isinstance(value, str) else number(value) for value in values
        ])  # fmt: skip
    return text.getvalue()


def completion(totals: ClassTotals, done: list[Done]) -> str:
    """Return of every student a line for each playground: how many missions are done, of how many, and which.

    Who handed in none has 0; nothing of this is a grade.
    """
    found = {(one.student, one.page): one for one in done}
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(("student", "playground", "done", "of", "missions", "noted"))
    for student in sorted({*totals.students, *(one.student for one in done)}):
        for page in totals.syllabus.playgrounds.values():
            one = found.get((student, page.address), Done(student, page.address, ()))
            counted = page.counted(one.missions)  # an older gradebook may hold others
            of, names = page.missions or "", safe_cell(" ".join(counted))
            writer.writerow((safe_cell(student), page.address, len(counted), of, names, one.at))
    return text.getvalue()


def points(totals: ClassTotals) -> dict[str, float]:
    """Return each student's sum: of who handed in or was given something, and of whom no page is ungraded.

    Who handed in nothing has no number on any platform, which is not the 0 of somebody who did; a date gives none.
    """
    known = {
        row.student for row in totals.rows
        if row.state != NOT_HANDED_IN or any(one.kind not in DATES for one in row.entries)
    }  # fmt: skip
    return {name: one.points for name, one in totals.students.items() if name in known and not one.pending}


def comments(totals: ClassTotals) -> dict[str, str]:
    """Write some words for each student: what a person wrote, and of each exercise its points and known mistakes."""
    found: dict[str, list[str]] = {}
    for row in totals.rows:
        found.setdefault(row.student, []).append(told(row, totals.syllabus))
    return {student: "; ".join(lines) for student, lines in found.items()}


def told(row: Standing, syllabus: Syllabus) -> str:
    """Say of one page what its student may read: points, lateness, known mistakes, and what a person wrote."""
    title = syllabus.pages[row.exercise].title
    names = ", ".join(row.grade.diagnoses) if row.grade is not None else ""
    late = f", {100 * row.penalty:g} % off for lateness" if row.penalty else ""
    late += f", {row.slip} free {'day' if row.slip == 1 else 'days'} used" if row.slip else ""
    reached = "not graded yet" if row.pending else f"{number(row.total)}/{number(row.max_points)}"
    state = f" {row.state}" if row.state in ("not handed in", "unfinished") else ""
    late += next((f", may be handed in until {one.key}" for one in row.held if one.kind == "extension"), "")
    more = ", handed in by another of the group" if row.of_group else ""
    more += ", a written question is not marked yet" if row.unmarked else ""
    more += f", {cut_words(row)}" if cut_words(row) else ""
    line = f"{title}: {reached}{state}{late}{more}" + (f" ({names})" if names else "")
    return f"{line}. {row.comment}" if row.comment else line
