"""Feedback on its way to students: each one's own page with points, lateness, comments and what failed.

No page holds the seed, why a marker gave something, or anything of another student.
"""

from __future__ import annotations

import csv
import io
import os
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path

from ..gradebook.class_totals import ClassTotals
from ..intake.roster import Roster
from ..report.page import page_name, student_page
from .files import number, safe_cell, write_whole
from .lms import worksheet_people
from .standings import comments

NAME = "feedback.html"


def pages(totals: ClassTotals) -> dict[str, str]:
    """Return the page of everybody who handed in, was given something or waits to be graded, by student."""
    found = {}
    for student, rows in totals.by_student.items():
        if any(row.grade is not None or row.entries or row.pending for row in rows):
            found[student] = page_of(student, totals)
    return found


def page_of(student: str, totals: ClassTotals) -> str:
    """Return one student's page: only their own rows go into it."""
    mine = totals.only(students=(student,))
    grades = [row.grade for row in mine.rows if row.grade is not None and row.grade.status != "internal"]
    return student_page(grades, {}, totals.syllabus, {}, mine, student)


def folder(totals: ClassTotals, to: Path, roster: Roster) -> list[Path]:
    """Write a page for each student, and ``mail.csv`` with what the roster knows of each, for a mail merge.

    Returns:
        The files, ``mail.csv`` first.
    """
    to.mkdir(parents=True, exist_ok=True)
    words = comments(totals)
    made = pages(totals)
    columns = list(dict.fromkeys(name for student in made for name in roster.students.get(student, {})))
    more = [name for name in columns if name not in ("student", "file", "total", "maximum", "comment")]
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["student", *map(safe_cell, more), "file", "total", "maximum", "comment"])
    files = []
    for student, page in made.items():
        files.append(to / page_name(student))
        write_whole(files[-1], page)
        known, whole = roster.students.get(student, {}), totals.students[student]
        cells = [student, *(known.get(name, "") for name in more), files[-1].name]
        total = "" if whole.pending else number(whole.points)
        writer.writerow([*map(safe_cell, cells), total, number(whole.maximum), safe_cell(words.get(student, ""))])
    write_whole(to / "mail.csv", text.getvalue())
    return [to / "mail.csv", *files]


def moodle(totals: ClassTotals, worksheet: str, roster: Roster, to: Path, name: str = "the worksheet") -> list[str]:
    """Write the zip that Moodle takes as feedback files, by the participants of its grading worksheet.

    Returns:
        Students without a row there.

    Raises:
        GradebookError: it is no worksheet.
    """
    people = worksheet_people(worksheet, roster, name)
    made = pages(totals)
    entries = {}
    for student, (full_name, participant) in people.items():
        if student in made:
            plain = "".join(c if c.isprintable() and c not in "_/\\:" else " " for c in full_name).strip() or "student"
            entries[f"{plain}_{participant}_assignfeedback_file_/{NAME}"] = made[student]
    _zip(to, entries)
    return sorted(made.keys() - people.keys())


def canvas(totals: ClassTotals, roster: Roster) -> str:
    """Return comments as CSV: the student, every name that the roster has for them, and the words."""
    words = comments(totals)
    columns = list(dict.fromkeys(name for known in roster.students.values() for name in known if name != "student"))
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["student", *map(safe_cell, columns), "comment"])
    for student in totals.students:
        known: Mapping[str, str] = roster.students.get(student, {})
        writer.writerow([safe_cell(c) for c in (student, *(known.get(n, "") for n in columns), words.get(student, ""))])
    return text.getvalue()


def nbgrader(totals: ClassTotals, to: Path, name: str = "feedback") -> list[Path]:
    """Write each page's feedback where nbgrader keeps it: ``feedback/<student>/<assignment>/<page>.html``.

    Args:
        to: the course.
        name: of the folder, where the course's configuration calls it otherwise.
    """
    files, root = [], (to / name).resolve()
    for row in totals.rows:
        if row.grade is not None or row.entries or row.pending:
            section, _, page = row.exercise.partition("/")
            place = to / name / row.student / section
            if root not in place.resolve().parents:
                continue  # a student's id that leads elsewhere
            place.mkdir(parents=True, exist_ok=True)
            write_whole(place / f"{page}.html", page_of(row.student, totals.only([row.exercise])))
            files.append(place / f"{page}.html")
    return files


def _zip(to: Path, entries: Mapping[str, str] | Iterable[tuple[str, str]]) -> None:
    temporary = to.with_name(to.name + ".part")
    with zipfile.ZipFile(temporary, "w", zipfile.ZIP_DEFLATED) as archive:
        for inside, text in dict(entries).items():
            info = zipfile.ZipInfo(inside, (2026, 1, 1, 0, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, text.encode("utf-8", "backslashreplace"))
    os.replace(temporary, to)
